import type { Actor } from '@reeldesk/db/actor';
import { createDatabase, type Database } from '@reeldesk/db/client';
import pg from 'pg';
import { reports, type Report } from './reports.ts';

export interface LoadedDatabase {
  rows: number;
  apiUrl: string;
  superuserUrl: string;
  /** An analyst. */
  actor: Actor;
  userId: string;
}

/** Milliseconds of every call, and of the plain query beside it. */
export interface ReportTimes {
  report: Report;
  rows: number;
  times: number[];
  plainTimes: number[];
}

/**
 * Measures every report on all databases in turn, round by round, so that the machine's mood is the same for all;
 * the plain query only as often as `plainBudgetMs` allows, at least once after one to warm up.
 */
export async function measureReports(
  databases: readonly LoadedDatabase[],
  rounds: number,
  plainBudgetMs: number,
): Promise<ReportTimes[]> {
  const open = await Promise.all(
    databases.map(async (database) => {
      const client = new pg.Client({ connectionString: database.superuserUrl });
      await client.connect();
      return { ...database, db: createDatabase({ url: database.apiUrl, poolSize: 1 }), client };
    }),
  );
  const results: ReportTimes[] = [];
  for (const report of reports) {
    const of = open.map((database) => ({ database, times: [] as number[], plainTimes: [] as number[], spent: 0 }));
    for (let round = -2; round < rounds; round++) {
      for (const result of of) {
        const time = await timed(() => report.run(result.database.db, result.database.actor));
        if (round >= 0) {
          result.times.push(time);
        }
        if (round < 0 ? round === -1 : result.spent < plainBudgetMs) {
          const plainTime = await timed(() => result.database.client.query(report.plain));
          result.spent += plainTime;
          if (round >= 0 || result.spent >= plainBudgetMs) {
            result.plainTimes.push(plainTime);
          }
        }
      }
    }
    results.push(...of.map(({ database, times, plainTimes }) => ({ report, rows: database.rows, times, plainTimes })));
  }
  await Promise.all(open.map(({ db, client }) => close(db, client)));
  return results;
}

async function close(db: Database, client: pg.Client): Promise<void> {
  await db.$disconnect();
  await client.end();
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await run();
  return performance.now() - started;
}
