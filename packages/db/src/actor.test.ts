import { afterAll, describe, expect, test } from 'vitest';
import type { Actor } from './actor.ts';
import { createDatabase } from './client.ts';
import { adjustCredits, getCreditInfo } from './credits.ts';
import { Prisma } from './generated/client.ts';
import { refundVideoCredits } from './refunds.ts';
import { expectCallersKeptApart } from './testing/callers-apart.ts';
import { backend, makeVideo } from './testing/fixtures.ts';
import { startFaultyProxy } from './testing/faulty-proxy.ts';
import { createTestDatabase } from './testing/test-database.ts';
import { listVideos } from './videos.ts';

const database = await createTestDatabase();
const { db } = database;
afterAll(database.drop);

test('interleaved calls of different callers, refusals among them, leave no role, no claim and no foreign row', async () => {
  await expectCallersKeptApart(database, 3);
});

test('a call that PostgreSQL ends to break a deadlock is made again, once', async () => {
  const owner = await database.createAccount({ credits: 15 });
  const videoId = await makeVideo(db, owner.id);
  await database.asSuperuser.query(`alter database ${database.name} set deadlock_timeout = '3s'`);
  const api = createDatabase({ url: database.apiUrl, poolSize: 1 });
  // Account, then video: against the order that everybody keeps. The call waits first, so it is the one to end.
  const rival = await database.asSuperuser.begin();
  await rival.query(`set local deadlock_timeout = '60s'`);
  await rival.query('select from profiles where id = $1 for update', [owner.id]);
  const call = refundVideoCredits(api, backend, { videoId, reason: 'Flicker' });
  await expect
    .poll(() =>
      database.asSuperuser.query('select from pg_stat_activity where $1 = any (pg_blocking_pids(pid))', [rival.pid]),
    )
    .toHaveLength(1);
  await rival.query('select from videos where id = $1 for update', [videoId]);
  await rival.commit();
  expect(await call).toMatchObject({ creditsRefunded: 15 });
  expect(await getCreditInfo(api, backend, { userId: owner.id })).toMatchObject({ credits: 15 });
  await api.$disconnect();
});

describe('a connection that fails', () => {
  const purchase = (userId: string) => ({ userId, amount: 5, reasonCode: 'purchase' });

  test('before anything was sent costs no call, whatever it is', async () => {
    const owner = await database.createAccount();
    const proxy = await startFaultyProxy(database.apiUrl, { refuse: 1 });
    const api = createDatabase({ url: proxy.url, poolSize: 1 });
    expect(await adjustCredits(api, backend, purchase(owner.id))).toMatchObject({ creditsRemaining: 5 });
    expect(proxy.refused()).toBe(1);
    await api.$disconnect();
    await proxy.close();
  });

  test('for longer is unavailable', async () => {
    const proxy = await startFaultyProxy(database.apiUrl, { refuse: 2 });
    const api = createDatabase({ url: proxy.url, poolSize: 1 });
    await expect(adjustCredits(api, backend, purchase(database.name))).rejects.toMatchObject({ reason: 'unavailable' });
    expect(proxy.refused()).toBe(2);
    await api.$disconnect();
    await proxy.close();
  });

  test('after the answer was made is tried again where nothing can happen twice', async () => {
    const owner = await database.createAccount({ credits: 10 });
    const proxy = await startFaultyProxy(database.apiUrl, { refuse: 0 });
    const api = createDatabase({ url: proxy.url, poolSize: 1, namedStatements: false });
    await getCreditInfo(api, backend, { userId: owner.id });

    proxy.loseNextAnswer('get_credit_info');
    expect(await getCreditInfo(api, backend, { userId: owner.id })).toMatchObject({ credits: 10 });
    proxy.loseNextAnswer('public.videos');
    expect((await listVideos(api, backend, { userId: owner.id, limit: 1 })).items).toEqual([]);
    proxy.loseNextAnswer('adjust_credits');
    const keyed = adjustCredits(api, backend, { ...purchase(owner.id), idempotencyKey: 'once' });
    expect(await keyed).toMatchObject({ creditsRemaining: 15 });
    expect(proxy.lost()).toBe(3);

    proxy.loseNextAnswer('adjust_credits');
    await expect(adjustCredits(api, backend, purchase(owner.id))).rejects.toMatchObject({ reason: 'unavailable' });
    expect(await getCreditInfo(api, backend, { userId: owner.id })).toMatchObject({ credits: 20 });
    await api.$disconnect();
    await proxy.close();
  });
});

test("the API's login by itself reads no table and calls no function of the product", async () => {
  for (const sql of ['select * from videos', 'select * from profiles', `select get_credit_info(gen_random_uuid())`]) {
    await expect(db.$queryRaw(Prisma.raw(sql))).rejects.toThrow(/permission denied/);
  }
});

test('a caller of no known kind, or a user without an id, is nobody', async () => {
  for (const actor of [{ kind: 'admin' }, { kind: 'user' }, { kind: 'anon', userId: 'x' }]) {
    await expect(listVideos(db, actor as unknown as Actor, { limit: 1 })).rejects.toThrow();
  }
});
