import fc from 'fast-check';
import type { Caller } from '../testing/caller.ts';

/** A database in the initial schema, which took anything. */
export interface OldWorld {
  logins: string[];
  profiles: OldProfile[];
  videos: OldVideo[];
  transactions: OldTransaction[];
}

export interface OldProfile {
  id: string;
  user_id: string | null;
  credits: number | null;
  created_at: string | null;
  updated_at: string | null;
}

export interface OldVideo {
  id: string;
  user_id: string | null;
  prompt: string | null;
  video_type: string | null;
  image_url: string | null;
  duration_seconds: number | null;
  resolution: string | null;
  quality: string | null;
  status: string | null;
  video_url: string | null;
  error_message: string | null;
  credits_used: number | null;
  deleted_at: string | null;
  created_at: string | null;
  updated_at: string | null;
}

export interface OldTransaction {
  id: string;
  user_id: string | null;
  amount: number | null;
  type: string | null;
  video_id: string | null;
  description: string | null;
  created_at: string | null;
}

export const noOwner = '00000000-0000-0000-0000-000000000000';
const longAgo = '2025-03-01T12:00:00+00:00';

/** An id that says what it is: people (or accounts) 1, videos 2, transactions 3. */
export function idOf(kind: 'account' | 'video' | 'transaction', number: number): string {
  const digit = { account: 1, video: 2, transaction: 3 }[kind];
  return `${digit}0000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

export function oldProfile(id: string, differently: Partial<OldProfile> = {}): OldProfile {
  return { id, user_id: id, credits: 0, created_at: longAgo, updated_at: longAgo, ...differently };
}

export function oldVideo(id: string, userId: string | null, differently: Partial<OldVideo> = {}): OldVideo {
  return {
    id,
    user_id: userId,
    prompt: 'A beautiful sunset',
    video_type: 'text_to_video',
    image_url: null,
    duration_seconds: 5,
    resolution: '1920x1080',
    quality: 'high',
    status: 'completed',
    video_url: null,
    error_message: null,
    credits_used: 15,
    deleted_at: null,
    created_at: longAgo,
    updated_at: longAgo,
    ...differently,
  };
}

export function oldCharge(
  id: string,
  userId: string | null,
  videoId: string | null,
  differently: Partial<OldTransaction> = {},
): OldTransaction {
  return {
    id,
    user_id: userId,
    amount: -15,
    type: 'video_generation',
    video_id: videoId,
    description: 'Video generation',
    created_at: longAgo,
    ...differently,
  };
}

/** Puts the rows in as they are: the profiles that the old trigger makes for logins are taken out again. */
export async function insertOldWorld(owner: Caller, world: OldWorld): Promise<void> {
  await owner.query(
    `insert into auth.users (id, email, aud, role, created_at, updated_at)
    select u, u || '@reeldesk.example', 'authenticated', 'authenticated', now(), now() from unnest($1::uuid[]) u`,
    [world.logins],
  );
  await owner.query('delete from profiles');
  for (const [table, rows] of [
    ['profiles', world.profiles],
    ['videos', world.videos],
    ['credit_transactions', world.transactions],
  ] as const) {
    await owner.query(`insert into ${table} select * from json_populate_recordset(null::${table}, $1::json)`, [
      JSON.stringify(rows),
    ]);
  }
}

/** Small worlds full of mistakes. With `huge`, amounts that may not fit an integer's sum. */
export function anyOldWorld(options: { huge: boolean }): fc.Arbitrary<OldWorld> {
  const numbers = (kind: Parameters<typeof idOf>[0], count: number) =>
    Array.from({ length: count }, (_, n) => idOf(kind, n));
  const people = numbers('account', 7);
  const videoIds = numbers('video', 9);
  const person = fc.option(fc.constantFrom(...people, noOwner), { freq: 5 });
  const time = fc.option(
    fc
      .date({ min: new Date('2024-01-01'), max: new Date('2026-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString()),
    { freq: 4 },
  );
  const word = (...known: string[]) => fc.option(fc.constantFrom(...known, '', 'unheard of'), { freq: 6 });
  const amount = fc.option(
    options.huge
      ? fc.oneof(
          fc.integer({ min: -40, max: 40 }),
          fc.constantFrom(-(2 ** 31), 2 ** 31 - 1, 1_500_000_000, -1_500_000_000),
        )
      : fc.oneof(fc.integer({ min: -40, max: 40 }), fc.constantFrom(0, -15, 15, 1_000_000)),
    { freq: 8 },
  );

  return fc.record({
    logins: fc.subarray(people),
    profiles: fc.subarray([...people, noOwner]).chain((ids) =>
      fc.tuple(
        ...ids.map((id) =>
          fc.record({
            id: fc.constant(id),
            user_id: fc.oneof(fc.constant(id), person),
            credits: fc.option(
              fc.oneof(fc.integer({ min: -50, max: 500 }), fc.constant(options.huge ? 2 ** 31 - 1 : 0)),
              { freq: 6 },
            ),
            created_at: time,
            updated_at: time,
          }),
        ),
      ),
    ),
    videos: fc.subarray(videoIds).chain((ids) =>
      fc.tuple(
        ...ids.map((id) =>
          fc.record({
            id: fc.constant(id),
            user_id: person,
            prompt: fc.option(fc.constantFrom('', 'A beautiful sunset')),
            video_type: word('text_to_video', 'image_to_video'),
            image_url: fc.option(fc.constant('https://cdn.reeldesk.example/1.png')),
            duration_seconds: fc.option(fc.integer({ min: -1, max: 10 })),
            resolution: word('1920x1080', '1280x720'),
            quality: word('high', 'draft'),
            status: word('pending', 'processing', 'completed', 'failed'),
            video_url: fc.constant(null),
            error_message: fc.constant(null),
            credits_used: fc.option(fc.integer({ min: -5, max: 30 })),
            deleted_at: fc.option(fc.constant(longAgo), { freq: 2 }),
            created_at: time,
            updated_at: time,
          }),
        ),
      ),
    ),
    transactions: fc
      .array(
        fc.record({
          user_id: person,
          amount,
          type: word('video_generation', 'refund', 'purchase'),
          video_id: fc.option(fc.constantFrom(...videoIds)),
          description: fc.option(fc.constantFrom('', 'Video generation', 'Sorry for that')),
          created_at: time,
        }),
        { maxLength: 20 },
      )
      .map((rows) => rows.map((row, n) => ({ id: idOf('transaction', n), ...row }))),
  });
}
