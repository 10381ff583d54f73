import { afterAll, describe, expect, test } from 'vitest';
import {
  call,
  createScene,
  expectBooksBalance,
  expectOnly,
  expectRefused,
  invalid,
  lastAudit,
  makeVideo,
  onlyForBackend,
  snapshot,
  videoNotFound,
  type Json,
} from './scene.ts';

const scene = await createScene();
const { database, callers, ids } = scene;
afterAll(database.drop);

const softDelete = (id: string | null, caller = callers.owner) =>
  call<boolean>(caller, 'soft_delete_video', { p_video_id: id });
const restore = (id: string | null, caller = callers.owner) =>
  call<boolean>(caller, 'restore_video', { p_video_id: id });
const purge = (olderThan: string | null, caller = callers.backend) =>
  call<number>(caller, 'purge_deleted_videos', { p_older_than: olderThan });

async function makeDeleted(userId = ids.owner): Promise<string> {
  const id = await makeVideo(scene, userId);
  await softDelete(id, database.asUser(userId));
  return id;
}

describe('purge_deleted_videos', () => {
  test('removes for good what was deleted longer ago, and leaves the ledger whole', async () => {
    await purge('0 seconds');
    const [old, fresh, kept] = [await makeDeleted(), await makeDeleted(), await makeVideo(scene, ids.owner)];
    await database.asOwner.query(`update videos set deleted_at = now() - interval '31 days' where id = $1`, [old]);
    const ledger = () => database.asOwner.query('select * from credit_transactions order by id');
    const before = await ledger();

    expect(await purge('30 days')).toBe(1);
    const left = await database.asOwner.query<{ id: string }>('select id from videos where id = any ($1)', [
      [old, fresh, kept],
    ]);
    expect(left.map(({ id }) => id).toSorted()).toEqual([fresh, kept].toSorted());
    expect(await ledger()).toEqual(before);
    await expectBooksBalance(scene);
    for (const act of [softDelete, restore]) {
      await expectRefused(scene, () => act(old), videoNotFound);
      await expectRefused(scene, () => act(old, callers.admin), videoNotFound);
    }
    expect(await purge('30 days')).toBe(0);
  });

  test('is audited with bare facts: no prompt, no address, no error', async () => {
    const id = await makeDeleted();
    await purge('0 seconds');
    const row = await lastAudit(scene, id);
    expect(row).toMatchObject({
      action: 'purge_deleted_video',
      actor_role: 'backend',
      user_id: ids.owner,
      after: null,
    });
    expect(row['before']).toMatchObject({ id, credits_used: 15, status: 'completed' });
    expect(Object.keys(row['before'] as Json)).not.toEqual(expect.arrayContaining(['prompt']));
    expect(JSON.stringify(row)).not.toMatch(/sunset|cdn\.reeldesk/);
  });

  test.each(['pending', 'processing'] as const)(
    'leaves a %s video, whose provider may still answer',
    async (status) => {
      const id = await makeVideo(scene, ids.owner, status);
      await softDelete(id);
      await purge('0 seconds');
      expect(await database.asOwner.query('select id from videos where id = $1', [id])).toEqual([{ id }]);
    },
  );

  test('is for the back end alone', async () => {
    await expectOnly(scene, ['backend', 'operator'], (caller) => purge('30 days', caller), onlyForBackend);
  });

  test.each([null, '-1 second', '-1 month', '101 years', '200000 years'])(
    'refuses the interval %j by name',
    async (olderThan) => {
      await makeDeleted();
      await expectRefused(scene, () => purge(olderThan), invalid('p_older_than'));
    },
  );

  test('takes everything or nothing', async () => {
    const id = await makeDeleted();
    const before = await snapshot(database);
    const transaction = await database.asBackend.begin();
    expect(await call<number>(transaction, 'purge_deleted_videos', { p_older_than: '0 seconds' })).toBeGreaterThan(0);
    await transaction.rollback();
    expect(await snapshot(database)).toBe(before);
    expect(await restore(id)).toBe(true);
  });
});
