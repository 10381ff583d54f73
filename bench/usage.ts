import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '@reeldesk/db/embedded-postgres';
import { migrate } from '@reeldesk/db/migrate';
import { applySupabaseShim, setLoginPassword } from '@reeldesk/db/supabase-shim';
import pg from 'pg';
import { measureChargeCost } from './usage/charge-cost.ts';
import { loadLedger } from './usage/data.ts';
import { measureExport } from './usage/measure-export.ts';
import { measureReports, type LoadedDatabase } from './usage/measure-reports.ts';
import { writeReport, type Facts } from './usage/write-report.ts';

const help = `Usage: npm run bench:usage -- [--rows 100000,1000000,10000000] [--rounds 40] [--output <file>]

Measures the usage reports against the plain query, at several sizes of the ledger, and what the rollups cost a charge.
`;

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '100000,1000000,10000000' },
    rounds: { type: 'string', default: '40' },
    output: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(help);
} else {
  await measure(values.rows.split(',').map(wholeNumber), wholeNumber(values.rounds));
}

function wholeNumber(text: string): number {
  if (!/^[1-9][0-9]*$/.test(text)) {
    throw new Error(`${text} is not a whole number above zero.\n${help}`);
  }
  return Number(text);
}

async function measure(sizes: number[], rounds: number): Promise<void> {
  const started = performance.now();
  const say = (message: string) =>
    console.log(`${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s  ${message}`);
  const folder = await mkdtemp(join(tmpdir(), 'reeldesk-bench-'));
  await chmod(folder, 0o711);
  const password = randomBytes(16).toString('hex');
  const postgres = await startEmbeddedPostgres({ dataDir: folder, superuserPassword: password, durable: false });
  // The server ends with this process, asked for by its exit.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => process.exit(1));
  }
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  try {
    const template = postgres.superuserUrl('postgres');
    await applySupabaseShim({ url: template });
    await setLoginPassword(template, 'reeldesk_api', password);
    await migrate({ url: template, directory: fileURLToPath(new URL('../../supabase/migrations/', import.meta.url)) });

    say('Charging with and without what the rollups need');
    const names = await copy(postgres.superuserUrl('template1'), ['charge_plain', 'charge_rolled']);
    await withClient(postgres.superuserUrl(names[0]!), async (client) => {
      await client.query('alter table public.credit_transactions drop column xid');
      await client.query('drop trigger videos_inserted_ended on public.videos');
      await client.query('drop trigger videos_ended on public.videos');
    });
    const charge = await measureChargeCost(
      postgres.superuserUrl(names[0]!),
      postgres.superuserUrl(names[1]!),
      15,
      2_000,
    );

    const databases: LoadedDatabase[] = [];
    const loads: Facts['loads'] = [];
    for (const rows of sizes) {
      say(`Loading ${rows} ledger rows`);
      const [name] = await copy(postgres.superuserUrl('template1'), [`usage_${rows}`]);
      const url = postgres.superuserUrl(name!);
      loads.push(await load(url, rows));
      const userId = await makeAnalyst(url);
      const actor = { kind: 'user' as const, userId };
      databases.push({ rows, superuserUrl: url, apiUrl: loginUrl(url, 'reeldesk_api'), actor, userId });
    }
    say('Reading');
    const results = await measureReports(databases, rounds, 6_000);
    say('Exporting');
    const exported = await measureExport(databases, folder);
    say('Done');
    const page = writeReport(results, {
      serverVersion: await withClient(template, async (client) => {
        const { rows } = await client.query<{ version: string }>(`select current_setting('server_version') as version`);
        return rows[0]!.version;
      }),
      options: givenOptions(),
      machine: { load: loadavg()[0]!, cores: availableParallelism() },
      loads,
      charge,
      export: exported,
    });
    console.log(page);
    if (values.output !== undefined) {
      await mkdir(join(values.output, '..'), { recursive: true });
      await writeFile(values.output, page);
    }
  } finally {
    await postgres.stop();
  }
}

/** Copies of the migrated database `postgres`, which nobody may be connected to. */
async function copy(url: string, names: string[]): Promise<string[]> {
  await withClient(url, async (client) => {
    for (const name of names) {
      await client.query(`create database ${name} template postgres`);
    }
  });
  return names;
}

async function load(url: string, rows: number): Promise<Facts['loads'][number]> {
  return withClient(url, async (client) => {
    const started = performance.now();
    await loadLedger(client, rows);
    const loaded = performance.now();
    await client.query('select usage.roll_up()');
    const rolled = performance.now();
    // As autovacuum does in time.
    await client.query('vacuum (analyze) usage.totals, usage.series, usage.account_sums, usage.active_accounts');
    await client.query('checkpoint');
    const { rows: sizes } = await client.query<{ ledger: string; totals: string; accounts: string; count: string }>(
      `select pg_total_relation_size('public.credit_transactions') as ledger, pg_total_relation_size('usage.totals') as totals,
        pg_total_relation_size('usage.account_sums') + pg_total_relation_size('usage.active_accounts') as accounts,
        (select count(*) from usage.totals) as count`,
    );
    return {
      rows,
      loadSeconds: (loaded - started) / 1000,
      rollUpSeconds: (rolled - loaded) / 1000,
      ledgerBytes: Number(sizes[0]!.ledger),
      totalsBytes: Number(sizes[0]!.totals),
      accountsBytes: Number(sizes[0]!.accounts),
      totals: Number(sizes[0]!.count),
    };
  });
}

async function makeAnalyst(url: string): Promise<string> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ user_id: string }>(
      `insert into public.staff_members (user_id, role) select id, 'analyst' from public.profiles order by id limit 1 returning user_id`,
    );
    return rows[0]!.user_id;
  });
}

async function withClient<T>(url: string, run: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  // After a failure it ends with the server; the failure itself is what is to be told.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}

function loginUrl(superuserUrl: string, login: string): string {
  const url = new URL(superuserUrl);
  url.username = login;
  return url.href;
}

/** As they were given, but for where to write: that is the script's. */
function givenOptions(): string {
  return process.argv
    .slice(2)
    .filter((each, at, all) => each !== '--output' && all[at - 1] !== '--output')
    .join(' ');
}
