import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { startEmbeddedPostgres } from '@reeldesk/db/embedded-postgres';
import { migrate } from '@reeldesk/db/migrate';
import { applySupabaseShim } from '@reeldesk/db/supabase-shim';
import pg from 'pg';
import { median, medianRatio } from './statistics.ts';

const help = `Usage: npm run bench:live -- [--rounds 9] [--charges 3000] [--callers 16] [--output <file>]

Measures what live updates cost a charge, side by side: nobody looking on, a stream that is fed by looking, and a NOTIFY in each charge.
`;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    charges: { type: 'string', default: '3000' },
    callers: { type: 'string', default: '16' },
    output: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const ways = ['nobody looks on', 'a stream, fed by looking', 'a NOTIFY in each charge'] as const;
type Way = (typeof ways)[number];
const ACCOUNTS = 1_000;

if (values.help) {
  process.stdout.write(help);
} else {
  await run(Number(values.rounds), Number(values.charges), Number(values.callers));
}

async function run(rounds: number, charges: number, callers: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'reeldesk-bench-'));
  await chmod(folder, 0o711);
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => process.exit(1));
  }
  const password = randomBytes(16).toString('hex');
  // Commits reach the disk as in production: what a NOTIFY holds up is just that.
  const postgres = await startEmbeddedPostgres({ dataDir: folder, superuserPassword: password });
  try {
    const url = postgres.superuserUrl('postgres');
    const accounts = await prepare(url, password, charges * rounds * ways.length);
    const login = new URL(url);
    login.username = 'reeldesk_api';
    login.password = password;
    const times = await measure({ url, login: login.href, accounts, rounds, charges, callers });
    const page = report(times, { rounds, charges, callers });
    console.log(page);
    if (values.output !== undefined) {
      await mkdir(dirname(values.output), { recursive: true });
      await writeFile(values.output, page);
    }
  } finally {
    await postgres.stop();
  }
}

async function prepare(url: string, password: string, charges: number): Promise<string[]> {
  await applySupabaseShim({ url });
  await migrate({ url, directory: fileURLToPath(new URL('../../supabase/migrations/', import.meta.url)) });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`alter role reeldesk_api password '${password}'`);
  await client.query(
    `insert into auth.users (id, email, aud, role, created_at, updated_at)
    select gen_random_uuid(), n || '@reeldesk.example', 'authenticated', 'authenticated', now(), now()
    from generate_series(1, $1) n`,
    [ACCOUNTS],
  );
  await client.query(`select set_config('request.jwt.claims', '{"role":"service_role"}', false)`);
  await client.query(`select public.adjust_credits(p.id, $1, 'purchase') from public.profiles p`, [
    Math.ceil((charges * 2) / ACCOUNTS + 100) * 15,
  ]);
  const { rows } = await client.query<{ id: string }>('select id::text from public.profiles');
  await client.query('vacuum analyze');
  await client.end();
  return rows.map(({ id }) => id);
}

interface Setting {
  url: string;
  login: string;
  accounts: readonly string[];
  rounds: number;
  charges: number;
  callers: number;
}

/** Milliseconds per way and round; the ways take turns within each round. */
async function measure(setting: Setting): Promise<Map<Way, number[]>> {
  const { url, login, rounds, callers } = setting;
  const pool = new pg.Pool({ connectionString: login, max: callers });
  // The database may end before the last of them has taken leave.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const owner = new pg.Client({ connectionString: url });
  await owner.connect();
  await owner.query(`create function public.notify_each() returns trigger language plpgsql
    as $$ begin perform pg_notify('each_charge', new.id::text); return null; end $$`);
  const times = new Map<Way, number[]>(ways.map((way) => [way, []]));
  await charge(pool, setting);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index] of ways.entries()) {
      const way = ways[(index + round) % ways.length]!;
      const end = await begin(way, owner, login);
      const started = performance.now();
      await charge(pool, setting);
      times.get(way)!.push(performance.now() - started);
      await end();
    }
  }
  await owner.end();
  await pool.end();
  return times;
}

async function begin(way: Way, owner: pg.Client, login: string): Promise<() => Promise<void>> {
  if (way === 'a NOTIFY in each charge') {
    await owner.query(`create trigger notify_each after insert on public.credit_transactions
      for each row execute function public.notify_each()`);
    const listener = new pg.Client({ connectionString: login });
    await listener.connect();
    await listener.query('listen each_charge');
    return async () => {
      await listener.end();
      await owner.query('drop trigger notify_each on public.credit_transactions');
    };
  }
  if (way === 'a stream, fed by looking') {
    const stream = new Worker(new URL('./live/stream.js', import.meta.url), { workerData: login });
    await once(stream, 'message');
    return async () => {
      await stream.terminate();
    };
  }
  return async () => undefined;
}

async function charge(pool: pg.Pool, { accounts, charges, callers }: Setting): Promise<void> {
  let left = charges;
  const caller = async () => {
    while (left > 0) {
      left -= 1;
      await pool.query({
        name: 'charge',
        text: `select reeldesk.create_video_generation('user', $1::uuid, null, $1::uuid, 'A beautiful sunset', 'text_to_video', null, 5,
          '1920x1080', 'high', null)`,
        values: [accounts[left % accounts.length]],
      });
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
}

function report(times: Map<Way, number[]>, options: { rounds: number; charges: number; callers: number }): string {
  const baseline = times.get('nobody looks on')!;
  const rows = ways.map((way) => {
    const own = times.get(way)!;
    const rate = (options.charges / median(own)) * 1000;
    return `| ${way} | ${(1 / medianRatio(own, baseline)).toFixed(2)} | ${Math.round(rate)} |`;
  });
  return `# What live updates cost a charge

\`npm run bench:live\`: ${options.rounds} rounds of ${options.charges} charges each by ${options.callers} callers over ${ACCOUNTS} accounts, commits on disk,
the three ways in turn within each round. The ratio is the median of the rounds' own ratios; only it is worth comparing between machines.

| Way | charges, as a ratio to nobody looking on | charges a second in this run |
| --- | --- | --- |
${rows.join('\n')}

PostgreSQL takes one lock for the whole cluster when a transaction that has notified commits, and holds it until that commit is on disk:
charges then wait for each other. So no charge notifies. Each server with open streams looks four times a second for ledger rows,
changes of videos and audit rows of transactions that are over, and one of them announces what it found by one NOTIFY, at most five times a second.
`;
}
