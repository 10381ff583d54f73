import pg from 'pg';
import { z } from 'zod';
import { translateError } from './actor.ts';
import type { Database } from './client.ts';
import { Prisma } from './generated/client.ts';

/** How far changes are announced, and from which transaction on all of them can still be read. */
export interface Announced {
  announced: bigint;
  keptFrom: bigint;
}

const CHANNEL = 'reeldesk_changes';
const PAUSE_MS = 250;
const PAUSE_AFTER_FAILURE_MS = 1_000;

const answer = z.object({ announced: z.coerce.bigint(), kept_from: z.coerce.bigint() });

/** Announces what is new, when nobody else has just done so, and says how far that goes now. */
export async function announceChanges(db: Database): Promise<Announced> {
  try {
    const [row] = await db.$queryRaw<[{ answer: unknown }]>(Prisma.sql`select reeldesk.announce_changes() as answer`);
    const { announced, kept_from: keptFrom } = answer.parse(row.answer);
    return { announced, keptFrom };
  } catch (error) {
    throw translateError(error, { kind: 'backend' });
  }
}

export interface Feed {
  /** Looks now, and answers when `onAnnounced` has been done with what was found; raises what the database raises. */
  look(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Looks for news four times a second, and at once when another server announces some. Each look answers how far
 * they go, so that nothing is lost where notifications don't get through: behind a pooler, or at a restart.
 */
export function startFeed(db: Database, url: string, onAnnounced: (announced: Announced) => Promise<void>): Feed {
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | null = null;
  let listener: pg.Client | null = null;

  const look = (): Promise<void> => {
    looking ??= announceChanges(db)
      .then(onAnnounced)
      .finally(() => {
        looking = null;
      });
    return looking;
  };
  const lookOn = async () => {
    clearTimeout(timer);
    let pause = PAUSE_MS;
    try {
      await look();
      await listen();
    } catch {
      pause = PAUSE_AFTER_FAILURE_MS;
    }
    if (!isStopped) {
      clearTimeout(timer);
      timer = setTimeout(() => void lookOn(), pause);
    }
  };
  const listen = async () => {
    if (listener || isStopped) {
      return;
    }
    const client = new pg.Client({
      connectionString: url,
      application_name: 'reeldesk live updates',
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
    });
    listener = client;
    const forget = () => {
      if (listener === client) {
        listener = null;
      }
    };
    client.on('error', forget).on('end', forget);
    client.on('notification', () => void look().catch(() => undefined));
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
    } catch (error) {
      forget();
      void client.end().catch(() => undefined);
      throw error;
    }
  };
  void lookOn();

  return {
    look,
    stop: async () => {
      isStopped = true;
      clearTimeout(timer);
      await Promise.all([looking?.catch(() => undefined), listener?.end().catch(() => undefined)]);
    },
  };
}
