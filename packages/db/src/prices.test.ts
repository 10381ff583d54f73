import { afterAll, expect, test } from 'vitest';
import { listCreditPrices, setCreditPrice } from './prices.ts';
import { anon, backend } from './testing/fixtures.ts';
import { createTestDatabase } from './testing/test-database.ts';

const database = await createTestDatabase();
const { db } = database;
afterAll(database.drop);

test('prices are for everybody who is signed in, and set by admins', async () => {
  const user = await database.createAccount();
  const analyst = await database.createAccount({ role: 'analyst' });
  const admin = await database.createAccount({ role: 'admin' });
  const price = { resolution: '1920x1080', quality: 'high', creditsPerSecond: 4 };

  for (const actor of [user.actor, analyst.actor, admin.actor, backend]) {
    expect((await listCreditPrices(db, actor)).items).toContainEqual({ ...price, creditsPerSecond: 3 });
  }
  await expect(listCreditPrices(db, anon)).rejects.toMatchObject({ reason: 'not_signed_in' });

  for (const actor of [user.actor, analyst.actor]) {
    await expect(setCreditPrice(db, actor, price)).rejects.toMatchObject({ reason: 'forbidden' });
  }
  expect(await setCreditPrice(db, admin.actor, price)).toMatchObject({ success: true, ...price });
  expect((await listCreditPrices(db, user.actor)).items).toContainEqual(price);
  await expect(setCreditPrice(db, admin.actor, { ...price, creditsPerSecond: 0 })).rejects.toMatchObject({
    details: { field: 'creditsPerSecond' },
  });
});
