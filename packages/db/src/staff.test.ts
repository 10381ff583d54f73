import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { grantStaffRole, listStaff, revokeStaffRole } from './staff.ts';
import { getSession } from './session.ts';
import { anon, backend } from './testing/fixtures.ts';
import { createTestDatabase } from './testing/test-database.ts';

const database = await createTestDatabase();
const { db } = database;
afterAll(database.drop);
const admin = await database.createAccount({ role: 'admin', email: 'admin@desk.example' });
const analyst = await database.createAccount({ role: 'analyst', email: 'analyst@desk.example' });

test('an admin gives a role, changes it and takes it away, each at once', async () => {
  const colleague = await database.createAccount({ email: 'colleague@desk.example' });
  const input = { userId: colleague.id };
  expect(await grantStaffRole(db, admin.actor, { ...input, role: 'analyst' })).toEqual({ ...input, role: 'analyst' });
  expect(await getSession(db, colleague.actor)).toMatchObject({ role: 'analyst' });
  await grantStaffRole(db, admin.actor, { ...input, role: 'admin' });
  expect(await getSession(db, colleague.actor)).toMatchObject({ role: 'admin' });
  expect((await listStaff(db, colleague.actor)).items).toMatchObject([
    { userId: admin.id, email: 'admin@desk.example', role: 'admin' },
    { userId: colleague.id, email: 'colleague@desk.example', role: 'admin' },
    { userId: analyst.id, email: 'analyst@desk.example', role: 'analyst' },
  ]);

  await revokeStaffRole(db, admin.actor, input);
  await expect(listStaff(db, colleague.actor)).rejects.toMatchObject({ reason: 'forbidden' });
  await expect(revokeStaffRole(db, admin.actor, input)).rejects.toMatchObject({
    reason: 'staff_member_not_found',
    status: 404,
    details: { userId: colleague.id },
  });
});

test('nobody changes his own role', async () => {
  await expect(grantStaffRole(db, admin.actor, { userId: admin.id, role: 'analyst' })).rejects.toMatchObject({
    reason: 'own_account',
  });
  await expect(revokeStaffRole(db, admin.actor, { userId: admin.id })).rejects.toMatchObject({ reason: 'own_account' });
});

test('staff are managed by admins alone', async () => {
  const user = await database.createAccount();
  for (const { actor } of [user, analyst]) {
    await expect(grantStaffRole(db, actor, { userId: user.id, role: 'admin' })).rejects.toMatchObject({
      reason: expect.stringMatching(/forbidden|own_account/),
    });
    await expect(revokeStaffRole(db, actor, { userId: admin.id })).rejects.toMatchObject({ reason: 'forbidden' });
    await expect(listStaff(db, actor)).rejects.toMatchObject({ reason: 'forbidden' });
  }
  for (const actor of [anon, backend]) {
    await expect(grantStaffRole(db, actor, { userId: user.id, role: 'admin' })).rejects.toMatchObject({
      reason: expect.stringMatching(/forbidden|not_signed_in/),
    });
  }
  await expect(grantStaffRole(db, admin.actor, { userId: randomUUID(), role: 'admin' })).rejects.toMatchObject({
    reason: 'account_not_found',
  });
});
