import { afterAll, expect, test } from 'vitest';
import { checkReady, getSession } from './session.ts';
import { createTestDatabase } from './testing/test-database.ts';

const database = await createTestDatabase();
const { db } = database;
afterAll(database.drop);

test('a session names the caller, his own e-mail and his role at the desk', async () => {
  const user = await database.createAccount({ email: 'ada@reeldesk.example' });
  const analyst = await database.createAccount({ role: 'analyst' });
  const admin = await database.createAccount({ role: 'admin' });

  expect(await getSession(db, user.actor)).toEqual({
    kind: 'user',
    userId: user.id,
    email: 'ada@reeldesk.example',
    role: null,
  });
  expect(await getSession(db, analyst.actor)).toEqual({
    kind: 'user',
    userId: analyst.id,
    email: analyst.email,
    role: 'analyst',
  });
  expect(await getSession(db, admin.actor)).toEqual({
    kind: 'user',
    userId: admin.id,
    email: admin.email,
    role: 'admin',
  });
  expect(await getSession(db, { kind: 'backend' })).toEqual({ kind: 'backend', userId: null, email: null, role: null });
  expect(await getSession(db, { kind: 'anon' })).toEqual({ kind: 'anon', userId: null, email: null, role: null });
});

test('a role taken away is gone at the next call', async () => {
  const admin = await database.createAccount({ role: 'admin' });
  await database.asOwner.query('delete from staff_members where user_id = $1', [admin.id]);
  expect(await getSession(db, admin.actor)).toMatchObject({ role: null });
});

test('a migrated database is ready, an empty one is not', async () => {
  await expect(checkReady(db)).resolves.toBeUndefined();
  const empty = await createTestDatabase('shimmed');
  await expect(checkReady(empty.db)).rejects.toThrow();
  await empty.drop();
});
