import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { platform } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findBinDir, findClusterDir, findRunAs, type RunAs } from './embedded-postgres-files.ts';
import { claimDataDir, stopOrphanedServer } from './embedded-postgres-owner.ts';

export interface EmbeddedPostgresOptions {
  /** Holds the cluster (`postgres/`), the log and the file that says which process owns it. */
  dataDir: string;
  /** Of the superuser, who is `supabase_admin` as on hosted Supabase. Set when the cluster is made. */
  superuserPassword: string;
  /** Off for tests: nothing is flushed to disk, so a crash of the machine may lose the cluster. */
  durable?: boolean;
  /** Connections at once (100, without `durable` 300). */
  maxConnections?: number;
  onProgress?: (message: string) => void;
}

export interface EmbeddedPostgres {
  port: number;
  /** The superuser's `postgres://…` for a database of the cluster. */
  superuserUrl(database: string): string;
  /** Ends all connections, then the server, and gives up the data directory. */
  stop(): Promise<void>;
  /** The server's end, asked for or not. */
  ended: Promise<void>;
}

interface Cluster {
  dir: string;
  binDir: string;
  runAs: RunAs;
  logPath: string;
  durable: boolean;
  maxConnections: number;
}

const superuser = 'supabase_admin';

/**
 * Starts the PostgreSQL 18 that came with npm on a free loopback port, making its cluster first when
 * there is none. Raises `AlreadyRunningError` when a live process owns `dataDir`; when PostgreSQL
 * does not come up, the error holds what its log says.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { dataDir, superuserPassword, durable = true, onProgress, maxConnections = durable ? 100 : 300 } = options;
  await mkdir(dataDir, { recursive: true, mode: 0o711 });
  const release = await claimDataDir(dataDir);
  try {
    const dir = await findClusterDir(dataDir);
    await mkdir(dirname(dir), { recursive: true, mode: 0o711 });
    const runAs = await findRunAs(dir);
    const logPath = join(dataDir, 'postgres.log');
    const cluster = { dir, runAs, durable, maxConnections, binDir: await findBinDir(runAs), logPath };
    await stopOrphanedServer(dir, onProgress);
    await initialize(cluster, superuserPassword, onProgress);
    const { server, port } = await startServer(cluster);
    const ended = once(server, 'exit').then(() => undefined);
    const killOnExit = () => server.kill('SIGINT');
    process.once('exit', killOnExit);
    return {
      port,
      ended,
      superuserUrl: (database) =>
        `postgres://${superuser}:${encodeURIComponent(superuserPassword)}@127.0.0.1:${port}/${database}`,
      stop: async () => {
        process.off('exit', killOnExit);
        await stopServer(server, cluster);
        await release();
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}

async function initialize(cluster: Cluster, password: string, onProgress?: (message: string) => void): Promise<void> {
  const version = await readFile(join(cluster.dir, 'PG_VERSION'), 'utf8').catch(() => null);
  if (version !== null) {
    await checkUsable(cluster, version.trim());
    return;
  }
  onProgress?.('Making the database cluster');
  // Made under another name and then renamed, so that a start killed in the middle leaves no half of it.
  const unfinished = `${cluster.dir}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  const passwordFile = `${cluster.dir}.password`;
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (cluster.runAs) {
    await chown(unfinished, cluster.runAs.uid, cluster.runAs.gid);
    await chown(passwordFile, cluster.runAs.uid, cluster.runAs.gid);
  }
  try {
    await run(cluster, 'initdb', [
      `--pgdata=${unfinished}`,
      `--username=${superuser}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-instructions',
      ...(cluster.durable ? [] : ['--no-sync']),
    ]);
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(unfinished, cluster.dir);
}

async function checkUsable(cluster: Cluster, version: string): Promise<void> {
  if (version !== '18') {
    throw new Error(
      `${cluster.dir} was made by PostgreSQL ${version}, but this Reeldesk comes with 18. ` +
        'Start the version that made it, or move the folder away for a new database.',
    );
  }
  const { uid } = await stat(cluster.dir);
  const own = cluster.runAs?.uid ?? process.getuid?.();
  if (own !== undefined && uid !== own) {
    throw new Error(
      `${cluster.dir} belongs to another user (${uid}). Start Reeldesk as that user or as root, or remove the folder for a new database.`,
    );
  }
}

async function startServer(cluster: Cluster): Promise<{ server: ChildProcess; port: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const log = await open(cluster.logPath, 'w', 0o600);
    // In a session of its own: Ctrl-C in the terminal must not stop the database before those who use it.
    const server = spawnProgram(cluster, 'postgres', serverArguments(cluster, port), log.fd, true);
    await once(server, 'spawn').finally(() => log.close());
    if (await isUp(server, cluster)) {
      return { server, port };
    }
    const said = (await readFile(cluster.logPath, 'utf8').catch(() => '')).trim();
    // Another program took the port, or children of a killed server are still on their way out.
    const passing = /could not bind|Address already in use|pre-existing shared memory block/.test(said);
    if (!passing || attempt === 10) {
      throw new Error(
        `PostgreSQL did not start. Its log (${cluster.logPath}) says:\n${said.split('\n').slice(-20).join('\n')}`,
      );
    }
    await sleep(300);
  }
}

function serverArguments(cluster: Cluster, port: number): string[] {
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: cluster.maxConnections,
    timezone: 'UTC',
    jit: 'off',
    // A failed statement's text may hold what a log should not.
    log_min_error_statement: 'panic',
    ...(!cluster.durable && {
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      wal_level: 'minimal',
      max_wal_senders: 0,
      max_wal_size: '4GB',
      autovacuum: 'off',
    }),
  };
  return ['-D', cluster.dir, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

/** Waits until the server says in its lock file that it takes connections; false when it ends instead. */
async function isUp(server: ChildProcess, cluster: Cluster): Promise<boolean> {
  const running = () => server.exitCode === null && server.signalCode === null;
  for (const deadline = Date.now() + 60_000; running(); await sleep(15)) {
    const lines = (await readFile(join(cluster.dir, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
    if (Number(lines[0]) === server.pid && lines[7]?.trim() === 'ready') {
      return true;
    }
    if (Date.now() > deadline) {
      server.kill('SIGQUIT');
      throw new Error(`PostgreSQL was not ready after 60 seconds. See ${cluster.logPath}.`);
    }
  }
  return false;
}

async function stopServer(server: ChildProcess, cluster: Cluster): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) {
    return;
  }
  const ended = once(server, 'exit');
  if (platform() === 'win32') {
    await run(cluster, 'pg_ctl', ['stop', '-D', cluster.dir, '-m', 'fast', '-w']);
  } else {
    server.kill('SIGINT');
  }
  const impatience = setTimeout(() => server.kill('SIGQUIT'), 15_000);
  await ended;
  clearTimeout(impatience);
}

async function run(cluster: Cluster, program: string, args: string[]): Promise<void> {
  const child = spawnProgram(cluster, program, args, 'pipe', false);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (code !== 0) {
    throw new Error(`PostgreSQL's ${program} failed (${signal ?? `exit code ${code}`}):\n${said.trim()}`);
  }
}

// A process of PostgreSQL gives memory back to the system after each statement that used more than 128 KiB, and asks for
// it again for the next: a tenth of the time of one that reads pages of videos. Read by glibc only.
const keptMemory = { MALLOC_TRIM_THRESHOLD_: String(8 * 2 ** 20), MALLOC_MMAP_THRESHOLD_: String(4 * 2 ** 20) };

function spawnProgram(
  cluster: Cluster,
  program: string,
  args: string[],
  output: number | 'pipe',
  detached: boolean,
): ChildProcess {
  const { PATH = '', SystemRoot } = process.env;
  return spawn(join(cluster.binDir, program), args, {
    // Of its own, so that no PG* variable of the caller's bends what is started here.
    env: { PATH, LC_ALL: 'C', ...keptMemory, ...(SystemRoot !== undefined && { SystemRoot }) },
    cwd: dirname(cluster.dir),
    stdio: ['ignore', output, output],
    detached,
    windowsHide: true,
    ...cluster.runAs,
  });
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address !== null
    ? address.port
    : Promise.reject(new Error('No free port on 127.0.0.1.'));
}
