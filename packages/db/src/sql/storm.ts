import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { TestDatabase } from '../testing/test-database.ts';
import { adjust, ask, type Call, call, charge, ledgerProblems, type Outcome, refund } from './calls.ts';

export interface StormOptions {
  connections: number;
  callsEach: number;
  accounts: number;
  seed: number;
}

/**
 * Everything at once over a few accounts and their videos, then the books. Any error that is no
 * refusal of the contract, a deadlock (40P01) first of all, fails it.
 */
export async function storm(
  database: TestDatabase,
  { connections, callsEach, accounts, seed }: StormOptions,
): Promise<Outcome[]> {
  const { asBackend, asUser, createAccount } = database;
  const admins = [await createAccount({ role: 'admin' }), await createAccount({ role: 'admin' })];
  const initialCredits = 60;
  const owners: string[] = [];
  for (let n = 0; n < accounts; n++) {
    owners.push((await createAccount({ credits: initialCredits })).id);
  }
  const videos: { id: string; ownerId: string }[] = [];
  const outcomes: Outcome[] = [];
  const keys = Array.from({ length: accounts * 4 }, () => randomUUID());

  const run = async (random: () => number) => {
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
    for (let made = 0; made < callsEach; made++) {
      const ownerId = pick(owners);
      const video = pick(videos) ?? { id: randomUUID(), ownerId };
      const key = random() < 0.4 ? { p_idempotency_key: pick(keys) } : {};
      const asAdmin = asUser(pick(admins).id);
      const staffOrBackend = random() < 0.5 ? asBackend : asAdmin;
      const options: [number, () => Promise<Outcome>][] = [
        [
          5,
          () =>
            ask(
              random() < 0.5 ? asUser(ownerId) : asBackend,
              charge(ownerId, { ...key, p_duration_seconds: 1 + Math.floor(random() * 5) }),
            ),
        ],
        [3, () => ask(asBackend, onVideo('start_video_generation', video.id))],
        [
          3,
          () =>
            ask(
              asBackend,
              onVideo('complete_video_generation', video.id, { p_video_url: 'https://cdn.reeldesk.example/1.mp4' }),
            ),
        ],
        [2, () => ask(asBackend, onVideo('fail_video_generation', video.id, { p_error: 'Provider failed' }))],
        [
          5,
          () =>
            ask(
              staffOrBackend,
              refund(video.id, { ...key, p_amount: random() < 0.4 ? null : 1 + Math.floor(random() * 8) }),
            ),
        ],
        [3, () => ask(staffOrBackend, adjust(ownerId, Math.floor(random() * 60) - 30, key))],
        [2, () => ask(random() < 0.5 ? asUser(video.ownerId) : asAdmin, onVideo('soft_delete_video', video.id))],
        [2, () => ask(random() < 0.5 ? asUser(video.ownerId) : asAdmin, onVideo('restore_video', video.id))],
        [0.5, () => ask(asBackend, call('purge_deleted_videos', { p_older_than: '0' }))],
        [
          0.5,
          () =>
            ask(
              asUser(admins[0]!.id),
              call('desk.grant_staff_role', { p_user_id: admins[1]!.id, p_role: pick(['admin', 'analyst']) }),
            ),
        ],
      ];
      const outcome = await choose(options, random)();
      outcomes.push(outcome);
      const videoId =
        'answer' in outcome &&
        typeof outcome.answer === 'object' &&
        outcome.answer['credits_used'] &&
        outcome.answer['video_id'];
      if (typeof videoId === 'string') {
        videos.push({ id: videoId, ownerId });
      }
    }
  };
  await Promise.all(Array.from({ length: connections }, (_, n) => run(generator(seed + n))));

  await expectBooksMatch(database, owners, outcomes, initialCredits);
  return outcomes;
}

/** The books balance, and balances are what was there plus what successful answers said was moved. */
export async function expectBooksMatch(
  { asOwner }: Pick<TestDatabase, 'asOwner'>,
  accountIds: string[],
  outcomes: Outcome[],
  initialCredits: number,
): Promise<void> {
  expect(await ledgerProblems(asOwner)).toEqual([]);
  const moved = new Map<string, number>();
  for (const outcome of outcomes) {
    if ('reason' in outcome || typeof outcome.answer !== 'object' || outcome.answer === null) {
      continue;
    }
    // A replayed answer is one movement; a failure that had nothing left to refund is none.
    const { transaction_id: id, credits_used: used, credits_refunded: refunded, amount } = outcome.answer;
    if (typeof id === 'string') {
      moved.set(id, Number(amount ?? refunded ?? -Number(used)));
    }
  }
  const total = [...moved.values()].reduce((sum, amount) => sum + amount, 0);
  const [books] = await asOwner.query<{ credits: number; entries: number; lowest: number }>(
    `select (select sum(credits)::float8 from profiles where id = any ($1)) as credits,
      count(*)::integer as entries, min(balance_after) as lowest
    from credit_transactions where user_id = any ($1)`,
    [accountIds],
  );
  const openings = initialCredits === 0 ? 0 : accountIds.length;
  expect(books).toMatchObject({ credits: accountIds.length * initialCredits + total, entries: openings + moved.size });
  expect(books!.lowest ?? 0).toBeGreaterThanOrEqual(0);

  const halves = await asOwner.query(
    `select coalesce(v.id, t.video_id) as video_id
    from videos v full join credit_transactions t on t.video_id = v.id and t.type = 'charge'
    where (v.user_id = any ($1) or t.user_id = any ($1)) and (t.type = 'charge' or t.id is null)
      and (t.id is null or t.amount <> -v.credits_used or t.user_id <> v.user_id or (v.id is null
        and not exists (select from audit_log a where a.action = 'purge_deleted_video' and a.target_id = t.video_id::text)))
      or (v.user_id = any ($1) and v.status = 'failed'
        and 0 <> (select sum(e.amount) from credit_transactions e where e.video_id = v.id))`,
    [accountIds],
  );
  expect(halves, 'videos without their charge, charges without their video, or failed and still charged').toEqual([]);
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function onVideo(name: string, videoId: string, more: Record<string, unknown> = {}): Call {
  return call(name, { p_video_id: videoId, ...more });
}

function choose<T>(options: [number, T][], random: () => number): T {
  let left = random() * options.reduce((sum, [weight]) => sum + weight, 0);
  return options.find(([weight]) => (left -= weight) < 0)![1];
}
