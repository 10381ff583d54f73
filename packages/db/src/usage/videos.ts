import { z } from 'zod';
import { readRows, type Actor } from '../actor.ts';
import type { Database } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { total } from '../shapes.ts';
import { checkRange, filterCondition, type UsageFilter, type UsageRange } from './range.ts';
import { readReportAsStaff } from './reader.ts';
import { readRunningTotals } from './running-totals.ts';
import type { VideoOutcomes } from './shapes.ts';

/** How the videos of a range ended, and how many are under way now (deleted ones left out). For staff. */
export async function videoOutcomes(
  db: Database,
  actor: Actor,
  input: UsageRange & { filter?: UsageFilter | undefined },
): Promise<VideoOutcomes> {
  checkRange(input);
  return readReportAsStaff(db, actor, async (tx) => {
    const found = await readRunningTotals(tx, { ...input, unit: 'total' });
    const of = (measure: 'entriesOut' | 'videosCompleted' | 'videosFailed' | 'creditsFailed') =>
      found.series
        .filter(({ kind }) => kind === 'usage')
        .reduce((sum, { at }) => sum + at[1]![measure] - at[0]![measure], 0);
    // A partial index holds just these.
    const [underWay] = await readRows(
      tx,
      Prisma.sql`
        select count(*) filter (where t.status = 'pending') as pending, count(*) filter (where t.status = 'processing') as processing
        from public.videos t
        where t.deleted_at is null and t.status in ('pending', 'processing') ${filterCondition(input.filter ?? {}, 't')}`,
      z.object({ pending: total, processing: total }),
    );
    const [completed, failed] = [of('videosCompleted'), of('videosFailed')];
    return {
      from: found.from,
      to: found.to,
      videosBegun: of('entriesOut'),
      videosCompleted: completed,
      videosFailed: failed,
      creditsFailed: of('creditsFailed'),
      failureRate: completed + failed === 0 ? null : failed / (completed + failed),
      ...underWay!,
    };
  });
}
