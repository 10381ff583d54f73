import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@reeldesk/db/embedded-postgres';
import { prepareLocalDatabase } from '@reeldesk/server/embedded/local-database';
import pg from 'pg';
import { ACCOUNTS, ADMIN, HOT_ACCOUNT, READERS, VIDEOS_PER_READER, type Setting } from './setting.ts';

export interface BenchDatabase {
  setting: Setting;
  folder: string;
  serverVersion: string;
  /** Waits until the disk has what was written, so that a run does not pay for the one before. */
  settle(): Promise<void>;
  /** Does at once what the workload before left for the background: rolling up, vacuum. Or the next one pays for it. */
  tidy(): Promise<void>;
  /** Broken promises of the ledger, of both databases. */
  ledgerProblems(): Promise<number>;
  stop(): Promise<void>;
}

const NAME = 'bench';

/** What a release of the product starts its database with. */
export interface DatabaseParts {
  startEmbeddedPostgres: typeof startEmbeddedPostgres;
  prepareLocalDatabase: typeof prepareLocalDatabase;
}

/** A durable PostgreSQL of its own in a temporary folder, with accounts whose credits the functions granted. */
export async function startBenchDatabase(
  poolSize: number,
  product: DatabaseParts = { startEmbeddedPostgres, prepareLocalDatabase },
): Promise<BenchDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'reeldesk-bench-'));
  await chmod(folder, 0o711);
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const password = randomBytes(16).toString('hex');
  // All contenders hold their connections at once.
  const postgres = await product.startEmbeddedPostgres({
    dataDir: folder,
    superuserPassword: password,
    maxConnections: 300,
  });
  const passwords = {
    postgres: password,
    reeldesk_api: password,
    authenticator: password,
    supabase_auth_admin: password,
  };
  const urls = await product.prepareLocalDatabase({
    superuserUrl: (database) => postgres.superuserUrl(database),
    databaseName: NAME,
    passwords,
    onProgress: () => undefined,
  });
  const superuserUrl = postgres.superuserUrl(NAME);
  const modelsUrl = postgres.superuserUrl('bench_models');
  await withClient(superuserUrl, load);
  await withClient(postgres.superuserUrl('postgres'), async (client) => {
    await client.query(`create database bench_models template ${NAME}`);
    await client.query('checkpoint');
  });
  // What guards the books there would refuse a model's update of a balance.
  await withClient(modelsUrl, async (client) => {
    for (const table of ['profiles', 'videos', 'credit_transactions']) {
      await client.query(`alter table public.${table} disable trigger user`);
    }
  });
  const serverVersion = await withClient(superuserUrl, async (client) => {
    const { rows } = await client.query<{ version: string }>(`select current_setting('server_version') as version`);
    return rows[0]!.version;
  });
  return {
    folder,
    serverVersion,
    setting: {
      apiUrl: urls.reeldesk_api,
      superuserUrl,
      authUrl: urls.supabase_auth_admin,
      dataApiUrl: urls.authenticator,
      modelsUrl,
      poolSize,
      folder,
      jwtSecret: randomBytes(32).toString('base64url'),
      issuer: 'http://127.0.0.1/auth/v1',
      publishableKey: `sb_publishable_${randomBytes(16).toString('hex')}`,
      secretKey: `sb_secret_${randomBytes(24).toString('hex')}`,
    },
    settle: () => withClient(superuserUrl, async (client) => void (await client.query('checkpoint'))),
    tidy: () =>
      withClient(superuserUrl, async (client) => {
        await client.query('select usage.roll_up(1000000)');
        await client.query('vacuum analyze');
      }),
    ledgerProblems: async () => {
      const counts = await Promise.all(
        [superuserUrl, modelsUrl].map((url) =>
          withClient(url, async (client) => {
            const { rows } = await client.query<{ n: number }>(
              'select count(*)::integer as n from private.ledger_problems()',
            );
            return rows[0]!.n;
          }),
        ),
      );
      return counts.reduce((sum, n) => sum + n, 0);
    },
    stop: () => postgres.stop(),
  };
}

async function load(client: pg.Client): Promise<void> {
  await client.query(
    `insert into auth.users (id, email, aud, role, created_at, updated_at)
    select ('a0000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, n || '@reeldesk.example',
      'authenticated', 'authenticated', now(), now()
    from generate_series(1, $1::integer) n`,
    [ACCOUNTS + READERS + 2],
  );
  await client.query(`insert into public.staff_members (user_id, role) values ($1, 'admin')`, [ADMIN]);
  await client.query(`select set_config('request.jwt.claims', '{"role":"service_role"}', false)`);
  await client.query(
    `select public.adjust_credits(p.id, case when p.id = $1 then 100000000 else 1000000 end, 'purchase')
    from public.profiles p where p.id <> $2`,
    [HOT_ACCOUNT, ADMIN],
  );
  await client.query(
    `select public.create_video_generation(p.id, 'A lighthouse in a storm, seen from a small boat, take ' || n,
      'text_to_video', null, 5, '1920x1080', 'high')
    from public.profiles p cross join generate_series(1, $1::integer) n
    where p.email between $2 and $3 and length(p.email) = length($2)`,
    [VIDEOS_PER_READER, `${ACCOUNTS + 1}@reeldesk.example`, `${ACCOUNTS + READERS}@reeldesk.example`],
  );
  await client.query('vacuum analyze');
}

export async function withClient<T>(url: string, run: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}
