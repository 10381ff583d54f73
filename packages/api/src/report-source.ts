import type { Database } from '@reeldesk/db/client';
import type { ReportSource } from '@reeldesk/db/usage/shapes';
import type { Context } from './trpc.ts';

/** Reads a report where reports are read, the replica if there is one that keeps up, and says where that was. */
export async function readReport<T extends object>(
  { db, actor, reports, requestId }: Context,
  report: (db: Database) => Promise<T>,
): Promise<T & { source: ReportSource }> {
  if (!reports) {
    return { ...(await report(db)), source: { database: 'primary', lagSeconds: 0 } };
  }
  const { answer, source } = await reports.read({ ...actor, requestId }, report);
  return { ...answer, source };
}
