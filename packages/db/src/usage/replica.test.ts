import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Actor } from '../actor.ts';
import { createDatabase, type Database } from '../client.ts';
import type { EmbeddedPostgres } from '../embedded-postgres.ts';
import { backend } from '../testing/fixtures.ts';
import { startReplicaPair, type ReplicaPair } from '../testing/replica-pair.ts';
import { creditUsage } from './credit-usage.ts';
import { createReportDatabase, type ReportDatabase } from './replica.ts';
import { rollUpUsage } from './roll-up.ts';

let pair: ReplicaPair;
let replica: EmbeddedPostgres;
let primary: Database;
let owner: pg.Client;
let reports: ReportDatabase;
const userId = randomUUID();
const analystId = randomUUID();
const analyst: Actor = { kind: 'user', userId: analystId };
const patience = { timeout: 30_000 };

beforeAll(async () => {
  pair = await startReplicaPair();
  replica = await pair.startReplica();
  primary = createDatabase({ url: pair.url(pair.primary, 'reeldesk_api') });
  owner = new pg.Client({ connectionString: pair.primary.superuserUrl('postgres') });
  owner.on('error', () => undefined);
  await owner.connect();
  for (const id of [userId, analystId]) {
    await owner.query('insert into auth.users (id, email) values ($1::uuid, $1::text)', [id]);
  }
  await owner.query(`insert into staff_members (user_id, role) values ($1, 'analyst')`, [analystId]);
  await owner.query(`select adjust_credits($1, 1000, 'purchase')`, [userId]);
  reports = createReportDatabase({
    primary,
    replica: { url: pair.url(replica, 'reeldesk_api') },
    maxLagSeconds: 3,
  });
}, 120_000);
afterAll(async () => {
  await reports?.close();
  await primary?.$disconnect();
  await owner?.end();
  await pair?.stop();
}, 60_000);

const charge = () =>
  owner.query(
    `select create_video_generation($1, 'A beautiful sunset', 'text_to_video', null, 5, '1920x1080', 'high')`,
    [userId],
  );

async function read(actor: Actor = backend) {
  const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString();
  const range = { from: day(-1), to: day(1), timeZone: 'UTC', unit: 'day' as const };
  const { answer, source } = await reports.read(actor, (db) => creditUsage(db, actor, range));
  return { charges: answer.totals.charges, database: source.database, lagSeconds: source.lagSeconds };
}

const readsFrom = (database: 'primary' | 'replica', charges: number, actor: Actor = backend) =>
  vi.waitFor(async () => expect(await read(actor)).toMatchObject({ database, charges }), patience);

test('reports come from the replica and are those of the primary, rolled up or not', { timeout: 60_000 }, async () => {
  await charge();
  await readsFrom('replica', 1);
  await rollUpUsage(primary, backend);
  await charge();
  await readsFrom('replica', 2);
  await readsFrom('replica', 2, analyst);
  const { lagSeconds } = await read();
  expect(lagSeconds).toBeLessThanOrEqual(3);
});

test('a replica that falls behind is left alone until it has caught up', { timeout: 60_000 }, async () => {
  const standby = new pg.Client({ connectionString: replica.superuserUrl('postgres') });
  await standby.connect();
  await standby.query('select pg_wal_replay_pause()');
  await charge();
  await readsFrom('primary', 3);
  await standby.query('select pg_wal_replay_resume()');
  await standby.end();
  await readsFrom('replica', 3);
});

test('a role that was taken away ends at once, however far the replica is behind', { timeout: 60_000 }, async () => {
  const standby = new pg.Client({ connectionString: replica.superuserUrl('postgres') });
  await standby.connect();
  await readsFrom('replica', 3, analyst);
  standby.on('error', () => undefined);
  await standby.query('select pg_wal_replay_pause()');
  await owner.query('delete from staff_members where user_id = $1', [analystId]);
  // He is an end user now, who sees his own usage: none.
  expect(await read(analyst)).toMatchObject({ database: 'primary', charges: 0 });
  await standby.query('select pg_wal_replay_resume()');
  await standby.end();
});

test('a replica that is killed is done without, and used again when it is back', { timeout: 90_000 }, async () => {
  await readsFrom('replica', 3);
  await pair.killReplica();
  expect(await read()).toMatchObject({ database: 'primary', charges: 3 });
  await charge();
  expect(await read()).toMatchObject({ database: 'primary', charges: 4 });

  const again = await pair.startReplica();
  await reports.close();
  reports = createReportDatabase({ primary, replica: { url: pair.url(again, 'reeldesk_api') }, maxLagSeconds: 3 });
  await readsFrom('replica', 4);
  await charge();
  await readsFrom('replica', 5);
});
