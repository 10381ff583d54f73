import { createDatabase } from '@reeldesk/db/client';
import { openCsvExport } from '@reeldesk/db/usage/export';
import type { LoadedDatabase } from './measure-reports.ts';
import type { Facts } from './write-report.ts';

const WANTED_ROWS = 1_000_000;

/** Exports a million ledger rows, or all of the largest database that has no more, and watches the process's memory. */
export async function measureExport(databases: readonly LoadedDatabase[]): Promise<NonNullable<Facts['export']>> {
  const [database] = databases
    .filter(({ rows }) => rows <= WANTED_ROWS)
    .toSorted((a, b) => b.rows - a.rows)
    .concat(databases);
  const db = createDatabase({ url: database!.apiUrl, poolSize: 1 });
  const input = {
    from: '2023-01-01',
    to: '2026-12-31',
    timeZone: 'UTC',
    types: ['charge' as const, 'refund' as const, 'adjustment' as const],
  };
  globalThis.gc?.();
  const rssBytesBefore = process.memoryUsage.rss();
  const started = performance.now();
  const { rows, chunks } = await openCsvExport(db, database!.actor, { kind: 'usage-entries', input });
  let [bytes, rssBytesPeak] = [0, rssBytesBefore];
  for await (const chunk of chunks) {
    bytes += Buffer.byteLength(chunk);
    rssBytesPeak = Math.max(rssBytesPeak, process.memoryUsage.rss());
  }
  const seconds = (performance.now() - started) / 1000;
  await db.$disconnect();
  return { rows, seconds, bytes, rssBytesBefore, rssBytesPeak };
}
