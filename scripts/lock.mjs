import { mkdirSync, readFileSync, rmSync, statSync, linkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs `work` while no other process holds the lock at `path`; a lock whose process is gone is taken over.
 * `onWait` is told once the id of the process that is waited for.
 */
export async function withLock(path, work, onWait = () => {}) {
  mkdirSync(dirname(path), { recursive: true });
  const mine = describeProcess(process.pid);
  let isWaiting = false;
  while (!create(path, mine)) {
    const owner = read(path);
    if (owner !== undefined && !isAlive(owner)) {
      removeStale(path, owner);
      continue;
    }
    if (!isWaiting && owner !== undefined) onWait(Number.parseInt(owner, 10));
    isWaiting = true;
    await sleep(100);
  }
  const release = () => read(path) === mine && rmSync(path, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.removeListener('exit', release);
    release();
  }
}

/** Makes the file with its content in one step, so that nobody ever reads an empty lock. */
function create(path, content) {
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, content);
  try {
    linkSync(temporary, path);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Only who holds the second lock may remove a stale first one; else two could remove each other's fresh one. */
function removeStale(path, owner) {
  const guard = `${path}.stale`;
  if (!create(guard, String(process.pid))) {
    const stat = statSync(guard, { throwIfNoEntry: false });
    if (stat && Date.now() - stat.mtimeMs > 10_000) rmSync(guard, { force: true });
    return;
  }
  try {
    if (read(path) === owner) rmSync(path, { force: true });
  } finally {
    rmSync(guard, { force: true });
  }
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** The process id with the time of its start where the system tells it, because ids are used again. */
function describeProcess(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Field 22; the second field, the name, may hold spaces and ends with the last parenthesis.
    return `${pid} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`;
  } catch {
    return `${pid}`;
  }
}

function isAlive(owner) {
  const pid = Number.parseInt(owner, 10);
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== 'EPERM') return false;
  }
  return describeProcess(pid) === owner;
}
