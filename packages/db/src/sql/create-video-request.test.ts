import { afterAll, expect, test } from 'vitest';
import { call, createScene, creditsOf, expectOnly, expectRefused, forbidden, invalid, videoRequest } from './scene.ts';

const scene = await createScene();
const { database, callers, ids } = scene;
afterAll(database.drop);

const request = (args = {}, caller = callers.owner) =>
  call<string>(caller, 'create_video_request', { p_user_id: ids.owner, ...videoRequest, ...args });

test('callers of the old name get the bare id of a video that was charged by the new rules', async () => {
  const before = await creditsOf(scene, ids.owner);
  const id = await request();
  const rows = await database.asOwner.query(
    `select v.status, v.credits_used, t.type, t.amount, t.balance_after
    from videos v join credit_transactions t on t.video_id = v.id where v.id = $1`,
    [id],
  );
  expect(rows).toEqual([
    { status: 'pending', credits_used: 15, type: 'charge', amount: -15, balance_after: before - 15 },
  ]);
});

test('by position, as they always called', async () => {
  const [row] = await callers.owner.query(
    `select create_video_request($1, 'A beautiful sunset', 'text_to_video', null, 5, '1920x1080', 'high') as id`,
    [ids.owner],
  );
  expect(row!['id']).toMatch(/^[0-9a-f-]{36}$/);
});

test('it serves whom create_video_generation serves, and nobody else', async () => {
  await expectOnly(scene, ['owner', 'admin', 'backend', 'operator'], (caller) => request({}, caller));
  await expectRefused(scene, () => request({ p_user_id: ids.other }), forbidden);
});

test('it refuses with the new sentences', async () => {
  const { id } = await database.createAccount({ credits: 10 });
  await expectRefused(scene, () => request({ p_user_id: id }, database.asUser(id)), {
    sqlstate: 'PT402',
    code: 'insufficient_credits',
    message: 'Insufficient credits. You have 10 credits, but need 15 credits.',
  });
  await expectRefused(scene, () => request({ p_resolution: 'any' }), invalid('p_resolution'));
  await expectRefused(scene, () => request({ p_duration_seconds: -5 }), invalid('p_duration_seconds'));
});

test("it runs with the caller's rights and says that it is deprecated", async () => {
  const rows = await database.asOwner.query(
    `select prosecdef, obj_description(oid, 'pg_proc') as comment from pg_proc where proname = 'create_video_request'`,
  );
  expect(rows).toEqual([
    { prosecdef: false, comment: expect.stringMatching(/^Deprecated: call create_video_generation/) },
  ]);
});
