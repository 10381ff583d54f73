import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import {
  call,
  callRows,
  createScene,
  expectBooksBalance,
  expectOnly,
  expectRefused,
  forbidden,
  invalid,
  lastAudit,
  makeVideo,
  noPermission,
  notSignedIn,
  onlyForBackend,
  snapshot,
  videoNotFound,
  type Json,
  type Persona,
  type Refusal,
} from './scene.ts';

const scene = await createScene();
const { database, callers, ids } = scene;
afterAll(database.drop);

const softDelete = (id: string | null, caller = callers.owner) => call<boolean>(caller, 'soft_delete_video', { p_video_id: id });
const restore = (id: string | null, caller = callers.owner) => call<boolean>(caller, 'restore_video', { p_video_id: id });
const list = (args: Json = {}, caller = callers.owner) =>
  callRows<{ id: string; user_id: string; cursor: string } & Json>(caller, 'list_deleted_videos', args);
const purge = (olderThan: string | null, caller = callers.backend) =>
  call<number>(caller, 'purge_deleted_videos', { p_older_than: olderThan });

async function makeDeleted(userId = ids.owner): Promise<string> {
  const id = await makeVideo(scene, userId);
  await softDelete(id, database.asUser(userId));
  return id;
}

/** To anybody but the owner and admins a video does not exist; the back end deletes for nobody. */
const strangers: Partial<Record<Persona, Refusal>> = {
  other: videoNotFound,
  analyst: videoNotFound,
  demoted: videoNotFound,
  backend: notSignedIn,
  operator: notSignedIn,
};

describe('soft_delete_video and restore_video', () => {
  test('hide a video and bring it back as it was', async () => {
    const id = await makeVideo(scene, ids.owner);
    const seen = () => callers.owner.query('select * from videos where id = $1', [id]);
    const [before] = await seen();
    expect(await softDelete(id)).toBe(true);
    expect(await seen()).toEqual([]);
    expect(await restore(id)).toBe(true);
    expect(await seen()).toEqual([{ ...before, updated_at: expect.any(Date) }]);
  });

  test('are for the owner and admins: to others the video is not there', async () => {
    let id = await makeVideo(scene, ids.owner);
    await expectOnly(scene, ['owner', 'admin'], async (caller) => {
      const answer = await softDelete(id, caller);
      id = await makeVideo(scene, ids.owner);
      return answer;
    }, strangers);
    id = await makeDeleted();
    await expectOnly(scene, ['owner', 'admin'], async (caller) => {
      const answer = await restore(id, caller);
      id = await makeDeleted();
      return answer;
    }, strangers);
  });

  test('answer the same for somebody else\'s video and for one that never was', async () => {
    const others = await makeVideo(scene, ids.other);
    const othersDeleted = await makeDeleted(ids.other);
    for (const id of [others, othersDeleted, randomUUID()]) {
      for (const act of [softDelete, restore]) {
        await expectRefused(scene, () => act(id), { ...videoNotFound, details: { video_id: id } });
      }
    }
    for (const act of [softDelete, restore]) {
      await expectRefused(scene, () => act(null), invalid('p_video_id'));
      await expectRefused(scene, () => act(null, callers.admin), invalid('p_video_id'));
    }
  });

  test('are refused a second time', async () => {
    const id = await makeDeleted();
    await expectRefused(scene, () => softDelete(id), {
      sqlstate: 'PT409',
      code: 'already_deleted',
      message: 'This video is deleted already.',
    });
    await restore(id);
    await expectRefused(scene, () => restore(id), {
      sqlstate: 'PT409',
      code: 'not_deleted',
      message: 'This video is not deleted.',
    });
  });

  test('leave an audit row each, of owner and of admin', async () => {
    const id = await makeVideo(scene, ids.owner);
    await softDelete(id);
    const deleted = await lastAudit(scene, id);
    expect(deleted).toMatchObject({
      actor_id: ids.owner,
      actor_role: 'user',
      action: 'soft_delete_video',
      user_id: ids.owner,
      before: { deleted_at: null },
    });
    await restore(id, callers.admin);
    expect(await lastAudit(scene, id)).toMatchObject({
      actor_id: ids.admin,
      actor_role: 'admin',
      action: 'restore_video',
      user_id: ids.owner,
      before: deleted['after'],
      after: { deleted_at: null },
    });
  });

  test('move no credits', async () => {
    const before = await callRows(callers.owner, 'get_credit_info', { p_user_id: ids.owner });
    const id = await makeDeleted();
    await restore(id);
    const [after] = await callers.owner.query('select credits from profiles');
    const { get_credit_info: info } = before[0] as { get_credit_info: { credits: number } };
    expect(after).toEqual({ credits: info.credits - 15 });
  });

  test('restore nothing in a closed account', async () => {
    const { id: userId } = await database.createAccount({ credits: 15 });
    const id = await makeDeleted(userId);
    await database.asOwner.query('delete from auth.users where id = $1', [userId]);
    for (const caller of [callers.admin, database.asUser(userId)]) {
      await expectRefused(scene, () => restore(id, caller), { sqlstate: 'PT409', code: 'account_closed' });
    }
  });
});

describe('a deleted video is gone for its owner', () => {
  test('in lists, counts, joins, subqueries and conditions that ask for it', async () => {
    const { id: userId } = await database.createAccount({ credits: 100 });
    const user = database.asUser(userId);
    const [kept, deleted] = [await makeVideo(scene, userId), await makeDeleted(userId)];
    const answers: [string, unknown][] = [
      ['select id from videos', [{ id: kept }]],
      ['select count(*)::int from videos', [{ count: 1 }]],
      [`select id from videos where id = '${deleted}'`, []],
      ['select id from videos where deleted_at is not null', []],
      ['select id from videos where deleted_at is not null or true', [{ id: kept }]],
      [`select exists (select from videos where id = '${deleted}')`, [{ exists: false }]],
      [`select t.video_id, v.id from credit_transactions t left join videos v on v.id = t.video_id
        where t.video_id = '${deleted}'`, [{ video_id: deleted, id: null }]],
      ['select p.id, count(v.id)::int from profiles p left join videos v on v.user_id = p.id group by 1', [{ id: userId, count: 1 }]],
      ['select max(deleted_at) from videos', [{ max: null }]],
    ];
    for (const [sql, expected] of answers) {
      expect(await user.query(sql), sql).toEqual(expected);
    }
  });

  test('and for other users, analysts and nobody; the back end finds it where it asks for it', async () => {
    const id = await makeDeleted();
    const found = (caller = callers.owner) =>
      caller.query('select id from videos where deleted_at is not null and id = $1', [id]);
    for (const persona of ['owner', 'other', 'analyst', 'admin', 'demoted', 'nobody'] as const) {
      expect(await found(callers[persona]), persona).toEqual([]);
    }
    await expectRefused(scene, () => found(callers.anon), noPermission);
    expect(await found(callers.backend)).toEqual([{ id }]);
  });
});

describe('list_deleted_videos', () => {
  test('gives a user his own, newest deletion first, and refuses him any other account', async () => {
    const { id: userId } = await database.createAccount({ credits: 100 });
    const user = database.asUser(userId);
    const [first, second] = [await makeDeleted(userId), await makeDeleted(userId)];
    await makeVideo(scene, userId);
    expect((await list({}, user)).map(({ id }) => id)).toEqual([second, first]);
    expect((await list({ p_user_id: userId }, user)).map(({ id }) => id)).toEqual([second, first]);
    for (const other of [ids.owner, ids.admin, randomUUID()]) {
      await expectRefused(scene, () => list({ p_user_id: other }, user), forbidden);
    }
  });

  test('gives an admin and the back end everybody\'s or one account\'s, and others none but their own', async () => {
    const [ofOwner, ofOther] = [await makeDeleted(ids.owner), await makeDeleted(ids.other)];
    for (const caller of [callers.admin, callers.backend]) {
      expect((await list({ p_limit: 2 }, caller)).map(({ id }) => id)).toEqual([ofOther, ofOwner]);
      expect(new Set((await list({ p_user_id: ids.owner }, caller)).map((row) => row.user_id))).toEqual(new Set([ids.owner]));
    }
    for (const caller of [callers.analyst, callers.demoted]) {
      expect(await list({}, caller)).toEqual([]);
      await expectRefused(scene, () => list({ p_user_id: ids.owner }, caller), forbidden);
    }
    await expectRefused(scene, () => list({}, callers.nobody), notSignedIn);
    await expectRefused(scene, () => list({}, callers.anon), noPermission);
  });

  test('pages neither skip nor repeat a video, even of many deleted in the same microsecond', async () => {
    const { id: userId } = await database.createAccount();
    await database.asOwner.query(
      `insert into videos (user_id, prompt, video_type, status, deleted_at)
      select $1, 'Bulk', 'text_to_video', 'completed', timestamptz '2026-01-01 00:00:00.123456+00' + (n / 10) * interval '1 microsecond'
      from generate_series(0, 24) n`,
      [userId],
    );
    for (const caller of [database.asUser(userId), callers.admin]) {
      const seen: string[] = [];
      for (let args: Json = {}; ; ) {
        const page: { id: string; at: string }[] = await caller.query<{ id: string; at: string }>(
          `select id, deleted_at::text as at
          from list_deleted_videos(p_before => $1, p_before_id => $2, p_limit => 7, p_user_id => $3)`,
          [args['at'] ?? null, args['id'] ?? null, userId],
        );
        seen.push(...page.map(({ id }) => id));
        if (page.length < 7) {
          break;
        }
        args = { ...page.at(-1) };
      }
      const all = await database.asOwner.query<{ id: string }>(
        'select id from videos where user_id = $1 order by deleted_at desc, id desc',
        [userId],
      );
      expect(seen).toEqual(all.map(({ id }) => id));
    }
  });

  test.each([0, -1, 201, null])('refuses the limit %j by name', async (limit) => {
    await expectRefused(scene, () => list({ p_limit: limit }), invalid('p_limit'));
  });

  test('refuses half a cursor by name', async () => {
    await expectRefused(scene, () => list({ p_before_id: randomUUID() }), invalid('p_before'));
  });
});

describe('purge_deleted_videos', () => {
  test('removes for good what was deleted longer ago, and leaves the ledger whole', async () => {
    await purge('0 seconds');
    const [old, fresh, kept] = [await makeDeleted(), await makeDeleted(), await makeVideo(scene, ids.owner)];
    await database.asOwner.query(`update videos set deleted_at = now() - interval '31 days' where id = $1`, [old]);
    const ledger = () => database.asOwner.query('select * from credit_transactions order by id');
    const before = await ledger();

    expect(await purge('30 days')).toBe(1);
    const left = await database.asOwner.query<{ id: string }>('select id from videos where id = any ($1)', [[old, fresh, kept]]);
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
    expect(row).toMatchObject({ action: 'purge_deleted_video', actor_role: 'backend', user_id: ids.owner, after: null });
    expect(row['before']).toMatchObject({ id, credits_used: 15, status: 'completed' });
    expect(Object.keys(row['before'] as Json)).not.toEqual(expect.arrayContaining(['prompt']));
    expect(JSON.stringify(row)).not.toMatch(/sunset|cdn\.reeldesk/);
  });

  test.each(['pending', 'processing'] as const)('leaves a %s video, whose provider may still answer', async (status) => {
    const id = await makeVideo(scene, ids.owner, status);
    await softDelete(id);
    await purge('0 seconds');
    expect(await database.asOwner.query('select id from videos where id = $1', [id])).toEqual([{ id }]);
  });

  test('is for the back end alone', async () => {
    await expectOnly(scene, ['backend', 'operator'], (caller) => purge('30 days', caller), onlyForBackend);
  });

  test.each([null, '-1 second', '-1 month', '101 years', '200000 years'])('refuses the interval %j by name', async (olderThan) => {
    await makeDeleted();
    await expectRefused(scene, () => purge(olderThan), invalid('p_older_than'));
  });

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
