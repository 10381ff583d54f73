import { randomInt, randomUUID } from 'node:crypto';
import { afterAll, expect, it } from 'vitest';
import { createTestDatabase } from '../testing/test-database.ts';
import { adjust, answered, ask, call, charge, type Outcome, refund, videoIdOf } from './calls.ts';
import { expectBooksMatch, storm } from './storm.ts';

const database = await createTestDatabase();
const { asBackend, asUser, createAccount } = database;
afterAll(database.drop);

const reasons = (outcomes: Outcome[]) => outcomes.flatMap((outcome) => ('reason' in outcome ? [outcome.reason] : []));

it('of twenty-four charges at once exactly the seven that the balance covers succeed', async () => {
  const account = await createAccount({ credits: 7 * 15 + 14 });
  const outcomes = await Promise.all(
    Array.from({ length: 24 }, (_, n) => ask(n % 2 ? asBackend : asUser(account.id), charge(account.id))),
  );
  expect(reasons(outcomes)).toEqual(Array.from({ length: 17 }, () => 'insufficient_credits'));
  await expectBooksMatch(database, [account.id], outcomes, 7 * 15 + 14);
});

it('of twenty-four partial refunds at once exactly those that the charge covers succeed', async () => {
  const account = await createAccount({ credits: 15 });
  const admins = await Promise.all(Array.from({ length: 4 }, () => createAccount({ role: 'admin' })));
  const charged = await ask(asBackend, charge(account.id));
  const videoId = videoIdOf(charged);
  await ask(asBackend, call('start_video_generation', { p_video_id: videoId }));
  await ask(
    asBackend,
    call('complete_video_generation', { p_video_id: videoId, p_video_url: 'https://cdn.reeldesk.example/1.mp4' }),
  );
  const outcomes = await Promise.all(
    Array.from({ length: 24 }, (_, n) =>
      ask(n % 5 ? asUser(admins[n % 4]!.id) : asBackend, refund(videoId, { p_amount: 4 })),
    ),
  );
  expect(reasons(outcomes)).toEqual(Array.from({ length: 21 }, () => 'refund_exceeds_charge'));
  await expectBooksMatch(database, [account.id], [charged, ...outcomes], 15);
});

it('one key sent twenty-four times at once moves credits once, and everybody gets that answer', async () => {
  const account = await createAccount({ credits: 100 });
  const keyed = { p_idempotency_key: randomUUID() };
  for (const made of [charge(account.id, keyed), adjust(account.id, -7, keyed)]) {
    const outcomes = await Promise.all(Array.from({ length: 24 }, () => ask(asBackend, made)));
    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).toBe(1);
    expect(answered(outcomes[0]!, 'success')).toBe(true);
  }
  expect(await ask(asBackend, call('get_credit_info', { p_user_id: account.id }))).toMatchObject({
    answer: { credits: 78, total_videos: 1 },
  });
});

it('everything at once leaves no deadlock, no lost credit and no half', async () => {
  const seed = randomInt(2 ** 31);
  await expect(
    storm(database, { connections: 16, callsEach: 60, accounts: 3, seed }).then(reasons),
    `seed ${seed}`,
  ).resolves.toEqual(expect.arrayContaining(['insufficient_credits', 'invalid_status_change']));
});
