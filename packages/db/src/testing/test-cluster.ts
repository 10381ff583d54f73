import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findClusterDir } from '../embedded-postgres-files.ts';
import { isOwned, stopOrphanedServer } from '../embedded-postgres-owner.ts';
import { startEmbeddedPostgres } from '../embedded-postgres.ts';

export interface TestCluster {
  /** Of the superuser, for the cluster's database `postgres`. */
  superuserUrl: string;
  /** Stops the server and removes its files. */
  stop(): Promise<void>;
}

const folderPrefix = 'reeldesk-test-';

/** Starts an empty PostgreSQL in a temporary folder, which flushes nothing to disk. */
export async function startTestCluster(): Promise<TestCluster> {
  await removeLeftOvers();
  const dataDir = await mkdtemp(join(tmpdir(), folderPrefix));
  // Run by root, PostgreSQL is another user's, who has to get through.
  await chmod(dataDir, 0o711);
  const postgres = await startEmbeddedPostgres({
    dataDir,
    superuserPassword: randomBytes(16).toString('hex'),
    durable: false,
  });
  return {
    superuserUrl: postgres.superuserUrl('postgres'),
    stop: async () => {
      await postgres.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

// A run that was killed could not clean up. A folder without an owner's file is just being made by another run.
async function removeLeftOvers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const dataDir = join(tmpdir(), name);
    if (name.startsWith(folderPrefix) && existsSync(join(dataDir, 'owner.json')) && !(await isOwned(dataDir))) {
      await findClusterDir(dataDir)
        .then((clusterDir) => stopOrphanedServer(clusterDir))
        .then(() => rm(dataDir, { recursive: true, force: true }))
        // Another user's, or another run is at it.
        .catch(() => undefined);
    }
  }
}
