import { afterAll, describe, expect, test } from 'vitest';
import type { Actor } from './actor.ts';
import { adjustCredits, getCreditInfo } from './credits.ts';
import { createApiKey, hashApiKey, listApiKeys, revokeApiKey } from './keys.ts';
import { setCreditPrice } from './prices.ts';
import { refundVideoCredits } from './refunds.ts';
import { getSession } from './session.ts';
import type { ApiKeyRole } from './shapes.ts';
import { grantStaffRole, revokeStaffRole } from './staff.ts';
import { backend, makeVideo, readAllPages, request } from './testing/fixtures.ts';
import { createTestDatabase } from './testing/test-database.ts';
import { createVideoGeneration, listVideos } from './videos.ts';

const database = await createTestDatabase();
const { db } = database;
afterAll(database.drop);
const admin = await database.createAccount({ role: 'admin', email: 'admin@desk.example' });
const owner = await database.createAccount({ credits: 1000 });

async function makeKey(role: ApiKeyRole, maker = admin.actor): Promise<{ id: string; key: string; actor: Actor }> {
  const { id, key } = await createApiKey(db, maker, { name: `A ${role}`, role });
  return { id, key, actor: { kind: 'key', keyHash: hashApiKey(key) } };
}

const refusal = (problem: string) => ({ reason: 'invalid_api_key', status: 401, details: { problem } });

describe('a key', () => {
  test('of the back end acts as the back end, in the name of its maker', async () => {
    const { actor } = await makeKey('backend');
    expect(await getSession(db, actor)).toEqual({
      kind: 'backend',
      userId: admin.id,
      email: 'admin@desk.example',
      role: null,
    });
    const videoId = await makeVideo(db, owner.id);
    const { transactionId } = await refundVideoCredits(
      db,
      { ...actor, requestId: 'r-1' },
      { videoId, reason: 'Flicker' },
    );
    expect(
      await database.asOwner.query('select actor_id, actor_role, request_id from audit_log where transaction_id = $1', [
        transactionId,
      ]),
    ).toEqual([{ actor_id: admin.id, actor_role: 'backend', request_id: 'r-1' }]);
    expect((await listVideos(db, actor, { userId: owner.id, limit: 10 })).items[0]?.id).toBe(videoId);
  });

  test('of staff acts as its maker, with the role he has', async () => {
    const { actor } = await makeKey('staff');
    expect(await getSession(db, actor)).toMatchObject({ kind: 'user', userId: admin.id, role: 'admin' });
    expect(
      await setCreditPrice(db, actor, { resolution: '640x360', quality: 'draft', creditsPerSecond: 1 }),
    ).toMatchObject({ success: true });
    const [row] = await database.asOwner.query(
      `select actor_id, actor_role from audit_log where action = 'set_credit_price'`,
    );
    expect(row).toEqual({ actor_id: admin.id, actor_role: 'admin' });
  });

  test('moves no credits of its own maker', async () => {
    for (const role of ['backend', 'staff'] as const) {
      const { actor } = await makeKey(role);
      await adjustCredits(db, backend, { userId: admin.id, amount: 15, reasonCode: 'purchase' });
      const videoId = await makeVideo(db, admin.id);
      await expect(refundVideoCredits(db, actor, { videoId, reason: 'Flicker' })).rejects.toMatchObject({
        reason: 'own_account',
      });
      await expect(
        adjustCredits(db, actor, { userId: admin.id, amount: 5, reasonCode: 'goodwill' }),
      ).rejects.toMatchObject({ reason: 'own_account' });
    }
  });

  test('makes and ends no keys, and gives and takes no roles', async () => {
    for (const role of ['backend', 'staff'] as const) {
      const { actor, id } = await makeKey(role);
      await expect(createApiKey(db, actor, { name: 'More', role })).rejects.toMatchObject({ reason: 'forbidden' });
      await expect(revokeApiKey(db, actor, { keyId: id })).rejects.toMatchObject({ reason: 'forbidden' });
      await expect(grantStaffRole(db, actor, { userId: owner.id, role: 'admin' })).rejects.toMatchObject({
        reason: 'forbidden',
      });
      await expect(revokeStaffRole(db, actor, { userId: owner.id })).rejects.toMatchObject({ reason: 'forbidden' });
    }
    await grantStaffRole(db, admin.actor, { userId: owner.id, role: 'analyst' });
    await revokeStaffRole(db, admin.actor, { userId: owner.id });
  });

  test('that nobody made, or that was changed by one sign, opens nothing', async () => {
    const { key } = await makeKey('backend');
    const last = key.at(-2) === 'A' ? 'B' : 'A';
    for (const wrong of ['rdk_', `${key.slice(0, -2)}${last}${key.at(-1)}`, key.toLowerCase(), `${key} `]) {
      const actor: Actor = { kind: 'key', keyHash: hashApiKey(wrong) };
      await expect(getCreditInfo(db, actor, { userId: owner.id })).rejects.toMatchObject(refusal('unknown'));
      await expect(listVideos(db, actor, { limit: 1 })).rejects.toMatchObject(refusal('unknown'));
      await expect(getSession(db, actor)).rejects.toMatchObject(refusal('unknown'));
    }
  });

  test('opens nothing by its hash when it is no hash', async () => {
    for (const keyHash of ['', 'zz', "' or true --"]) {
      await expect(getCreditInfo(db, { kind: 'key', keyHash }, { userId: owner.id })).rejects.toThrow();
    }
  });

  test('opens nothing once it is revoked, and is revoked once', async () => {
    const { actor, id } = await makeKey('backend');
    await getCreditInfo(db, actor, { userId: owner.id });
    const revoked = await revokeApiKey(db, admin.actor, { keyId: id });
    expect(revoked).toMatchObject({ id, state: 'revoked', revokedAt: expect.any(String) });
    await expect(getCreditInfo(db, actor, { userId: owner.id })).rejects.toMatchObject(refusal('revoked'));
    expect(await revokeApiKey(db, admin.actor, { keyId: id })).toEqual(revoked);
    const rows = await database.asOwner.query('select action from audit_log where target_id = $1 order by created_at', [
      id,
    ]);
    expect(rows.map(({ action }) => action)).toEqual(['create_api_key', 'revoke_api_key']);
  });

  test('opens nothing once it is over', async () => {
    const { actor, id } = await makeKey('backend');
    await database.asOwner.query(
      `update private.api_keys set created_at = now() - interval '2 days', expires_at = now() - interval '1 second' where id = $1`,
      [id],
    );
    await expect(getCreditInfo(db, actor, { userId: owner.id })).rejects.toMatchObject(refusal('expired'));
    await expect(
      createApiKey(db, admin.actor, { name: 'Old', role: 'staff', expiresAt: '2020-01-01T00:00:00Z' }),
    ).rejects.toMatchObject({ reason: 'invalid_input', details: { field: 'expiresAt' } });
  });

  test('ends with the role of its maker, at once', async () => {
    const maker = await database.createAccount({ role: 'admin' });
    const keys = [await makeKey('backend', maker.actor), await makeKey('staff', maker.actor)];
    for (const { actor } of keys) {
      await getCreditInfo(db, actor, { userId: owner.id });
    }
    // An analyst's key of staff reads as analysts do; one of the back end needs an admin.
    await database.asOwner.query(`update staff_members set role = 'analyst' where user_id = $1`, [maker.id]);
    await expect(getCreditInfo(db, keys[0]!.actor, { userId: owner.id })).rejects.toMatchObject(refusal('role_gone'));
    expect((await listVideos(db, keys[1]!.actor, { limit: 1 })).items).toMatchObject([{ prompt: null }]);
    await revokeStaffRole(db, admin.actor, { userId: maker.id });
    await expect(listVideos(db, keys[1]!.actor, { limit: 1 })).rejects.toMatchObject(refusal('role_gone'));
    const { items } = await listApiKeys(db, admin.actor, { limit: 10 });
    expect(items.filter(({ madeBy }) => madeBy === maker.id).map(({ state }) => state)).toEqual([
      'role_gone',
      'role_gone',
    ]);
  });

  test('is noted as used at most once a minute, and never waits for that', async () => {
    const { actor, id } = await makeKey('backend');
    const lastUsed = async () =>
      (
        await database.asOwner.query<{ at: string }>(
          'select last_used_at::text as at from private.api_keys where id = $1',
          [id],
        )
      )[0]!.at;
    await getCreditInfo(db, actor, { userId: owner.id });
    const first = await lastUsed();
    expect(first).not.toBeNull();
    await getCreditInfo(db, actor, { userId: owner.id });
    expect(await lastUsed()).toBe(first);
    await database.asOwner.query(
      `update private.api_keys set last_used_at = now() - interval '61 seconds' where id = $1`,
      [id],
    );
    const holder = await database.asOwner.begin();
    await holder.query('select from private.api_keys where id = $1 for update', [id]);
    await getCreditInfo(db, actor, { userId: owner.id });
    await holder.rollback();
    await getCreditInfo(db, actor, { userId: owner.id });
    expect(await lastUsed()).not.toBe(first);
  });
});

describe('keys', () => {
  test('are made, listed and ended by admins alone', async () => {
    const analyst = await database.createAccount({ role: 'analyst' });
    const { id } = await makeKey('staff');
    for (const actor of [analyst.actor, owner.actor, backend]) {
      await expect(createApiKey(db, actor, { name: 'Mine', role: 'backend' })).rejects.toMatchObject({
        reason: 'forbidden',
      });
      await expect(listApiKeys(db, actor, { limit: 1 })).rejects.toMatchObject({ reason: 'forbidden' });
      await expect(revokeApiKey(db, actor, { keyId: id })).rejects.toMatchObject({ reason: 'forbidden' });
    }
    await expect(listApiKeys(db, { kind: 'anon' }, { limit: 1 })).rejects.toMatchObject({ reason: 'not_signed_in' });
    await expect(revokeApiKey(db, admin.actor, { keyId: owner.id })).rejects.toMatchObject({
      reason: 'api_key_not_found',
    });
  });

  test('are listed page by page, newest first, without what would open anything', async () => {
    const { key } = await makeKey('backend');
    const found = await readAllPages((cursor) => listApiKeys(db, admin.actor, { limit: 3, cursor }));
    const rows = await database.asOwner.query<{ id: string }>(
      'select id from private.api_keys order by created_at desc, id desc',
    );
    expect(found.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
    expect(found[0]).toMatchObject({ prefix: key.slice(0, 12), state: 'active', madeByEmail: 'admin@desk.example' });
    expect(JSON.stringify(found)).not.toContain(key);
    expect(JSON.stringify(found)).not.toContain(hashApiKey(key));
  });

  test('are readable by nobody: no role enters their schema, and no audit row holds one', async () => {
    const { key } = await makeKey('backend');
    for (const role of [
      'anon',
      'authenticated',
      'service_role',
      'reeldesk_admin',
      'reeldesk_analyst',
      'reeldesk_api',
    ]) {
      const transaction = await database.asSuperuser.begin();
      await transaction.query(`set local role ${role}`);
      await expect(transaction.query('select * from private.api_keys')).rejects.toThrow(/permission denied/);
      await transaction.rollback();
    }
    const [{ everything } = { everything: '' }] = await database.asOwner.query<{ everything: string }>(
      `select (select json_agg(a)::text from audit_log a) || (select json_agg(k)::text from private.api_keys k) as everything`,
    );
    expect(everything).toContain(key.slice(0, 12));
    expect(everything).not.toContain(key.slice(12));
  });
});

test('a replay is told, a first answer is not', async () => {
  let replays = 0;
  const { actor } = await makeKey('backend');
  const caller: Actor = { ...actor, onReplayed: () => void (replays += 1) };
  const call = () => createVideoGeneration(db, caller, { userId: owner.id, ...request, idempotencyKey: 'one' });
  const first = await call();
  expect(replays).toBe(0);
  expect(await call()).toEqual(first);
  expect(replays).toBe(1);
  await getCreditInfo(db, caller, { userId: owner.id });
  await createVideoGeneration(db, caller, { userId: owner.id, ...request, idempotencyKey: 'two' });
  expect(replays).toBe(1);
});
