import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import {
  call,
  callRows,
  createScene,
  expectOnly,
  expectRefused,
  invalid,
  lastAudit,
  makeVideo,
  noPermission,
  notSignedIn,
  videoNotFound,
  type Persona,
  type Refusal,
} from './scene.ts';

const scene = await createScene();
const { database, callers, ids } = scene;
afterAll(database.drop);

const softDelete = (id: string | null, caller = callers.owner) =>
  call<boolean>(caller, 'soft_delete_video', { p_video_id: id });
const restore = (id: string | null, caller = callers.owner) =>
  call<boolean>(caller, 'restore_video', { p_video_id: id });

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
    await expectOnly(
      scene,
      ['owner', 'admin'],
      async (caller) => {
        const answer = await softDelete(id, caller);
        id = await makeVideo(scene, ids.owner);
        return answer;
      },
      strangers,
    );
    id = await makeDeleted();
    await expectOnly(
      scene,
      ['owner', 'admin'],
      async (caller) => {
        const answer = await restore(id, caller);
        id = await makeDeleted();
        return answer;
      },
      strangers,
    );
  });

  test("answer the same for somebody else's video and for one that never was", async () => {
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
      [
        `select t.video_id, v.id from credit_transactions t left join videos v on v.id = t.video_id
        where t.video_id = '${deleted}'`,
        [{ video_id: deleted, id: null }],
      ],
      [
        'select p.id, count(v.id)::int from profiles p left join videos v on v.user_id = p.id group by 1',
        [{ id: userId, count: 1 }],
      ],
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
