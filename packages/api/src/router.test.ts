import { createDatabase, type Database } from '@reeldesk/db/client';
import type { Actor } from '@reeldesk/db/actor';
import { createTestDatabase, type TestDatabase } from '@reeldesk/db/testing/test-database';
import { backend, makeVideo, request } from '@reeldesk/db/testing/fixtures';
import type { TRPCClient } from '@trpc/client';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createReeldeskClient, errorDataOf } from './client.ts';
import type { ErrorData } from './contract/errors.ts';
import { definitions } from './definitions.ts';
import { appRouter, type AppRouter } from './router.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const anon: Actor = { kind: 'anon' };
const nobodysId = '00000000-0000-4000-8000-000000000000';

async function answer(req: Request, actor: Actor, db: Database): Promise<Response> {
  return fetchRequestHandler({
    endpoint: '/trpc',
    req,
    router: appRouter,
    createContext: () => ({ db, actor, requestId: 'request-1', expiresAt: null }),
  });
}

/** The typed client with the whole of HTTP behind it, but for the wire. */
function clientOf(
  actor: Actor,
  db: Database = database.db,
  onRequest: (request: Request) => void = () => undefined,
): TRPCClient<AppRouter> {
  return createReeldeskClient({
    url: 'http://api.example',
    fetch: async (input, init) => {
      const sent = new Request(String(input), init as RequestInit);
      onRequest(sent);
      return answer(sent, actor, db);
    },
  });
}

async function failureOf(call: Promise<unknown>): Promise<ErrorData & { message: string }> {
  try {
    await call;
  } catch (error) {
    const data = errorDataOf(error);
    expect(data, String(error)).not.toBeNull();
    return { ...(data as ErrorData), message: (error as Error).message };
  }
  throw new Error('It was expected to fail.');
}

const generation = (userId: string) => ({ userId, ...request });

describe("the product's example", () => {
  test('costs 15 of 100 credits', async () => {
    const { id, actor } = await database.createAccount({ credits: 100 });
    expect(await clientOf(actor).videos.createVideoGeneration.mutate(generation(id))).toEqual({
      success: true,
      videoId: expect.any(String),
      transactionId: expect.any(String),
      creditsUsed: 15,
      creditsRemaining: 85,
      message: 'Video generation started successfully',
    });
    expect(await clientOf(actor).credits.getCreditInfo.query({ userId: id })).toMatchObject({
      credits: 85,
      totalVideos: 1,
    });
  });

  test('refunded twice with one key is refunded once', async () => {
    const { id } = await database.createAccount({ credits: 100 });
    const admin = clientOf((await database.createAccount({ role: 'admin' })).actor);
    const videoId = await makeVideo(database.db, id);
    const refund = { videoId, reason: 'The picture is black', idempotencyKey: 'one click' };
    const answers = await Promise.all([
      admin.refunds.refundVideoCredits.mutate(refund),
      admin.refunds.refundVideoCredits.mutate(refund),
    ]);
    expect(answers[0]).toEqual(answers[1]);
    expect(await admin.credits.getCreditInfo.query({ userId: id })).toMatchObject({ credits: 100 });
    const { items } = await admin.credits.creditStatement.query({ userId: id, limit: 10 });
    expect(items.map(({ type, amount }) => [type, amount])).toEqual([
      ['refund', 15],
      ['charge', -15],
      ['adjustment', 100],
    ]);
    const [row] = await database.asOwner.query('select request_id from audit_log where transaction_id = $1', [
      answers[0].transactionId,
    ]);
    expect(row).toEqual({ request_id: 'request-1' });
  });
});

describe('an error', () => {
  test.each<
    [
      string,
      number,
      string,
      (ids: {
        own: string;
        other: string;
        video: string;
      }) => [Actor, (client: TRPCClient<AppRouter>) => Promise<unknown>],
    ]
  >([
    ['not_signed_in', 401, 'UNAUTHORIZED', ({ own }) => [anon, (c) => c.credits.getCreditInfo.query({ userId: own })]],
    [
      'insufficient_credits',
      402,
      'PAYMENT_REQUIRED',
      ({ own }) => [{ kind: 'user', userId: own }, (c) => c.videos.createVideoGeneration.mutate(generation(own))],
    ],
    [
      'forbidden',
      403,
      'FORBIDDEN',
      ({ own, other }) => [{ kind: 'user', userId: own }, (c) => c.credits.getCreditInfo.query({ userId: other })],
    ],
    [
      'video_not_found',
      404,
      'NOT_FOUND',
      ({ own }) => [{ kind: 'user', userId: own }, (c) => c.videos.softDeleteVideo.mutate({ videoId: nobodysId })],
    ],
    [
      'not_deleted',
      409,
      'CONFLICT',
      ({ other, video }) => [{ kind: 'user', userId: other }, (c) => c.videos.restoreVideo.mutate({ videoId: video })],
    ],
    [
      'not_refundable',
      409,
      'CONFLICT',
      ({ video }) => [backend, (c) => c.refunds.refundVideoCredits.mutate({ videoId: video })],
    ],
  ])('%s comes with status %i, its reason, a sentence and what to do', async (reason, httpStatus, code, choose) => {
    const { id: own } = await database.createAccount({ credits: 10 });
    const { id: other } = await database.createAccount({ credits: 100 });
    const video = await makeVideo(database.db, other, 'pending');
    const [actor, call] = choose({ own, other, video });
    expect(await failureOf(call(clientOf(actor)))).toEqual({
      reason,
      httpStatus,
      code,
      path: expect.stringMatching(/^\w+\.\w+$/),
      details: expect.any(Object),
      hint: expect.stringMatching(/\.$/),
      requestId: 'request-1',
      message: expect.stringMatching(/\.$/),
    });
  });

  test('has the figures that a page shows', async () => {
    const { id, actor } = await database.createAccount({ credits: 10 });
    expect(await failureOf(clientOf(actor).videos.createVideoGeneration.mutate(generation(id)))).toMatchObject({
      message: 'Insufficient credits. You have 10 credits, but need 15 credits.',
      details: { credits: 10, required: 15 },
    });
  });

  test('in the input names the field, by the schema and by the database alike', async () => {
    const { id, actor } = await database.createAccount({ credits: 100 });
    const client = clientOf(actor);
    const bySchema = await failureOf(
      client.videos.createVideoGeneration.mutate({ ...generation(id), durationSeconds: 0 }),
    );
    expect(bySchema).toMatchObject({
      reason: 'invalid_input',
      httpStatus: 400,
      message: expect.stringMatching(/^durationSeconds: /),
      details: { field: 'durationSeconds', issues: [{ field: 'durationSeconds', problem: expect.any(String) }] },
      hint: 'Correct durationSeconds and call again. Nothing was changed.',
    });
    const byDatabase = await failureOf(
      client.videos.createVideoGeneration.mutate({ ...generation(id), resolution: '12x12' }),
    );
    expect(byDatabase).toMatchObject({ reason: 'invalid_input', httpStatus: 400, details: { field: 'resolution' } });
    expect(byDatabase.message).toMatch(/^resolution /);
    expect(await client.credits.getCreditInfo.query({ userId: id })).toMatchObject({ credits: 100, totalVideos: 0 });
  });

  test('with several wrong fields lists them all', async () => {
    const failure = await failureOf(
      clientOf(backend).videos.createVideoGeneration.mutate({ ...generation('x'), prompt: ' ', quality: '' }),
    );
    expect(failure.details['issues']).toMatchObject([{ field: 'userId' }, { field: 'prompt' }, { field: 'quality' }]);
  });

  test('of ours is masked: a request id, and nothing of the inside', async () => {
    const broken = await createTestDatabase();
    await broken.asOwner.query('drop function reeldesk.get_credit_info');
    const response = await answer(
      new Request(
        `http://api.example/trpc/credits.getCreditInfo?input=${encodeURIComponent(JSON.stringify({ userId: nobodysId }))}`,
      ),
      backend,
      broken.db,
    );
    expect(response.status).toBe(500);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({
      error: { message: 'Something went wrong.', data: { reason: 'internal', details: {}, requestId: 'request-1' } },
    });
    expect(text).not.toMatch(/stack|select|function|reeldesk\.|42883|prisma|node_modules/i);
    await broken.drop();
  });

  test('is what an answer becomes that breaks the contract', async () => {
    const broken = await createTestDatabase();
    await broken.asOwner.query(`
      create or replace function public.get_credit_info(p_user_id uuid) returns jsonb language sql
      as $$ select '{"credits": "a secret of another account", "total_videos": 1}'::jsonb $$`);
    const failure = await failureOf(clientOf(backend, broken.db).credits.getCreditInfo.query({ userId: nobodysId }));
    expect(failure).toMatchObject({
      reason: 'internal',
      httpStatus: 500,
      message: 'Something went wrong.',
      details: {},
    });
    await broken.drop();
  });

  test('says that the database does not answer, so that a caller may try again', async () => {
    const db = createDatabase({ url: 'postgres://reeldesk_api:x@127.0.0.1:9/none' });
    expect(await failureOf(clientOf(backend, db).credits.getCreditInfo.query({ userId: nobodysId }))).toMatchObject({
      reason: 'unavailable',
      httpStatus: 503,
    });
    await db.$disconnect();
  });
});

describe('who may', () => {
  test("is the database's to say: an analyst's refund moves nothing", async () => {
    const { id } = await database.createAccount({ credits: 100 });
    const videoId = await makeVideo(database.db, id);
    const analyst = clientOf((await database.createAccount({ role: 'analyst' })).actor);
    const refund = analyst.refunds.refundVideoCredits.mutate({ videoId, reason: 'The picture is black' });
    expect(await failureOf(refund)).toMatchObject({ reason: 'forbidden', httpStatus: 403 });
    expect(await clientOf(backend).credits.getCreditInfo.query({ userId: id })).toMatchObject({ credits: 85 });
  });

  test('is nobody who is not signed in, but for asking who one is', async () => {
    expect(definitions.length).toBeGreaterThan(20);
    for (const { path, type } of definitions) {
      const url = `http://api.example/trpc/${path}`;
      const json = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
      const sent = new Request(url, type === 'mutation' ? json : {});
      const response = await answer(sent, anon, database.db);
      if (type === 'subscription') {
        // A stream has begun when it is refused.
        expect(await response.text()).toContain('"reason":"not_signed_in"');
      } else {
        expect([path, response.status]).toEqual([path, path === 'session.getSession' ? 200 : 401]);
      }
    }
  });
});

describe('the router', () => {
  test('declares of every procedure what it answers', () => {
    expect(
      definitions.filter(({ type, output }) => type !== 'subscription' && output === undefined).map(({ path }) => path),
    ).toEqual([]);
  });
});

describe('the client', () => {
  test('sends calls made together together, ten at most', async () => {
    const urls: string[] = [];
    const client = clientOf(backend, database.db, ({ url }) => urls.push(url));
    const sessions = await Promise.all(Array.from({ length: 12 }, () => client.session.getSession.query()));
    expect(sessions).toEqual(
      sessions.map(() => ({ kind: 'backend', userId: null, email: null, role: null, expiresAt: null })),
    );
    expect(sessions).toHaveLength(12);
    expect(urls.map((url) => new URL(url).pathname.split(',').length)).toEqual([10, 2]);
  });

  test('sends the token of the moment, and none when there is none', async () => {
    const sent: (string | null)[] = [];
    const tokens = ['first', null];
    const client = createReeldeskClient({
      url: 'http://api.example',
      token: () => tokens.shift() ?? null,
      fetch: async (input, init) => {
        const call = new Request(String(input), init as RequestInit);
        sent.push(call.headers.get('authorization'));
        return answer(call, anon, database.db);
      },
    });
    await client.session.getSession.query();
    await client.session.getSession.query();
    expect(sent).toEqual(['Bearer first', null]);
  });
});
