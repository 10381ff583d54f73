import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, open, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { BenchDatabase } from './database.ts';
import type { Setting } from './setting.ts';
import type { Protocol, Workload } from './workloads.ts';

export interface Contender {
  key: string;
  title: string;
  protocol: Protocol;
  workloads: readonly Workload[];
  port: number;
  process: ChildProcess;
}

const root = fileURLToPath(new URL('../../../', import.meta.url));
// As the product's start has it: short-lived objects die young, instead of being copied first. The same for all.
const execArgv = ['--max-semi-space-size=32'];
const single = ['charge', 'hot', 'balance', 'page'] as const;
const all = [...single, 'desk'] as const;

const forked = [
  {
    key: 'node',
    title: "tRPC's node adapter, the same router",
    file: 'node-adapter',
    protocol: 'trpc',
    workloads: all,
  },
  {
    key: 'fastify',
    title: "tRPC's fastify adapter, the same router",
    file: 'fastify-adapter',
    protocol: 'trpc',
    workloads: all,
  },
  {
    key: 'models',
    title: 'Prisma model calls in a transaction, behind the same server',
    file: 'models',
    protocol: 'trpc',
    workloads: single,
  },
  {
    key: 'lite',
    title: 'The HTTP of supabase-js to @supabase/lite',
    file: 'local-supabase',
    protocol: 'postgrest',
    workloads: single,
  },
] as const;

export interface Started {
  contenders: Contender[];
  /** Those that could not be had here, a sentence each. */
  missing: string[];
  /** Node's version that all of them run on. */
  node: string;
}

/** Starts each of them over the same database, with the same number of connections, on the same Node. */
export async function startContenders(database: BenchDatabase, wanted: (key: string) => boolean): Promise<Started> {
  const contenders: Contender[] = [];
  const missing: string[] = [];
  const node22 = wanted('postgraphile') ? findNode22() : null;
  const execPath = (await node22?.catch(() => null)) ?? process.execPath;
  const node = await outputOf(execPath, ['-p', 'process.versions.node']);
  if (wanted('ours')) {
    contenders.push(await startOurs(database, { execPath }));
  }
  for (const { file, ...rest } of forked) {
    if (wanted(rest.key)) {
      const child = fork(fileURLToPath(new URL(`./serve/${file}.js`, import.meta.url)), {
        env: quietEnv(),
        execPath,
        execArgv,
        // Where the log goes of the one that has a log.
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      contenders.push({ ...rest, process: child, port: await portOf(child, database) });
    }
  }
  if (node22) {
    try {
      contenders.push(await startPostGraphile(database, await node22));
    } catch (error) {
      missing.push(`PostGraphile 5 could not be started here: ${(error as Error).message.split('\n', 1)[0]}`);
    }
  }
  return { contenders, missing, node };
}

/** Milliseconds of processor time that a contender's process has taken so far; `null` where Linux does not say. */
export async function cpuMsOf({ process: child }: Contender): Promise<number | null> {
  const text = await readFile(`/proc/${child.pid}/stat`, 'utf8').catch(() => null);
  const [user, system] =
    text
      ?.slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13)
      .map(Number) ?? [];
  // In ticks of a hundredth of a second, on every Linux that Node runs on.
  return user === undefined || system === undefined ? null : (user + system) * 10;
}

export function stopContenders(contenders: readonly Contender[]): void {
  for (const { process: child } of contenders) {
    child.kill('SIGTERM');
  }
}

function quietEnv(): NodeJS.ProcessEnv {
  return { ...process.env, NODE_ENV: 'production', DO_NOT_TRACK: '1' };
}

/** What the product's server has to know. */
type ServerSetting = Pick<Setting, 'apiUrl' | 'superuserUrl' | 'issuer' | 'jwtSecret' | 'poolSize'>;

interface StartOptions {
  env?: NodeJS.ProcessEnv;
  execPath?: string;
  /** The folder of the product. */
  from?: string;
}

/** The product's own command, every guard on; only its limit of calls a minute is out of the generator's way. */
export async function startOurs(
  { setting, folder }: { setting: ServerSetting; folder: string },
  { env = {}, execPath = process.execPath, from = root }: StartOptions = {},
): Promise<Contender> {
  const port = await freePort();
  const log = await open(join(folder, 'server.log'), 'a');
  const child = spawn(execPath, [...execArgv, ...nodeOptions(), join(from, 'apps/server/dist/main.js')], {
    stdio: ['ignore', log.fd, log.fd],
    env: {
      ...quietEnv(),
      PORT: String(port),
      DATABASE_URL: setting.apiUrl,
      DIRECT_URL: setting.superuserUrl,
      SUPABASE_URL: setting.issuer.replace('/auth/v1', ''),
      SUPABASE_JWT_SECRET: setting.jwtSecret,
      POOL_SIZE: String(setting.poolSize),
      LOG_LEVEL: 'info',
      RATE_LIMIT: '1000000000',
      LEDGER_CHECK_MINUTES: '0',
      REELDESK_DATA_DIR: join(folder, 'data'),
      ...env,
    },
  });
  await log.close();
  const ended = once(child, 'exit').then(() => true);
  while (!(await isReady(port))) {
    if (await Promise.race([ended, setTimeout(25, false)])) {
      throw new Error(`The server did not start; see ${join(folder, 'server.log')}`);
    }
  }
  return { key: 'ours', title: 'Reeldesk', protocol: 'trpc', workloads: all, port, process: child };
}

// For a profile: NODE_ARGS="--cpu-prof --cpu-prof-dir=/tmp/profile".
function nodeOptions(): string[] {
  return (process.env['NODE_ARGS'] ?? '').split(' ').filter(Boolean);
}

async function isReady(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  );
}

const withNode22 = ['-y', '-p', 'node@22'];

// PostGraphile needs it. All others run on it too, so that programs are compared and not versions of Node.
async function findNode22(): Promise<string> {
  return outputOf('npx', [...withNode22, 'node', '-p', 'process.execPath']);
}

// Its packages are the benchmark's own.
async function startPostGraphile(database: BenchDatabase, execPath: string): Promise<Contender> {
  const cache = join(root, '.cache', 'bench-postgraphile');
  await mkdir(cache, { recursive: true });
  await cp(join(root, 'bench/api/postgraphile'), cache, { recursive: true });
  if (!(await exists(join(cache, 'installed')))) {
    const npm = spawn('npx', [...withNode22, 'npm', 'install', '--no-audit', '--no-fund'], {
      cwd: cache,
      stdio: 'ignore',
    });
    const [code] = (await once(npm, 'exit')) as [number | null];
    if (code !== 0) {
      throw new Error('npm could not install its packages');
    }
    await writeFile(join(cache, 'installed'), '');
  }
  const child = fork(join(cache, 'serve.mjs'), {
    execPath,
    execArgv,
    cwd: cache,
    env: quietEnv(),
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const port = await portOf(child, database);
  return { key: 'postgraphile', title: 'PostGraphile 5', protocol: 'graphql', workloads: single, port, process: child };
}

async function outputOf(command: string, args: string[]): Promise<string> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) {
    throw new Error(`${command} failed`);
  }
  return text.trim();
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function portOf(child: ChildProcess, { setting }: BenchDatabase): Promise<number> {
  child.send(setting);
  const [answer] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => [{ error: 'it ended at once' }]),
  ])) as [{ port?: number; error?: string }];
  if (answer.port === undefined) {
    throw new Error(answer.error);
  }
  return answer.port;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
