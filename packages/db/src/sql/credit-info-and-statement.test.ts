import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import {
  call,
  callRows,
  createScene,
  expectOnly,
  expectRefused,
  forbidden,
  invalid,
  makeVideo,
  type Json,
} from './scene.ts';

const scene = await createScene();
const { database, callers, ids } = scene;
afterAll(database.drop);

const readers = ['owner', 'analyst', 'admin', 'backend', 'operator'] as const;
const info = (userId: string | null, caller = callers.owner) => call(caller, 'get_credit_info', { p_user_id: userId });
const balanceAt = (userId: string | null, at: string | null, caller = callers.owner) =>
  call<number>(caller, 'balance_at', { p_user_id: userId, p_at: at });
const statement = (args: Json = {}, caller = callers.owner) =>
  callRows<{ entry_no: number; created_at: Date } & Json>(caller, 'credit_statement', {
    p_user_id: ids.owner,
    ...args,
  });

/** The ledger as it is, with times to the microsecond. */
async function entriesOf(userId: string) {
  return database.asOwner.query<{
    entry_no: number;
    amount: number;
    balance_after: number;
    at: string;
    just_before: string;
  }>(
    `select entry_no, amount, balance_after, created_at::text as at, (created_at - interval '1 microsecond')::text as just_before
    from credit_transactions where user_id = $1 order by entry_no`,
    [userId],
  );
}

describe('get_credit_info', () => {
  test('answers the balance and counts active videos by status', async () => {
    const { id } = await database.createAccount({ credits: 100 });
    expect(await info(id, database.asUser(id))).toEqual({
      credits: 100,
      total_videos: 0,
      videos_pending: 0,
      videos_processing: 0,
    });
    for (const status of ['pending', 'pending', 'processing', 'completed', 'failed'] as const) {
      await makeVideo(scene, id, status);
    }
    expect(await info(id, database.asUser(id))).toEqual({
      credits: 40,
      total_videos: 5,
      videos_pending: 2,
      videos_processing: 1,
    });
  });

  test('does not count a deleted video, and counts it again once it is restored', async () => {
    const { id } = await database.createAccount({ credits: 100 });
    const user = database.asUser(id);
    const videoId = await makeVideo(scene, id, 'pending');
    await makeVideo(scene, id, 'processing');
    await call(user, 'soft_delete_video', { p_video_id: videoId });
    expect(await info(id, user)).toEqual({ credits: 70, total_videos: 1, videos_pending: 0, videos_processing: 1 });
    await call(user, 'restore_video', { p_video_id: videoId });
    expect(await info(id, user)).toMatchObject({ total_videos: 2, videos_pending: 1 });
  });
});

describe.each([
  ['get_credit_info', {}],
  ['balance_at', { p_at: '2100-01-01' }],
  ['credit_statement', {}],
])('%s', (name, more) => {
  const read = (userId: string | null, caller = callers.owner) =>
    callRows(caller, name, { p_user_id: userId, ...more });

  test('is for the owner, staff and the back end', async () => {
    await expectOnly(scene, readers, (caller) => read(ids.owner, caller));
  });

  test('tells a user nothing of other accounts, not even whether they exist', async () => {
    for (const userId of [ids.other, ids.admin, randomUUID(), null]) {
      await expectRefused(scene, () => read(userId), forbidden);
    }
  });

  test('names what is wrong with an account asked for by staff', async () => {
    await expectRefused(scene, () => read(null, callers.admin), invalid('p_user_id'));
    await expectRefused(scene, () => read(randomUUID(), callers.admin), {
      sqlstate: 'PT404',
      code: 'account_not_found',
      message: 'There is no such account.',
    });
  });
});

describe('balance_at', () => {
  test('is exact at every entry, one microsecond before it, and beyond both ends', async () => {
    const { id } = await database.createAccount({ credits: 100 });
    await makeVideo(scene, id, 'failed');
    await call(callers.backend, 'adjust_credits', { p_user_id: id, p_amount: -99, p_reason_code: 'fraud' });
    const user = database.asUser(id);
    const entries = await entriesOf(id);
    expect(entries.map(({ balance_after }) => balance_after)).toEqual([100, 85, 100, 1]);
    let before = 0;
    for (const entry of entries) {
      expect(await balanceAt(id, entry.just_before, user)).toBe(before);
      expect(await balanceAt(id, entry.at, user)).toBe(entry.balance_after);
      before = entry.balance_after;
    }
    expect(await balanceAt(id, '-infinity', user)).toBe(0);
    expect(await balanceAt(id, '1970-01-01', user)).toBe(0);
    expect(await balanceAt(id, 'infinity', user)).toBe(1);
  });

  test('takes the last of several entries of the same moment', async () => {
    const { id } = await database.createAccount();
    for (const amount of [10, 20, -5]) {
      await database.asOwner.query(
        `select private.post_to_ledger($1, $2, 'adjustment', 'purchase', null, null, '2200-01-01')`,
        [id, amount],
      );
    }
    const user = database.asUser(id);
    expect(await balanceAt(id, '2200-01-01', user)).toBe(25);
    expect(await balanceAt(id, '2199-12-31', user)).toBe(0);
  });

  test('is 0 for an account without entries, and refused without a moment', async () => {
    const { id } = await database.createAccount();
    expect(await balanceAt(id, '2100-01-01', database.asUser(id))).toBe(0);
    await expectRefused(scene, () => balanceAt(ids.owner, null), invalid('p_at'));
  });
});

describe('credit_statement', () => {
  test('explains each entry, newest first', async () => {
    const { id } = await database.createAccount({ credits: 20 });
    const videoId = await makeVideo(scene, id, 'failed');
    const rows = await statement({ p_user_id: id }, database.asUser(id));
    expect(Object.keys(rows[0]!)).toEqual([
      'id',
      'entry_no',
      'amount',
      'balance_after',
      'type',
      'video_id',
      'actor_id',
      'reason',
      'note',
      'created_at',
    ]);
    const facts = rows.map((row) => [
      row.entry_no,
      row['type'],
      row['amount'],
      row['balance_after'],
      row['video_id'],
      row['reason'],
    ]);
    expect(facts).toEqual([
      [3, 'refund', 15, 20, videoId, 'Video generation failed'],
      [2, 'charge', -15, 5, videoId, 'Video generation'],
      [1, 'adjustment', 20, 20, null, 'purchase'],
    ]);
  });

  test('pages neither skip nor repeat an entry, while new ones come in', async () => {
    const { id } = await database.createAccount({ credits: 100 });
    const user = database.asUser(id);
    for (let n = 0; n < 9; n += 1) {
      await call(callers.backend, 'adjust_credits', { p_user_id: id, p_amount: 1, p_reason_code: 'promotion' });
    }
    const seen: number[] = [];
    for (let before: number | null = null; ;) {
      const page: { entry_no: number }[] = await statement({ p_user_id: id, p_before_entry: before, p_limit: 4 }, user);
      seen.push(...page.map(({ entry_no }) => entry_no));
      if (page.length < 4) {
        break;
      }
      before = page.at(-1)!.entry_no;
      await call(callers.backend, 'adjust_credits', { p_user_id: id, p_amount: 1, p_reason_code: 'promotion' });
    }
    expect(seen).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect(await statement({ p_user_id: id, p_before_entry: 1 }, user)).toEqual([]);
  });

  test('gives 50 entries unless asked otherwise, 200 at most', async () => {
    const { id } = await database.createAccount();
    await database.asOwner.query(
      `select private.post_to_ledger($1, 1, 'adjustment', 'promotion') from generate_series(1, 210)`,
      [id],
    );
    const user = database.asUser(id);
    expect(await statement({ p_user_id: id }, user)).toHaveLength(50);
    expect(await statement({ p_user_id: id, p_limit: 200 }, user)).toHaveLength(200);
  });

  test.each([0, -1, 201, null, 2147483647])('refuses the limit %j by name', async (limit) => {
    await expectRefused(scene, () => statement({ p_limit: limit }), invalid('p_limit'));
  });
});
