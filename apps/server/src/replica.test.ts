import { randomUUID } from 'node:crypto';
import { startReplicaPair, type ReplicaPair } from '@reeldesk/db/testing/replica-pair';
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { readConfig } from './env.ts';
import { startServer, type RunningServer } from './server.ts';

const secretKey = 'sb_secret_0000000000000000000000_00000000';
const userId = randomUUID();
let pair: ReplicaPair;
let standby: pg.Client;
let owner: pg.Client;
let server: RunningServer;

beforeAll(async () => {
  pair = await startReplicaPair();
  const replica = await pair.startReplica();
  [owner, standby] = [pair.primary, replica].map((database) => {
    const client = new pg.Client({ connectionString: database.superuserUrl('postgres') });
    client.on('error', () => undefined);
    return client;
  }) as [pg.Client, pg.Client];
  await Promise.all([owner.connect(), standby.connect()]);
  await owner.query('insert into auth.users (id, email) values ($1::uuid, $1::text)', [userId]);
  await owner.query(`select adjust_credits($1, 1000, 'purchase')`, [userId]);
  const config = readConfig({
    PORT: '0',
    SUPABASE_URL: 'http://127.0.0.1:9',
    SUPABASE_SECRET_KEY: secretKey,
    DATABASE_URL: pair.url(pair.primary, 'reeldesk_api'),
    DATABASE_REPLICA_URL: pair.url(replica, 'reeldesk_api'),
    REPLICA_MAX_LAG_SECONDS: '3000',
  });
  server = await startServer(config, pino({ level: 'silent' }), () => undefined);
}, 120_000);
afterAll(async () => {
  await server?.stop();
  await Promise.all([owner?.end(), standby?.end()]);
  await pair?.stop();
}, 60_000);

const answer = z.object({ result: z.object({ data: z.unknown() }) });
const source = z.object({ source: z.object({ database: z.string(), lagSeconds: z.number() }) });

async function call(procedure: string, input?: object): Promise<unknown> {
  const query = input ? `?input=${encodeURIComponent(JSON.stringify(input))}` : '';
  const response = await fetch(`${server.url}/trpc/usage.${procedure}${query}`, {
    headers: { authorization: `Bearer ${secretKey}` },
  });
  return answer.parse(await response.json()).result.data;
}

const charge = () =>
  owner.query(
    `select create_video_generation($1, 'A beautiful sunset', 'text_to_video', null, 5, '1920x1080', 'high')`,
    [userId],
  );

test('the server reads every report from the replica that it is told of', { timeout: 90_000 }, async () => {
  await charge();
  const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
  const range = { from: day(-1), to: day(1), timeZone: 'UTC' };
  const spent = { source: { database: 'replica' }, totals: { creditsUsed: 15, charges: 1 } };
  await vi.waitFor(async () => expect(await call('creditUsage', range)).toMatchObject(spent), { timeout: 30_000 });

  // What happens from here on the replica does not learn of, so whoever does was on the primary.
  await standby.query('select pg_wal_replay_pause()');
  await charge();
  expect(await call('creditUsage', range)).toMatchObject(spent);
  expect(await call('creditUsageByDay', range)).toMatchObject(spent);
  expect(await call('listUsageEntries', { ...range, limit: 5 })).toMatchObject({
    source: { database: 'replica' },
    items: [{ type: 'charge', amount: -15 }],
    nextCursor: null,
  });
  expect(await call('topAccounts', range)).toEqual([
    { userId, creditsUsed: 15, creditsRefunded: 0, charges: 1, refunds: 0 },
  ]);
  expect(await call('balanceDistribution')).toContainEqual({ from: 500, to: 999, accounts: 1, credits: 985 });
  for (const report of ['refundReport', 'videoOutcomes', 'accountActivity']) {
    expect(source.parse(await call(report, range)).source.database, report).toBe('replica');
  }
  await standby.query('select pg_wal_replay_resume()');
  await vi.waitFor(
    async () => expect(await call('creditUsage', range)).toMatchObject({ ...spent, totals: { charges: 2 } }),
    { timeout: 30_000 },
  );
});
