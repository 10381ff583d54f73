import { readAs, type Actor, type Reader } from '../actor.ts';
import { createDatabase, type Database, type DatabaseOptions } from '../client.ts';
import { ReeldeskError } from '../errors.ts';
import { Prisma } from '../generated/client.ts';
import { isOutOfTime } from './reader.ts';
import type { ReportSource } from './shapes.ts';

export interface ReportDatabase {
  /** Runs a report on the replica where that may be, and on the primary where not, or when the replica fails at it. */
  read<T>(actor: Actor, report: (db: Database) => Promise<T>): Promise<{ answer: T; source: ReportSource }>;
  close(): Promise<void>;
}

const LOOK_EVERY_MS = 500;

interface Position {
  at: number;
  bytes: number;
}

/**
 * Reports from a streaming replica. Its lag is the age of the newest position of the primary that it has reached:
 * exact while nothing is written, too, and growing when the connection between the two is lost. Past `maxLagSeconds`
 * reports come from the primary. Staff are those of the primary: a role that was taken away ends at once.
 */
export function createReportDatabase(options: {
  primary: Database;
  replica: DatabaseOptions;
  maxLagSeconds: number;
}): ReportDatabase {
  const { primary, maxLagSeconds } = options;
  const replica = createDatabase({ connectionTimeoutMs: 2_000, ...options.replica });
  let seen: Position[] = [];
  let reached: Position | null = null;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const look = async () => {
    try {
      const at = performance.now();
      // The primary's position before the replica's: what the replica has reached then is at least so old.
      const bytes = await position(primary, Prisma.sql`pg_current_wal_lsn()`);
      seen.push({ at, bytes });
      const replayed = await position(
        replica,
        Prisma.sql`case when pg_is_in_recovery() then pg_last_wal_replay_lsn() end`,
      );
      reached = seen.findLast((one) => one.bytes <= replayed) ?? reached;
      seen = seen.filter((one) => reached === null || one.at >= reached.at).slice(-1_000);
    } catch {
      reached = null;
    }
    if (!isClosed) {
      timer = setTimeout(() => void look(), LOOK_EVERY_MS);
      timer.unref();
    }
  };
  void look();

  /** How far the replica is behind, `null` when it can't be used. */
  const lagSeconds = (): number | null => {
    if (reached === null) {
      return null;
    }
    return (performance.now() - reached.at) / 1000;
  };

  const mayUse = async (actor: Actor): Promise<boolean> => {
    const [here, there] = await Promise.all([readerOf(primary, actor), readerOf(replica, actor)]);
    return here === there && here !== 'user' && here !== 'anon';
  };

  return {
    read: async (actor, report) => {
      const lag = lagSeconds();
      if (lag !== null && lag <= maxLagSeconds) {
        try {
          if (await mayUse(actor)) {
            return { answer: await report(replica), source: { database: 'replica', lagSeconds: lag } };
          }
        } catch (error) {
          // What the caller did wrong is wrong on the primary, too, and what takes too long takes as long there.
          if (isOutOfTime(error) || (error instanceof ReeldeskError && error.reason !== 'unavailable')) {
            throw error;
          }
          reached = null;
        }
      }
      return { answer: await report(primary), source: { database: 'primary', lagSeconds: 0 } };
    },
    close: async () => {
      isClosed = true;
      clearTimeout(timer);
      await replica.$disconnect();
    },
  };
}

async function position(db: Database, lsn: Prisma.Sql): Promise<number> {
  const rows = await db.$queryRaw<[{ bytes: string | null }]>(
    Prisma.sql`select pg_wal_lsn_diff(${lsn}, '0/0')::text as bytes`,
  );
  const { bytes } = rows[0];
  if (bytes === null) {
    throw new Error('This database is no replica.');
  }
  return Number(bytes);
}

async function readerOf(db: Database, actor: Actor): Promise<Reader> {
  return readAs(db, actor, async (_tx, reader) => reader);
}
