import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres.ts';
import { findClusterDir } from './embedded-postgres-files.ts';
import { AlreadyRunningError, isOwned } from './embedded-postgres-owner.ts';

const packageDirectory = fileURLToPath(new URL('..', import.meta.url));
const superuserPassword = 'of this test';
let dataDir: string;
let started: EmbeddedPostgres[];
let children: ChildProcess[];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'reeldesk-embedded-'));
  await chmod(dataDir, 0o711);
  started = [];
  children = [];
});

afterEach(async () => {
  for (const child of children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await Promise.all(started.map((postgres) => postgres.stop()));
  const orphan = await serverPid();
  if (orphan !== null && isRunning(orphan)) {
    process.kill(orphan, 'SIGQUIT');
  }
  await rm(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
});

async function start(onProgress?: (message: string) => void): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({
    dataDir,
    superuserPassword,
    durable: false,
    ...(onProgress && { onProgress }),
  });
  started.push(postgres);
  return postgres;
}

/** Starts it in another process, which says when it is up and then lives until it is killed. */
async function startInChild(then = 'setInterval(() => {}, 60_000)'): Promise<ChildProcess> {
  const program = `
    import { startEmbeddedPostgres } from '@reeldesk/db/embedded-postgres';
    const options = { dataDir: process.argv[1], superuserPassword: process.argv[2], durable: false };
    const postgres = await startEmbeddedPostgres(options);
    process.stdout.write('up\\n', () => { ${then} });`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program, dataDir, superuserPassword], {
    cwd: packageDirectory,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`It ended with ${code} before it was up.`))),
  ]);
  return child;
}

async function query(postgres: EmbeddedPostgres, sql: string): Promise<pg.QueryResultRow[]> {
  const client = new pg.Client({ connectionString: postgres.superuserUrl('postgres') });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function serverPid(): Promise<number | null> {
  const lockFile = await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').catch(() => null);
  return lockFile === null ? null : Number(lockFile.split('\n', 1)[0]);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('the first start makes a cluster, the second finds what was written to it', async () => {
  const progress: string[] = [];
  const first = await start((message) => progress.push(message));
  expect(progress).toEqual(['Making the database cluster']);
  const [about] = await query(
    first,
    `select current_setting('server_version_num')::integer / 10000 as version, current_user,
    current_setting('server_encoding') as encoding, current_setting('listen_addresses') as addresses`,
  );
  expect(about).toEqual({ version: 18, current_user: 'supabase_admin', encoding: 'UTF8', addresses: '127.0.0.1' });
  await query(first, 'create table kept as select 42 as answer');
  await first.stop();
  expect(await isOwned(dataDir)).toBe(false);

  const second = await start((message) => progress.push(message));
  expect(await query(second, 'select answer from kept')).toEqual([{ answer: 42 }]);
  expect(progress).toHaveLength(1);
});

test("the superuser's password is needed", async () => {
  const postgres = await start();
  const url = postgres.superuserUrl('postgres').replace('of%20this%20test', 'of%20another');
  const client = new pg.Client({ connectionString: url });
  await expect(client.connect()).rejects.toThrow(/password authentication failed/);
});

describe('while another lives on the same data', () => {
  test('a start in the same process is refused and leaves it alone', async () => {
    const first = await start();
    const refusal = start();
    await expect(refusal).rejects.toThrow(AlreadyRunningError);
    await expect(refusal).rejects.toMatchObject({ pid: process.pid });
    expect(await query(first, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('a start in another process is refused, names it, and leaves it alone', async () => {
    const child = await startInChild();
    const pid = await serverPid();
    await expect(start()).rejects.toMatchObject({ name: 'AlreadyRunningError', pid: child.pid });
    expect(await serverPid()).toBe(pid);
    expect(isRunning(pid!)).toBe(true);
  });

  test('of many starts at once exactly one succeeds', async () => {
    const results = await Promise.allSettled(Array.from({ length: 6 }, () => start()));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) {
      expect(result.status === 'rejected' ? result.reason : null).toSatisfy(
        (reason: unknown) => reason === null || reason instanceof AlreadyRunningError,
      );
    }
    expect(await query(started[0]!, 'select 1 as one')).toEqual([{ one: 1 }]);
  });
});

test('after kill -9 of its owner the orphaned server is stopped, and the data is there', async () => {
  const child = await startInChild();
  const orphan = (await serverPid())!;
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(isRunning(orphan)).toBe(true);

  const progress: string[] = [];
  const postgres = await start((message) => progress.push(message));
  expect(progress).toEqual([expect.stringContaining(`(process ${orphan})`)]);
  expect(await serverPid()).not.toBe(orphan);
  expect(await query(postgres, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('an owner that exits without stopping it takes the server along', async () => {
  const child = await startInChild('process.exit()');
  if (child.exitCode === null) {
    await once(child, 'exit');
  }
  // PostgreSQL removes its lock file as the last thing it does.
  await expect.poll(serverPid).toBeNull();
});

test('the file of an owner whose number another process has now is taken over', async () => {
  await writeFile(
    join(dataDir, 'owner.json'),
    JSON.stringify({ pid: process.pid, startedAt: 'another time', id: 'another' }),
  );
  expect(await isOwned(dataDir)).toBe(process.platform === 'win32');
  await start();
  expect(await isOwned(dataDir)).toBe(true);
});

test('an unreadable owner file and a half-made cluster stop nobody', async () => {
  await writeFile(join(dataDir, 'owner.json'), '{"pid": 1');
  await mkdir(join(dataDir, 'postgres.new'));
  await writeFile(join(dataDir, 'postgres.new', 'PG_VERSION'), '18\n');
  expect(await query(await start(), 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('a lock file that names an unrelated process ends neither it nor the start', async () => {
  await (await start()).stop();
  const bystander = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 60_000)']);
  children.push(bystander);
  await once(bystander, 'spawn');
  await writeFile(join(dataDir, 'postgres', 'postmaster.pid'), `${bystander.pid}\n${join(dataDir, 'postgres')}\n`);
  expect(await query(await start(), 'select 1 as one')).toEqual([{ one: 1 }]);
  expect(isRunning(bystander.pid!)).toBe(true);
});

test('a cluster of another version is refused and stays as it is', async () => {
  await (await start()).stop();
  const versionFile = join(dataDir, 'postgres', 'PG_VERSION');
  await writeFile(versionFile, '17\n');
  await expect(start()).rejects.toThrow(/was made by PostgreSQL 17, but this Reeldesk comes with 18/);
  expect(await readFile(versionFile, 'utf8')).toBe('17\n');
  expect(await isOwned(dataDir)).toBe(false);
});

test("a start that fails says what PostgreSQL's log says", async () => {
  await (await start()).stop();
  await writeFile(join(dataDir, 'postgres', 'postgresql.conf'), 'no_such_setting = on\n', { flag: 'a' });
  await expect(start()).rejects.toThrow(/PostgreSQL did not start[^]*no_such_setting/);
});

test.runIf(process.getuid?.() === 0)(
  "run by root, where PostgreSQL's user can't come, the cluster lies where he can",
  async () => {
    await chmod(dataDir, 0o700);
    const first = await start();
    const clusterDir = await findClusterDir(dataDir);
    expect(clusterDir.startsWith(dataDir)).toBe(false);
    await query(first, 'create table kept as select 42 as answer');
    await first.stop();
    expect(await query(await start(), 'select answer from kept')).toEqual([{ answer: 42 }]);
    await started.at(-1)?.stop();

    // A removed folder takes its database along: the next one is new.
    await rm(dataDir, { recursive: true });
    await mkdir(dataDir, { mode: 0o700 });
    expect(await query(await start(), `select to_regclass('kept') as kept`)).toEqual([{ kept: null }]);
    await started.at(-1)?.stop();
    await rm(dirname(await findClusterDir(dataDir)), { recursive: true, force: true });
    await rm(dirname(clusterDir), { recursive: true, force: true });
  },
);

test("the server's end is told, also when nobody asked for it", async () => {
  const postgres = await start();
  process.kill((await serverPid())!, 'SIGQUIT');
  await postgres.ended;
  await expect(query(postgres, 'select 1')).rejects.toThrow(/ECONNREFUSED/);
});
