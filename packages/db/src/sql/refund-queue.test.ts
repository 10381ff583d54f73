import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { refundVideoCredits } from '../refunds.ts';
import { backend, makeVideo } from '../testing/fixtures.ts';
import { postToLedger } from '../testing/ledger.ts';
import { createTestDatabase, type TestAccount } from '../testing/test-database.ts';
import { failVideoGeneration, softDeleteVideo } from '../videos.ts';
import { noPermission } from './scene.ts';

const database = await createTestDatabase();
const { db, asOwner } = database;
afterAll(database.drop);
const admin = await database.createAccount({ role: 'admin' });
let owner: TestAccount;
beforeEach(async () => {
  owner = await database.createAccount({ credits: 1000 });
});

/** What lies in the queue: status, charged and refunded of each video of the account. */
async function queue(): Promise<Record<string, string>> {
  const rows = await asOwner.query<{ video_id: string; line: string }>(
    `select video_id, concat_ws(' ', status, credits_charged, credits_refunded) as line from usage.refund_queue where user_id = $1`,
    [owner.id],
  );
  return Object.fromEntries(rows.map(({ video_id, line }) => [video_id, line]));
}

const refund = (videoId: string, amount?: number) =>
  refundVideoCredits(db, admin.actor, { videoId, reason: 'Flicker', amount });

/** A video that failed before it was charged, as an import brings it. */
async function failedAndCharged(): Promise<string> {
  const [video] = await asOwner.query<{ id: string }>(
    `insert into videos (user_id, prompt, video_type, duration_seconds, resolution, quality, status, credits_used)
    values ($1, 'A red kite', 'text_to_video', 5, '1920x1080', 'high', 'failed', 15) returning id`,
    [owner.id],
  );
  await postToLedger(asOwner, owner.id, {
    at: new Date().toISOString(),
    type: 'charge',
    amount: -15,
    videoId: video!.id,
  });
  return video!.id;
}

describe('a charge is in the queue', () => {
  test('from the day it was refunded although the video is completed, in whole or in part', async () => {
    const [whole, part, none] = [
      await makeVideo(db, owner.id),
      await makeVideo(db, owner.id),
      await makeVideo(db, owner.id),
    ];
    await refund(whole);
    await refund(part, 4);
    expect(await queue()).toEqual({ [whole]: 'completed 15 15', [part]: 'completed 15 4' });
    await refund(part, 1);
    expect(await queue()).toMatchObject({ [part]: 'completed 15 5' });
    expect(await queue()).not.toHaveProperty(none);
  });

  test('of a failed video until all of it is given back', async () => {
    const videoId = await failedAndCharged();
    expect(await queue()).toEqual({ [videoId]: 'failed 15 0' });
    await refund(videoId, 6);
    expect(await queue()).toEqual({ [videoId]: 'failed 15 6' });
    await refund(videoId);
    expect(await queue()).toEqual({});
  });

  test('not when the failure itself gave it back, nor while the video is under way', async () => {
    const videoId = await makeVideo(db, owner.id, 'processing');
    await makeVideo(db, owner.id, 'pending');
    expect(await queue()).toEqual({});
    await failVideoGeneration(db, backend, { videoId, error: 'Provider timed out' });
    expect(await queue()).toEqual({});
  });

  test('also of a deleted video, and no more once that is purged', async () => {
    const videoId = await makeVideo(db, owner.id);
    await refund(videoId, 3);
    await softDeleteVideo(db, admin.actor, { videoId });
    expect(await queue()).toEqual({ [videoId]: 'completed 15 3' });
    await database.asBackend.query(`select purge_deleted_videos(interval '0')`);
    expect(await queue()).toEqual({});
  });

  test('as often as parts of it are refunded at the same time', async () => {
    const videoId = await failedAndCharged();
    const parts = await Promise.allSettled(Array.from({ length: 12 }, () => refund(videoId, 2)));
    expect(parts.filter(({ status }) => status === 'fulfilled')).toHaveLength(7);
    expect(await queue()).toEqual({ [videoId]: 'failed 15 14' });
  });

  test('not when the refund was taken back with its transaction', async () => {
    const videoId = await makeVideo(db, owner.id);
    const transaction = await asOwner.begin();
    await transaction.query(`select refund_video_credits($1, 'Flicker', 5)`, [videoId]);
    await transaction.rollback();
    expect(await queue()).toEqual({});
  });
});

test('made anew it is the same, also when rows were missing, stale or left over', async () => {
  await refund(await makeVideo(db, owner.id), 4);
  await failedAndCharged();
  const [stale] = Object.keys(await queue());
  const before = await asOwner.query('select * from usage.refund_queue order by video_id');
  await asOwner.query(`delete from usage.refund_queue where video_id <> $1`, [stale]);
  await asOwner.query('update usage.refund_queue set credits_charged = 99');
  await asOwner.query(
    `insert into usage.refund_queue select id, user_id, created_at, 'failed', 7, 0 from videos where id = $1`,
    [await makeVideo(db, owner.id)],
  );
  await asOwner.query('select usage.rebuild_refund_queue()');
  expect(await asOwner.query('select * from usage.refund_queue order by video_id')).toEqual(before);
});

test('accounts can neither read nor change it', async () => {
  for (const caller of [database.asUser(owner.id), database.asUser(admin.id), database.asAnon]) {
    for (const sql of [
      'select from usage.refund_queue',
      'delete from usage.refund_queue',
      'select usage.rebuild_refund_queue()',
    ]) {
      await expect(caller.query(sql)).rejects.toMatchObject({ code: noPermission.sqlstate });
    }
  }
  await expect(database.asBackend.query('delete from usage.refund_queue')).rejects.toMatchObject({ code: '42501' });
});
