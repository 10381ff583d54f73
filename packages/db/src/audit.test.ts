import { afterAll, expect, test } from 'vitest';
import { listAuditLog } from './audit.ts';
import { adjustCredits } from './credits.ts';
import { refundVideoCredits } from './refunds.ts';
import { anon, backend, makeVideo, readAllPages } from './testing/fixtures.ts';
import { createTestDatabase } from './testing/test-database.ts';

const database = await createTestDatabase();
const { db } = database;
afterAll(database.drop);
const admin = await database.createAccount({ role: 'admin' });
const analyst = await database.createAccount({ role: 'analyst' });

test('an action leaves a row with actor, target, reason, amount, request, before and after', async () => {
  const owner = await database.createAccount({ credits: 100 });
  const videoId = await makeVideo(db, owner.id);
  await refundVideoCredits(db, { ...admin.actor, requestId: 'req-42' }, { videoId, reason: 'Flicker', amount: 5 });

  const { items } = await listAuditLog(db, admin.actor, { targetId: videoId, limit: 10 });
  expect(items).toMatchObject([
    {
      actorId: admin.id,
      actorEmail: admin.email,
      actorRole: 'admin',
      action: 'refund_video_credits',
      targetType: 'video',
      targetId: videoId,
      userId: owner.id,
      reason: 'Flicker',
      amount: 5,
      requestId: 'req-42',
      before: { credits: 85, refunded: 0 },
      after: { credits: 90, refunded: 5 },
    },
  ]);
});

test('the log is found by account, target and action', async () => {
  const owner = await database.createAccount({ credits: 100 });
  const videoId = await makeVideo(db, owner.id, 'failed');
  await adjustCredits(db, admin.actor, { userId: owner.id, amount: 1, reasonCode: 'goodwill', note: 'Sorry' });
  const actions = async (input: { userId?: string; targetId?: string; action?: string }) =>
    (await listAuditLog(db, backend, { limit: 10, ...input })).items.map(({ action, note }) => [action, note]);
  const [adjusted, refunded, bought] = [
    ['adjust_credits', 'Sorry'],
    ['refund_video_credits', null],
    ['adjust_credits', null],
  ];
  expect(await actions({ userId: owner.id })).toEqual([adjusted, refunded, bought]);
  expect(await actions({ targetId: videoId })).toEqual([refunded]);
  expect(await actions({ userId: owner.id, action: 'adjust_credits' })).toEqual([adjusted, bought]);
});

test('the log is for admins and the back end', async () => {
  const user = await database.createAccount();
  for (const { actor } of [user, analyst]) {
    await expect(listAuditLog(db, actor, { limit: 5 })).rejects.toMatchObject({ reason: 'forbidden' });
  }
  await expect(listAuditLog(db, anon, { limit: 5 })).rejects.toMatchObject({ reason: 'not_signed_in' });
});

test('pages of rows written in the same microsecond neither skip nor repeat one', async () => {
  const { id } = await database.createAccount();
  const rows = await database.asOwner.query<{ id: string }>(
    `insert into audit_log (created_at, actor_role, action, target_type, target_id, user_id)
    select '2026-01-02 03:04:05.123456Z', 'owner', 'test', 'account', $1::text, $1::uuid from generate_series(1, 11)
    returning id`,
    [id],
  );
  const found = await readAllPages((cursor) => listAuditLog(db, admin.actor, { userId: id, limit: 4, cursor }));
  expect(found.map((row) => row.id)).toEqual(
    rows
      .map((row) => row.id)
      .toSorted()
      .toReversed(),
  );
});

test('the log is found by actor and time, from a moment on and before another', async () => {
  const [one, other] = [await database.createAccount(), await database.createAccount()];
  const at = (second: number) => `2026-04-01T00:00:0${second}Z`;
  for (const [index, actor] of [one, other, one].entries()) {
    await database.asOwner.query(
      `insert into audit_log (created_at, actor_id, actor_role, action, target_type, target_id)
      values ($1, $2, 'admin', 'test_of_time', 'account', $3)`,
      [at(index), actor.id, String(index)],
    );
  }
  const find = async (input: Partial<Parameters<typeof listAuditLog>[2]>) =>
    (await listAuditLog(db, admin.actor, { action: 'test_of_time', limit: 10, ...input })).items.map(
      (row) => row.targetId,
    );
  expect(await find({})).toEqual(['2', '1', '0']);
  expect(await find({ actorId: one.id })).toEqual(['2', '0']);
  expect(await find({ createdFrom: at(1) })).toEqual(['2', '1']);
  expect(await find({ createdBefore: at(1) })).toEqual(['0']);
  expect(await find({ createdFrom: at(1), createdBefore: at(2), actorId: other.id })).toEqual(['1']);
});
