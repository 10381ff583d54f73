import type { Database } from '@reeldesk/db/client';
import type { ReportSource } from '@reeldesk/db/usage/shapes';
import type { Context } from './trpc.ts';

/** Reads a report where reports are read, the replica if there is one that keeps up, and answers where that was. */
export async function readWithSource<T>(
  { db, actor, reports, requestId }: Context,
  report: (db: Database) => Promise<T>,
): Promise<{ answer: T; source: ReportSource }> {
  return reports
    ? reports.read({ ...actor, requestId }, report)
    : { answer: await report(db), source: { database: 'primary', lagSeconds: 0 } };
}

/** As `readWithSource`, with the source as one of the answer's fields. */
export async function readReport<T extends object>(
  context: Context,
  report: (db: Database) => Promise<T>,
): Promise<T & { source: ReportSource }> {
  const { answer, source } = await readWithSource(context, report);
  return { ...answer, source };
}
