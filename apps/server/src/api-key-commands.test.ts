import { getSession } from '@reeldesk/db/session';
import { hashApiKey } from '@reeldesk/db/keys';
import { createTestDatabase } from '@reeldesk/db/testing/test-database';
import { afterAll, expect, test } from 'vitest';
import { createApiKeyByCommand, revokeApiKeyByCommand } from './api-key-commands.ts';
import { readConfig } from './env.ts';

const database = await createTestDatabase();
afterAll(database.drop);
const config = readConfig({ DATABASE_URL: database.apiUrl, DIRECT_URL: database.ownerUrl });
const admin = await database.createAccount({ role: 'admin', email: 'admin@desk.example' });
await database.createAccount({ role: 'analyst', email: 'analyst@desk.example' });

test('a key made by command works in the name of its admin until it is ended by command, and both are audited', async () => {
  const { id, key } = await createApiKeyByCommand(config, ['Admin@desk.example', 'backend', 'Video workers', '30']);
  const actor = { kind: 'key', keyHash: hashApiKey(key) } as const;
  expect(await getSession(database.db, actor)).toMatchObject({ kind: 'backend', userId: admin.id });
  await revokeApiKeyByCommand(config, [id]);
  await expect(getSession(database.db, actor)).rejects.toMatchObject({ details: { problem: 'revoked' } });
  expect(
    await database.asOwner.query(
      `select action, actor_role, user_id, after ->> 'name' as name, (after ->> 'expires_at')::timestamptz > now() + interval '29 days' as ends
      from audit_log where target_id = $1 order by created_at`,
      [id],
    ),
  ).toEqual([
    { action: 'create_api_key', actor_role: 'owner', user_id: admin.id, name: 'Video workers', ends: true },
    { action: 'revoke_api_key', actor_role: 'owner', user_id: admin.id, name: null, ends: null },
  ]);
});

test('who mistypes is told what is wrong', async () => {
  for (const args of [
    [],
    ['admin@desk.example', 'owner', 'x'],
    ['admin@desk.example', 'staff'],
    ['admin@desk.example', 'staff', 'x', 'soon'],
  ]) {
    await expect(createApiKeyByCommand(config, args)).rejects.toThrow('Use it like this: create-api-key');
  }
  await expect(createApiKeyByCommand(config, ['analyst@desk.example', 'staff', 'x'])).rejects.toThrow(/is no admin/);
  await expect(createApiKeyByCommand(config, ['nobody@desk.example', 'staff', 'x'])).rejects.toThrow(/has signed up/);
  await expect(revokeApiKeyByCommand(config, ['x'])).rejects.toThrow('Use it like this: revoke-api-key');
  await expect(revokeApiKeyByCommand(config, [admin.id])).rejects.toThrow('There is no such API key.');
});
