import { z } from 'zod';
import { readRows, type Actor } from './actor.ts';
import type { Database } from './client.ts';
import { Prisma } from './generated/client.ts';
import { day, type CreditUsageBucket, type VideoType } from './shapes.ts';
import { checkRange } from './usage/range.ts';
import { readReportAsStaff } from './usage/reader.ts';
import { readRunningTotals, type Sums } from './usage/running-totals.ts';

export interface CreditUsageByDay {
  timeZone: string;
  /** The day that is not over yet, in that zone. */
  today: string;
  /** One per day and video type of the range, the empty ones too, in that order. */
  buckets: CreditUsageBucket[];
  totals: { creditsUsed: number; creditsRefunded: number; charges: number; refunds: number };
}

/**
 * Credits used and refunded per day of a time zone, from the ledger: a refund counts on the day it was made.
 * `from` and `to` are calendar days of that zone, both inclusive; days are as long as its clocks make them.
 * For staff.
 */
export async function creditUsageByDay(
  db: Database,
  actor: Actor,
  input: { from: string; to: string; timeZone: string; videoType?: VideoType | undefined },
): Promise<CreditUsageByDay> {
  checkRange(input, 'day');
  const { timeZone, videoType } = input;
  return readReportAsStaff(db, actor, async (tx) => {
    const found = await readRunningTotals(tx, {
      ...input,
      unit: 'day',
      filter: { videoType },
      breakdown: 'videoType',
    });
    const sums = new Map(found.series.filter(({ kind }) => kind === 'usage').map(({ key, at }) => [key, at]));
    const isUnknownUsed = entriesOf(sums.get(null)) > 0;
    const kinds = videoType ? [videoType] : [...videoTypes, ...(isUnknownUsed ? [null] : [])];
    const totals = { creditsUsed: 0, creditsRefunded: 0, charges: 0, refunds: 0 };
    const buckets = found.buckets.flatMap(({ label }, n) =>
      kinds.map((kind) => {
        const at = sums.get(kind);
        const of = (measure: 'creditsOut' | 'creditsIn' | 'entriesOut' | 'entriesIn') =>
          at ? at[n + 1]![measure] - at[n]![measure] : 0;
        const figures = {
          creditsUsed: of('creditsOut'),
          creditsRefunded: of('creditsIn'),
          charges: of('entriesOut'),
          refunds: of('entriesIn'),
        };
        for (const name of Object.keys(totals) as (keyof typeof totals)[]) {
          totals[name] += figures[name];
        }
        return { day: label, videoType: kind, ...figures };
      }),
    );
    const [now] = await readRows(
      tx,
      Prisma.sql`select (now() at time zone ${timeZone})::date as today`,
      z.object({ today: day }),
    );
    return { timeZone, today: now!.today, buckets, totals };
  });
}

const videoTypes = ['text_to_video', 'image_to_video'] as const;

function entriesOf(at: readonly Sums[] | undefined): number {
  const [first, last] = [at?.[0], at?.at(-1)];
  return first && last ? last.entriesOut - first.entriesOut + last.entriesIn - first.entriesIn : 0;
}
