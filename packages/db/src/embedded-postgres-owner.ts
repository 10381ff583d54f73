import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/** Another live process works with the same data; nothing was touched. */
export class AlreadyRunningError extends Error {
  override name = 'AlreadyRunningError';
  readonly pid: number;

  constructor(dataDir: string, pid: number) {
    super(
      `Reeldesk already runs on ${dataDir} (process ${pid}). Stop that one first: press Ctrl-C there, or run kill ${pid}.`,
    );
    this.pid = pid;
  }
}

interface Owner {
  pid: number;
  /** Tells a process from a later one with the same number. */
  startedAt: string | null;
  id: string;
}

/**
 * Makes this process the owner of `dataDir`, by a file that names it; call the answer to give it up.
 * The file of an owner that no longer lives is taken over. Raises `AlreadyRunningError`.
 */
export async function claimDataDir(dataDir: string): Promise<() => Promise<void>> {
  const path = ownerPath(dataDir);
  const own: Owner = { pid: process.pid, startedAt: await processStartedAt(process.pid), id: randomUUID() };
  const draft = `${path}.${own.id}`;
  await writeFile(draft, JSON.stringify(own), { mode: 0o600 });
  try {
    for (;;) {
      if (await linked(draft, path)) {
        return async () => {
          if ((await readOwner(path))?.id === own.id) {
            await rm(path, { force: true });
          }
        };
      }
      const other = await readOwner(path);
      if (other && (await isAlive(other))) {
        throw new AlreadyRunningError(dataDir, other.pid);
      }
      await removeStaleOwner(path, other);
    }
  } finally {
    await rm(draft, { force: true });
  }
}

/** Whether a live process owns `dataDir`. */
export async function isOwned(dataDir: string): Promise<boolean> {
  const owner = await readOwner(ownerPath(dataDir));
  return owner !== null && isAlive(owner);
}

/**
 * Stops a server that a killed owner left behind, and waits for its end. Call it as owner of the
 * data. A lock file whose process is something else by now (numbers are used again) is removed.
 */
export async function stopOrphanedServer(clusterDir: string, onProgress?: (message: string) => void): Promise<void> {
  const lockFile = join(clusterDir, 'postmaster.pid');
  const pid = Number((await readFile(lockFile, 'utf8').catch(() => '')).split('\n', 1)[0]);
  if (!Number.isInteger(pid) || pid <= 1 || !exists(pid)) {
    return;
  }
  const command = await commandOf(pid);
  if (command !== null && !command.includes(clusterDir)) {
    await rm(lockFile, { force: true });
    return;
  }
  onProgress?.(`Stopping the PostgreSQL that an earlier start left behind (process ${pid})`);
  for (const [signal, patience] of [
    ['SIGINT', 15_000],
    ['SIGQUIT', 10_000],
  ] as const) {
    if (!sent(pid, signal) || (await ended(pid, patience))) {
      return;
    }
  }
  throw new Error(
    `PostgreSQL of an earlier start (process ${pid}) does not stop. End it with kill -9 ${pid} and start again.`,
  );
}

function ownerPath(dataDir: string): string {
  return join(dataDir, 'owner.json');
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      return false;
    }
    throw error;
  }
}

async function readOwner(path: string): Promise<Owner | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Owner;
  } catch {
    return null;
  }
}

// Two starters may see the same stale file: what was moved away is looked at again, and a live one's put back.
async function removeStaleOwner(path: string, stale: Owner | null): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  if ((await readOwner(aside))?.id !== stale?.id) {
    await linked(aside, path);
  }
  await rm(aside, { force: true });
}

async function isAlive(owner: Owner): Promise<boolean> {
  if (!exists(owner.pid)) {
    return false;
  }
  const startedAt = await processStartedAt(owner.pid);
  return startedAt === null || owner.startedAt === null || startedAt === owner.startedAt;
}

/** False when the process has ended by itself meanwhile. */
function sent(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') {
      return false;
    }
    throw error;
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function ended(pid: number, patienceMs: number): Promise<boolean> {
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await sleep(25)) {
    if (!exists(pid) || (await isZombie(pid))) {
      return true;
    }
  }
  return false;
}

// Where nothing reaps orphans (a container without init) an ended process keeps its number.
async function isZombie(pid: number): Promise<boolean> {
  return platform() === 'linux' && (await statFields(pid))?.[0] === 'Z';
}

/** The fields of /proc/<pid>/stat from the state on; the name before it may hold blanks and brackets. */
async function statFields(pid: number): Promise<string[] | null> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  return line === null ? null : line.slice(line.lastIndexOf(')') + 2).split(' ');
}

async function processStartedAt(pid: number): Promise<string | null> {
  if (platform() === 'linux') {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
    const ticks = (await statFields(pid))?.[19];
    return ticks === undefined ? null : `${boot.trim()} ${ticks}`;
  }
  return ps(pid, 'lstart=');
}

async function commandOf(pid: number): Promise<string | null> {
  if (platform() === 'linux') {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => null))?.replaceAll('\0', ' ') ?? null;
  }
  return ps(pid, 'command=');
}

async function ps(pid: number, column: string): Promise<string | null> {
  if (platform() === 'win32') {
    return null;
  }
  const { stdout } = await promisify(execFile)('ps', ['-o', column, '-p', String(pid)]).catch(() => ({ stdout: '' }));
  return stdout.trim() || null;
}
