import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import {
  call,
  callRows,
  createScene,
  expectRefused,
  forbidden,
  invalid,
  makeVideo,
  noPermission,
  notSignedIn,
  type Json,
  type Queryable,
} from './scene.ts';

const scene = await createScene();
const { database, callers, ids } = scene;
afterAll(database.drop);

const softDelete = (id: string | null, caller = callers.owner) =>
  call<boolean>(caller, 'soft_delete_video', { p_video_id: id });
const list = (args: Json = {}, caller = callers.owner) =>
  callRows<{ id: string; user_id: string }>(caller, 'list_deleted_videos', args);

async function makeDeleted(userId = ids.owner): Promise<string> {
  const id = await makeVideo(scene, userId);
  await softDelete(id, database.asUser(userId));
  return id;
}

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

  test("gives an admin and the back end everybody's or one account's, and others none but their own", async () => {
    const [ofOwner, ofOther] = [await makeDeleted(ids.owner), await makeDeleted(ids.other)];
    for (const caller of [callers.admin, callers.backend]) {
      expect((await list({ p_limit: 2 }, caller)).map(({ id }) => id)).toEqual([ofOther, ofOwner]);
      expect(new Set((await list({ p_user_id: ids.owner }, caller)).map((row) => row.user_id))).toEqual(
        new Set([ids.owner]),
      );
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
    const lists: [Queryable, string | null][] = [
      [database.asUser(userId), null],
      [callers.admin, userId],
      [callers.admin, null],
      [callers.backend, null],
    ];
    for (const [caller, ofAccount] of lists) {
      const seen: string[] = [];
      for (let args: Json = {}; ;) {
        const page: { id: string; at: string }[] = await caller.query<{ id: string; at: string }>(
          `select id, deleted_at::text as at
          from list_deleted_videos(p_before => $1, p_before_id => $2, p_limit => 7, p_user_id => $3)`,
          [args['at'] ?? null, args['id'] ?? null, ofAccount],
        );
        seen.push(...page.map(({ id }) => id));
        if (page.length < 7) {
          break;
        }
        args = { ...page.at(-1) };
      }
      const all = await database.asOwner.query<{ id: string }>(
        `select id from videos where deleted_at is not null and ($1 or user_id = $2) order by deleted_at desc, id desc`,
        [ofAccount === null && caller !== lists[0]![0], userId],
      );
      expect(all.length).toBeGreaterThanOrEqual(25);
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
