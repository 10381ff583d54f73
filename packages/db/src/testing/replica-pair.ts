import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFile, chmod, mkdtemp, readFile, rm, stat, chown, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../embedded-postgres.ts';
import { migrate } from '../migrate.ts';
import { applySupabaseShim, setLoginPassword } from '../supabase-shim.ts';
import { migrationsDirectory } from './templates.ts';

export interface ReplicaPair {
  primary: EmbeddedPostgres;
  /** Starts the standby; it follows the primary. */
  startReplica(): Promise<EmbeddedPostgres>;
  /** Ends the standby at once, as a crash would. */
  killReplica(): Promise<void>;
  /** The `postgres://…` of a login for the database `postgres` of either. */
  url(server: EmbeddedPostgres, login: string): string;
  stop(): Promise<void>;
}

/** A migrated primary and a streaming standby of it: a copy of its stopped data directory that is told whom to follow. */
export async function startReplicaPair(): Promise<ReplicaPair> {
  const folder = await mkdtemp(join(tmpdir(), 'reeldesk-replica-'));
  await chmod(folder, 0o711);
  const superuserPassword = randomBytes(16).toString('hex');
  const directories = { primary: join(folder, 'primary'), replica: join(folder, 'replica') };
  const start = (dataDir: string) => startEmbeddedPostgres({ dataDir, superuserPassword });
  const url = (server: EmbeddedPostgres, login: string) => {
    const found = new URL(server.superuserUrl('postgres'));
    found.username = login;
    return found.href;
  };

  const first = await start(directories.primary);
  await applySupabaseShim({ url: first.superuserUrl('postgres') });
  for (const role of ['postgres', 'reeldesk_api'] as const) {
    await setLoginPassword(first.superuserUrl('postgres'), role, superuserPassword);
  }
  await migrate({ url: first.superuserUrl('postgres'), directory: migrationsDirectory });
  await first.stop();
  // Owners and modes are kept: run by root, PostgreSQL is another user's.
  await promisify(execFile)('cp', ['-a', directories.primary, directories.replica]);
  const primary = await start(directories.primary);
  const cluster = join(directories.replica, 'postgres');
  const signal = join(cluster, 'standby.signal');
  await writeFile(signal, '');
  const { uid, gid } = await stat(cluster);
  await chown(signal, uid, gid);
  await appendFile(
    join(cluster, 'postgresql.auto.conf'),
    `primary_conninfo = 'host=127.0.0.1 port=${primary.port} user=supabase_admin password=${superuserPassword}'\nwal_retrieve_retry_interval = '200ms'\n`,
  );
  let replica: EmbeddedPostgres | undefined;
  return {
    primary,
    url,
    startReplica: async () => {
      replica = await start(directories.replica);
      return replica;
    },
    killReplica: async () => {
      const [pid] = (await readFile(join(cluster, 'postmaster.pid'), 'utf8')).split('\n');
      process.kill(Number(pid), 'SIGKILL');
      await replica?.ended;
      // Gives up the data directory, for the next start.
      await replica?.stop();
    },
    stop: async () => {
      await replica?.stop();
      await primary.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
