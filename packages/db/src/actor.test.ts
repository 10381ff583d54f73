import { afterAll, expect, test } from 'vitest';
import type { Actor } from './actor.ts';
import { createDatabase } from './client.ts';
import { getCreditInfo } from './credits.ts';
import { Prisma } from './generated/client.ts';
import { refundVideoCredits } from './refunds.ts';
import { expectCallersKeptApart } from './testing/callers-apart.ts';
import { backend, makeVideo } from './testing/fixtures.ts';
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
