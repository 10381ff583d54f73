import { ACCOUNTS, accountId, ADMIN, HOT_ACCOUNT, READERS } from './setting.ts';

export const workloads = ['charge', 'hot', 'balance', 'page', 'desk'] as const;
export type Workload = (typeof workloads)[number];

/** How a contender is spoken to. */
export type Protocol = 'trpc' | 'graphql' | 'postgrest';

export interface Call {
  /** Whose token goes with it. */
  userId: string;
  method: 'GET' | 'POST';
  path: string;
  body: string | null;
  headers: string;
  /** Whether a body answers the call; what it does not match is a failure. */
  isAnswer: (body: string) => boolean;
}

const video = {
  prompt: 'A beautiful sunset',
  videoType: 'text_to_video',
  durationSeconds: 5,
  resolution: '1920x1080',
  quality: 'high',
};

const graphqlCharge = `mutation ($userId: UUID!) {
  createVideoGeneration(input: { pUserId: $userId, pPrompt: "A beautiful sunset", pVideoType: "text_to_video", pImageUrl: null,
    pDurationSeconds: 5, pResolution: "1920x1080", pQuality: "high" }) { json }
}`;
const graphqlBalance = 'query ($userId: UUID!) { getCreditInfo(pUserId: $userId) }';
const graphqlPage = `query { allVideos(first: 50, condition: { deletedAt: null }, orderBy: [CREATED_AT_DESC, ID_DESC]) {
  nodes { id userId prompt videoType imageUrl durationSeconds resolution quality status videoUrl errorMessage creditsUsed
    createdAt updatedAt deletedAt }
  pageInfo { endCursor hasNextPage } } }`;

/** The `turn`-th call of a workload; accounts come in an order that looks random and is the same for everybody. */
export function callOf(protocol: Protocol, workload: Workload, turn: number): Call {
  const account = accountId(1 + ((turn * 7919) % ACCOUNTS));
  const reader = accountId(ACCOUNTS + 1 + (turn % READERS));
  const calls: Record<Workload, () => Call> = {
    charge: () => charge(protocol, account),
    hot: () => charge(protocol, HOT_ACCOUNT),
    balance: () => balance(protocol, account),
    page: () => page(protocol, reader),
    desk: () => desk(protocol, reader),
  };
  return calls[workload]();
}

function charge(protocol: Protocol, userId: string): Call {
  const calls: Record<Protocol, () => Call> = {
    trpc: () =>
      post(userId, '/trpc/videos.createVideoGeneration', { userId, ...video }, (body) =>
        /"success":true,.*"creditsUsed":15,/.test(body),
      ),
    graphql: () =>
      post(userId, '/graphql', { query: graphqlCharge, variables: { userId } }, (body) =>
        /\\?"success\\?": ?true/.test(body),
      ),
    postgrest: () =>
      post(
        userId,
        '/rest/v1/rpc/create_video_generation',
        {
          p_user_id: userId,
          p_prompt: video.prompt,
          p_video_type: video.videoType,
          p_image_url: null,
          p_duration_seconds: 5,
          p_resolution: video.resolution,
          p_quality: video.quality,
        },
        (body) => /"success": ?true/.test(body),
      ),
  };
  return calls[protocol]();
}

function balance(protocol: Protocol, userId: string): Call {
  const isAnswer = (body: string) => /credits\\?": ?\d+/.test(body) && !body.includes('"errors"');
  const calls: Record<Protocol, () => Call> = {
    trpc: () => get(userId, `/trpc/credits.getCreditInfo?input=${inQuery({ userId })}`, isAnswer),
    graphql: () => post(userId, '/graphql', { query: graphqlBalance, variables: { userId } }, isAnswer),
    postgrest: () => post(userId, '/rest/v1/rpc/get_credit_info', { p_user_id: userId }, isAnswer),
  };
  return calls[protocol]();
}

function page(protocol: Protocol, userId: string): Call {
  const column = protocol === 'postgrest' ? '"created_at":' : '"createdAt":';
  const isAnswer = (body: string) => countOf(body, column) === 50 && countOf(body, userId) === 50;
  const calls: Record<Protocol, () => Call> = {
    trpc: () => get(userId, `/trpc/videos.listVideos?input=${inQuery({ limit: 50 })}`, isAnswer),
    graphql: () => post(userId, '/graphql', { query: graphqlPage }, isAnswer),
    postgrest: () =>
      get(userId, '/rest/v1/videos?select=*&deleted_at=is.null&order=created_at.desc,id.desc&limit=50', isAnswer),
  };
  return calls[protocol]();
}

// What the page of an account asks for, as the dashboard's link sends it.
function desk(protocol: Protocol, userId: string): Call {
  if (protocol !== 'trpc') {
    throw new Error('Only tRPC has batches.');
  }
  const names = ['session.getSession', 'accounts.getAccount', 'credits.creditStatement', 'videos.listVideos'];
  const input = { 1: { userId }, 2: { userId, limit: 20 }, 3: { userId, limit: 50 } };
  const call = get(
    ADMIN,
    `/trpc/${names.join(',')}?batch=1&input=${inQuery(input)}`,
    (body) =>
      countOf(body, '"entryNo":') === 20 && countOf(body, '"errorMessage":') === 50 && !body.includes('"error":'),
  );
  return { ...call, headers: `${call.headers}trpc-accept: application/jsonl\r\n` };
}

function post(userId: string, path: string, body: object, isAnswer: Call['isAnswer']): Call {
  return {
    userId,
    method: 'POST',
    path,
    body: JSON.stringify(body),
    headers: 'content-type: application/json\r\n',
    isAnswer,
  };
}

function get(userId: string, path: string, isAnswer: Call['isAnswer']): Call {
  return { userId, method: 'GET', path, body: null, headers: '', isAnswer };
}

function inQuery(input: object): string {
  return encodeURIComponent(JSON.stringify(input));
}

// No regular expression: its time would be taken from the server under test.
function countOf(body: string, what: string): number {
  let count = 0;
  for (let at = body.indexOf(what); at !== -1; at = body.indexOf(what, at + what.length)) {
    count += 1;
  }
  return count;
}
