import { backend } from '@reeldesk/db/testing/fixtures';
import { createTestDatabase } from '@reeldesk/db/testing/test-database';
import { usageLag } from '@reeldesk/db/usage/roll-up';
import { pino } from 'pino';
import { afterAll, expect, test, vi } from 'vitest';
import { readConfig } from './env.ts';
import { rebuildUsage } from './rebuild-usage.ts';
import { startUsageRollUp } from './usage-roll-up.ts';

const database = await createTestDatabase();
afterAll(database.drop);

const lines: string[] = [];
const logger = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });

test('two servers keep the rollups up to date, and stop', async () => {
  const options = { database: { url: database.apiUrl }, logger, intervalMs: 20 };
  const servers = [startUsageRollUp(options), startUsageRollUp(options)];
  for (let n = 1; n <= 3; n++) {
    await database.createAccount({ credits: n });
    await vi.waitFor(async () => expect((await usageLag(database.db, backend)).rows).toBe(0), { timeout: 20_000 });
  }
  await Promise.all(servers.map((server) => server.stop()));
  await database.createAccount({ credits: 10 });
  expect((await usageLag(database.db, backend)).rows).toBe(1);
  expect(lines).toEqual([]);
});

test('a database that is away is told of once, and the next batch finds it again', async () => {
  const url = new URL(database.apiUrl);
  url.port = '9';
  const server = startUsageRollUp({ database: { url: url.href }, logger, intervalMs: 5 });
  await vi.waitFor(() => expect(lines.length).toBe(1), { timeout: 20_000 });
  await server.stop();
  expect(lines.join('')).not.toContain(url.password);
  const again = startUsageRollUp({ database: { url: database.apiUrl }, logger, intervalMs: 5 });
  await vi.waitFor(async () => expect((await usageLag(database.db, backend)).rows).toBe(0), { timeout: 20_000 });
  await again.stop();
});

test('a rebuild says whether the totals were right', async () => {
  const config = readConfig({ DATABASE_URL: database.apiUrl, DIRECT_URL: database.ownerUrl });
  await database.createAccount({ credits: 5 });
  expect(await rebuildUsage(config)).toMatch(/^The totals .* the same as before\. Fingerprint: \d+ [\da-f]{32}$/);
  await database.asOwner.query('update usage.totals set credits_in = credits_in + 1');
  expect(await rebuildUsage(config)).toContain('not those that there were');
});
