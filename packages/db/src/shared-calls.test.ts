import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import type { Actor } from './actor.ts';
import { createDatabase } from './client.ts';
import { getCreditInfo } from './credits.ts';
import { anon, backend, readAllPages, request } from './testing/fixtures.ts';
import { createTestDatabase, type TestAccount } from './testing/test-database.ts';
import { createVideoGeneration, listVideos } from './videos.ts';

const database = await createTestDatabase();
// One statement at a time: all calls but the first of a moment share the next ones.
const db = createDatabase({ url: database.apiUrl, poolSize: 3 });
afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});
const admin = await database.createAccount({ role: 'admin' });
const analyst = await database.createAccount({ role: 'analyst' });

const charge = (actor: Actor, userId: string, more: object = {}) =>
  createVideoGeneration(db, actor, { userId, ...request, ...more });

async function expectBooksBalance(): Promise<void> {
  expect(await database.asOwner.query('select * from private.ledger_problems()')).toEqual([]);
}

test('calls of many callers in one statement are each their own caller’s, and fail for themselves alone', async () => {
  const owners = await Promise.all(Array.from({ length: 12 }, () => database.createAccount({ credits: 100 })));
  const poor = await database.createAccount({ credits: 14 });
  const [stranger] = owners as [TestAccount];
  const unknownKey: Actor = { kind: 'key', keyHash: 'ab'.repeat(32) };
  const asked = owners.map(({ actor, id }, n) => charge({ ...actor, requestId: `own-${n}` }, id));
  const refused = [
    [charge(poor.actor, poor.id), 'insufficient_credits'],
    [charge(stranger.actor, poor.id), 'forbidden'],
    [charge(analyst.actor, poor.id), 'forbidden'],
    [charge(anon, poor.id), 'not_signed_in'],
    [charge(unknownKey, poor.id), 'invalid_api_key'],
    [charge(backend, randomUUID()), 'account_not_found'],
    [charge(stranger.actor, stranger.id, { prompt: 'a\0b' }), 'invalid_input'],
    [charge(stranger.actor, stranger.id, { quality: 'superb' }), 'invalid_input'],
    [charge(stranger.actor, stranger.id, { durationSeconds: 4_000_000_000 }), 'invalid_input'],
    [getCreditInfo(db, stranger.actor, { userId: poor.id }), 'forbidden'],
    [getCreditInfo(db, anon, { userId: poor.id }), 'not_signed_in'],
  ] as const;
  const byAdmin = charge({ ...admin.actor, requestId: 'by-admin' }, poor.id, { durationSeconds: 1 });
  const byBackend = charge(backend, owners[1]!.id);

  const outcomes = await Promise.allSettled(refused.map(([call]) => call));
  expect(
    outcomes.map((outcome) => outcome.status === 'rejected' && (outcome.reason as { reason: string }).reason),
  ).toEqual(refused.map(([, reason]) => reason));
  expect(await Promise.all(asked)).toHaveLength(12);
  expect(await byAdmin).toMatchObject({ creditsUsed: 3, creditsRemaining: 11 });
  const { transactionId } = await byBackend;

  const entries = await database.asOwner.query<{ actor_id: string | null; user_id: string; id: string }>(
    `select id, user_id, actor_id from credit_transactions where type = 'charge'`,
  );
  expect(entries).toHaveLength(14);
  for (const entry of entries) {
    const expected = entry.id === transactionId ? null : entry.user_id === poor.id ? admin.id : entry.user_id;
    expect(entry.actor_id).toBe(expected);
  }
  const audited = await database.asOwner.query('select actor_id, request_id, user_id from audit_log where amount = -3');
  expect(audited).toEqual([{ actor_id: admin.id, request_id: 'by-admin', user_id: poor.id }]);
  const [counted] = await database.asOwner.query<{ transactions: number }>(
    'select count(distinct xid::text)::integer as transactions from credit_transactions where amount < 0',
  );
  expect(counted?.transactions).toBeLessThan(8);
  await expectBooksBalance();
});

test('one account charged by many at once pays for what it can and not for more, in order', async () => {
  const owner = await database.createAccount({ credits: 15 * 25 });
  const calls = await Promise.allSettled(Array.from({ length: 40 }, () => charge(owner.actor, owner.id)));
  const done = calls.filter(({ status }) => status === 'fulfilled');
  expect(done).toHaveLength(25);
  for (const call of calls.filter((each) => each.status === 'rejected')) {
    expect(call.reason).toMatchObject({ reason: 'insufficient_credits', details: { credits: 0, required: 15 } });
  }
  expect(await getCreditInfo(db, owner.actor, { userId: owner.id })).toMatchObject({ credits: 0, totalVideos: 25 });
  // Of one moment they would come in any order.
  const listed = await readAllPages((cursor) => listVideos(db, owner.actor, { limit: 7, cursor }));
  const entries = await database.asOwner.query<{ video_id: string }>(
    `select video_id from credit_transactions where user_id = $1 and type = 'charge' order by entry_no desc`,
    [owner.id],
  );
  expect(listed.map(({ id }) => id)).toEqual(entries.map((entry) => entry.video_id));
  await expectBooksBalance();
});

test('the same key twice in one statement charges once, and only the second call is told that it is a repetition', async () => {
  const owner = await database.createAccount({ credits: 100 });
  const replayed: string[] = [];
  const first = getCreditInfo(db, owner.actor, { userId: owner.id });
  const keyed = ['a', 'b', 'c'].map((name) =>
    charge({ ...owner.actor, onReplayed: () => replayed.push(name) }, owner.id, { idempotencyKey: 'once' }),
  );
  const [one, two, three] = await Promise.all(keyed);
  expect(two).toEqual(one);
  expect(three).toEqual(one);
  expect(replayed).toHaveLength(2);
  await first;
  expect(await getCreditInfo(db, owner.actor, { userId: owner.id })).toMatchObject({ credits: 85 });
});

test('an account that somebody holds keeps nobody else waiting, and is charged when it is free', async () => {
  const held = await database.createAccount({ credits: 100 });
  const free = await Promise.all(Array.from({ length: 6 }, () => database.createAccount({ credits: 100 })));
  const rival = await database.asOwner.begin();
  await rival.query('select from profiles where id = $1 for update', [held.id]);
  const waiting = Array.from({ length: 5 }, () => charge(held.actor, held.id));
  const rounds = [1, 2, 3].map(() => free.map(({ actor, id }) => charge(actor, id)));
  // Ends only if none of them waits for the row.
  expect(await Promise.all(rounds.flat())).toHaveLength(18);
  expect(await getCreditInfo(db, held.actor, { userId: held.id })).toMatchObject({ credits: 100 });
  await rival.commit();
  expect(await Promise.all(waiting)).toHaveLength(5);
  expect(await getCreditInfo(db, held.actor, { userId: held.id })).toMatchObject({ credits: 25 });
  await expectBooksBalance();
});

test('half a character in a text is nobody else’s trouble', async () => {
  const [one, other] = [await database.createAccount({ credits: 15 }), await database.createAccount({ credits: 15 })];
  const calls = [charge(one.actor, one.id, { prompt: 'wind \ud83c' }), charge(other.actor, other.id)];
  expect(await Promise.all(calls)).toHaveLength(2);
  expect((await listVideos(db, one.actor, { limit: 1 })).items).toMatchObject([{ prompt: 'wind \ufffd' }]);
});

test('only the API’s login may speak for others', async () => {
  const calls = JSON.stringify([{ index: 0, name: 'get_credit_info', caller: 'backend', args: [admin.id] }]);
  for (const caller of [database.asAnon, database.asUser(admin.id), database.asBackend]) {
    await expect(caller.query('select reeldesk.call_together($1, 0)', [calls])).rejects.toMatchObject({
      code: '42501',
    });
  }
});

test('a plain page of one’s own is the same as any other page of the same videos', async () => {
  const owner = await database.createAccount({ credits: 300 });
  await Promise.all(Array.from({ length: 20 }, () => charge(owner.actor, owner.id)));
  const plain = await readAllPages((cursor) => listVideos(db, owner.actor, { limit: 6, cursor }));
  const sorted = await readAllPages((cursor) => listVideos(db, owner.actor, { limit: 6, cursor, sort: 'newest' }));
  const byStaff = await listVideos(db, admin.actor, { userId: owner.id, limit: 50 });
  expect(plain).toHaveLength(20);
  expect(plain).toEqual(sorted);
  expect(plain).toEqual(byStaff.items);
  // Staff have no plain page: theirs is everybody's.
  expect((await listVideos(db, admin.actor, { limit: 50 })).items.length).toBeGreaterThan(20);
});
