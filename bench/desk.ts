import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '@reeldesk/db/embedded-postgres';
import { migrate } from '@reeldesk/db/migrate';
import { applySupabaseShim, setLoginPassword } from '@reeldesk/db/supabase-shim';
import { withClient } from './api/database.ts';
import { startOurs, stopContenders, type Contender } from './api/contenders.ts';
import { loadDesk, type DeskData } from './desk/data.ts';
import { withoutDeskIndexes } from './desk/without-indexes.ts';
import { measureDesk, type Desk } from './desk/measure.ts';
import { deskQueries } from './desk/queries.ts';
import { writeReport } from './desk/write-report.ts';
import { measureChargeCost } from './usage/charge-cost.ts';

const help = `Usage: npm run bench:desk -- [--videos 100,1000000] [--rounds 40] [--output <file>]

Times every query that the dashboard's pages send, through the real server, at two sizes of the product side by side.
`;

const { values } = parseArgs({
  options: {
    videos: { type: 'string', default: '100,1000000' },
    rounds: { type: 'string', default: '40' },
    output: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const sizes = values.videos.split(',').map(Number);
if (values.help || sizes.length !== 2 || !sizes.every((size) => Number.isInteger(size) && size >= 100)) {
  process.stdout.write(help);
} else {
  await run(sizes, Number(values.rounds));
}

async function run(videos: readonly number[], rounds: number): Promise<void> {
  const started = performance.now();
  const say = (message: string) =>
    console.log(`${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s  ${message}`);
  const folder = await mkdtemp(join(tmpdir(), 'reeldesk-bench-'));
  await chmod(folder, 0o711);
  const password = randomBytes(16).toString('hex');
  const postgres = await startEmbeddedPostgres({ dataDir: folder, superuserPassword: password, durable: false });
  const servers: Contender[] = [];
  process.once('exit', () => {
    stopContenders(servers);
    rmSync(folder, { recursive: true, force: true });
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => process.exit(1));
  }
  try {
    say('Charging with and without what the desk needs');
    const [plain, ours] = [
      await migratedDatabase((name) => postgres.superuserUrl(name), 'charge_plain', password),
      await migratedDatabase((name) => postgres.superuserUrl(name), 'charge_desk', password),
    ];
    await withClient(plain, withoutDeskIndexes);
    const charge = await measureChargeCost(plain, ours, 15, 2_000);
    const desks: Desk[] = [];
    for (const size of videos) {
      say(`Loading ${size.toLocaleString('en')} videos`);
      const url = await migratedDatabase((name) => postgres.superuserUrl(name), `desk_${size}`, password);
      const data = await withClient(url, (client) => loadDesk(client, size));
      const queries = await withClient(url, (client) => deskQueries(client, data));
      const setting = { apiUrl: loginUrl(url), superuserUrl: url, poolSize: 4, ...secrets() };
      const server = await startOurs({ setting, folder });
      servers.push(server);
      desks.push({ data, queries, port: server.port, setting });
    }
    say('Asking');
    const figures = await measureDesk(desks, rounds);
    say('Done');
    const page = writeReport(figures, {
      data: desks.map(({ data }): DeskData => data),
      serverVersion: await withClient(postgres.superuserUrl('postgres'), async (client) => {
        const { rows } = await client.query<{ version: string }>(`select current_setting('server_version') as version`);
        return rows[0]!.version;
      }),
      rounds,
      charge,
      options: process.argv.slice(2).filter((each, at, all) => each !== '--output' && all[at - 1] !== '--output'),
      machine: { load: loadavg()[0]!, cores: availableParallelism() },
    });
    console.log(page);
    if (values.output !== undefined) {
      await mkdir(dirname(values.output), { recursive: true });
      await writeFile(values.output, page);
    }
  } finally {
    stopContenders(servers);
    await postgres.stop();
  }
}

async function migratedDatabase(urlOf: (database: string) => string, name: string, password: string): Promise<string> {
  await withClient(urlOf('postgres'), (client) => client.query(`create database ${name}`));
  const url = urlOf(name);
  await applySupabaseShim({ url });
  await setLoginPassword(url, 'reeldesk_api', password);
  await migrate({ url, directory: fileURLToPath(new URL('../../supabase/migrations/', import.meta.url)) });
  return url;
}

function loginUrl(superuserUrl: string): string {
  const url = new URL(superuserUrl);
  url.username = 'reeldesk_api';
  return url.href;
}

function secrets() {
  return {
    jwtSecret: randomBytes(32).toString('base64url'),
    issuer: 'http://127.0.0.1/auth/v1',
  };
}
