import { z } from 'zod';
import { readRows, type Actor } from '../actor.ts';
import type { Database } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { total } from '../shapes.ts';
import { checkRange, filterCondition, isFiltered, rangeRow, type UsageFilter, type UsageRange } from './range.ts';
import { readReportAsStaff } from './reader.ts';
import { readRunningTotals } from './running-totals.ts';
import type { RefundReport } from './shapes.ts';

const share = z.object({ of: z.enum(['reason', 'wait']), name: z.string().nullable(), credits: total, refunds: total });
type Share = z.infer<typeof share>;

/** What was given back in a range, by reason, and how long after the charge. For staff. */
export async function refundReport(
  db: Database,
  actor: Actor,
  input: UsageRange & { filter?: UsageFilter | undefined },
): Promise<RefundReport> {
  checkRange(input);
  const filter = input.filter ?? {};
  return readReportAsStaff(db, actor, async (tx) => {
    const found = await readRunningTotals(tx, { ...input, unit: 'total' });
    const [used, refunded, refunds] = (['creditsOut', 'creditsIn', 'entriesIn'] as const).map((measure) =>
      found.series
        .filter(({ kind }) => kind === 'usage')
        .reduce((sum, { at }) => sum + at[1]![measure] - at[0]![measure], 0),
    ) as [number, number, number];
    const shares = await readRows(
      tx,
      Prisma.sql`
          select 'reason' as of, r.* from (${sharesOf(input, 'refund_reason', Prisma.sql`left(t.reason, 500)`, filter)}) r
          union all
          select 'wait' as of, w.* from (${sharesOf(input, 'refund_wait', waitStep, filter)}) w`,
      share,
    );
    const reasons = shares.filter(({ of }) => of === 'reason');
    return {
      from: found.from,
      to: found.to,
      creditsUsed: used,
      creditsRefunded: refunded,
      refunds,
      reasons: reasons.map(({ name, credits, refunds: count }) => ({
        reason: name,
        creditsRefunded: credits,
        refunds: count,
        rate: used === 0 ? null : credits / used,
      })),
      timeToRefund: percentiles(shares.filter(({ of }) => of === 'wait')),
    };
  });
}

const waitStep = Prisma.sql`usage.wait_step(t.created_at - (
  select min(c.created_at) from public.credit_transactions c where c.video_id = t.video_id and c.type = 'charge'
))`;

/**
 * Refunds of a range by a name that series have as their reason: the difference of two running totals, the ledger
 * between each boundary and the quarter of an hour before it, and the rows that are not in the rollups.
 */
function sharesOf(range: UsageRange, kind: string, name: Prisma.Sql, filter: UsageFilter): Prisma.Sql {
  const bound = (column: string) =>
    Prisma.sql`select ${Prisma.raw(column)} as at, date_bin(interval '15 minutes', ${Prisma.raw(column)}, timestamptz '1970-01-01 00:00:00+00') as quarter from range`;
  const before = (side: string) => Prisma.sql`left join lateral (
      select t.credits_in, t.entries_in from usage.totals t
      where t.series_id = s.id and t.quarter < (select quarter from ${Prisma.raw(side)}) order by t.quarter desc limit 1
    ) ${Prisma.raw(`of_${side}`)} on true`;
  const edge = (side: string, sign: number) => Prisma.sql`
    select ${name}, ${sign}::integer * t.amount, ${sign}::integer from public.credit_transactions t
    where t.created_at >= (select quarter from ${Prisma.raw(side)}) and t.created_at < (select at from ${Prisma.raw(side)})
      and t.type = 'refund' and t.xid < (select usage.live_from()) ${filterCondition(filter, 't')}`;
  // Waits are kept once for all videos, in far fewer series, and once by the three dimensions.
  const whole =
    kind === 'refund_wait' ? Prisma.sql`and s.dimensions = ${isFiltered(filter) ? 7 : 0}::integer` : Prisma.empty;
  return Prisma.sql`
    with range as materialized (${rangeRow(range)}),
    first as materialized (${bound('from_at')}), last as materialized (${bound('to_at')}),
    -- By itself, or the condition on the name below would be asked of charges too.
    parts (name, credits, refunds) as materialized (
      select s.reason, of_last.credits_in - coalesce(of_first.credits_in, 0), of_last.entries_in - coalesce(of_first.entries_in, 0)
      from usage.series s ${before('first')} ${before('last')}
      where s.kind = ${kind} ${whole} and (select usage.live_from()) > '0' and of_last.entries_in is not null ${filterCondition(filter, 's')}
      union all ${edge('first', -1)}
      union all ${edge('last', 1)}
      union all
      select ${name}, t.amount, 1 from usage.live_entries() t
      where t.type = 'refund' and t.created_at >= (select at from first) and t.created_at < (select at from last)
        ${filterCondition(filter, 't')}
    )
    select p.name, sum(p.credits) as credits, sum(p.refunds) as refunds from parts p
    ${kind === 'refund_wait' ? Prisma.sql`where p.name is not null` : Prisma.empty}
    group by p.name having sum(p.refunds) > 0
    order by credits desc, p.name`;
}

// Step n runs from 2^(n/16) - 1 seconds up to the next one; its middle stands for all in it.
function percentiles(waits: readonly Share[]): RefundReport['timeToRefund'] {
  const steps = waits.map(({ name, refunds }) => ({ step: Number(name), refunds })).toSorted((a, b) => a.step - b.step);
  const all = steps.reduce((sum, { refunds }) => sum + refunds, 0);
  const at = (part: number): number | null => {
    let passed = 0;
    for (const { step, refunds } of steps) {
      passed += refunds;
      if (passed >= all * part) {
        return 2 ** ((step + 0.5) / 16) - 1;
      }
    }
    return null;
  };
  return { median: at(0.5), p90: at(0.9), refunds: all };
}
