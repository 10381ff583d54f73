import { setTimeout as wait } from 'node:timers/promises';
import { createDatabase, type DatabaseOptions } from '@reeldesk/db/client';
import { rollUpUsage } from '@reeldesk/db/usage/roll-up';
import type { FastifyBaseLogger } from 'fastify';
import { describeForLog } from './http/log.ts';

const STOP_PATIENCE_MS = 3_000;

export interface UsageRollUp {
  /** Waits for the batch that is under way, a few seconds at most. */
  stop(): Promise<void>;
}

/**
 * Keeps the rollups of the usage reports: a batch every few seconds, on a connection of its own that waits as long as
 * the first one takes. Of several servers one does it at a time. Reports are exact meanwhile, and without it.
 */
export function startUsageRollUp(options: {
  database: Pick<DatabaseOptions, 'url' | 'namedStatements'>;
  logger: FastifyBaseLogger;
  intervalMs?: number;
}): UsageRollUp {
  const { database, logger, intervalMs = 5_000 } = options;
  const db = createDatabase({ ...database, poolSize: 1, answerTimeoutMs: 0 });
  let isStopped = false;
  let isFailing = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  const roll = async () => {
    try {
      for (;;) {
        const { hasMore } = await rollUpUsage(db, { kind: 'backend' });
        if (!hasMore || isStopped) {
          break;
        }
      }
      isFailing = false;
    } catch (error) {
      // Once for each time it begins to fail; the reports read the ledger itself meanwhile.
      if (!isFailing && !isStopped) {
        logger.warn({ err: describeForLog(error) }, 'The rollups of the usage reports could not be kept');
      }
      isFailing = true;
    }
    if (!isStopped) {
      timer = setTimeout(start, intervalMs);
      timer.unref();
    }
  };
  const start = () => {
    running = roll();
  };
  start();

  return {
    stop: async () => {
      isStopped = true;
      clearTimeout(timer);
      // All made anew takes minutes: that is left to the database, which takes it back when the connection ends.
      await Promise.race([running.then(() => db.$disconnect()), wait(STOP_PATIENCE_MS, undefined, { ref: false })]);
    },
  };
}
