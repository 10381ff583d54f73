import { z } from 'zod';
import { readAsStaff, readRows, type Actor } from './actor.ts';
import type { Database } from './client.ts';
import { ReeldeskError } from './errors.ts';
import { Prisma } from './generated/client.ts';
import { creditUsageBucket, day, type CreditUsageBucket, type VideoType } from './shapes.ts';

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
  const { from, to, timeZone } = input;
  checkTimeZone(timeZone);
  return readAsStaff(db, actor, async (tx) => {
    // The day decides; the range in UTC around it only serves the index. Where clocks go back at
    // midnight, that midnight comes twice, and a range from one of the two would lose an hour.
    const buckets = await readRows(
      tx,
      Prisma.sql`
        with ledger as (
          select l.day, t.video_type, t.type, t.amount
          from public.credit_transactions t
          cross join lateral (select (t.created_at at time zone ${timeZone})::date as day) l
          where t.type in ('charge', 'refund')
            and t.created_at >= (${from}::date::timestamp at time zone ${timeZone}) - interval '3 hours'
            and t.created_at < ((${to}::date + 1)::timestamp at time zone ${timeZone}) + interval '3 hours'
            and l.day between ${from}::date and ${to}::date
            ${input.videoType ? Prisma.sql`and t.video_type = ${input.videoType}` : Prisma.empty}
        ), kinds as (
          select k as video_type from unnest(array['text_to_video', 'image_to_video']) k
          ${input.videoType ? Prisma.sql`where k = ${input.videoType}` : Prisma.empty}
          union select distinct video_type from ledger
        ), days as (
          select d::date as day from generate_series(${from}::date::timestamp, ${to}::date::timestamp, interval '1 day') d
        )
        select d.day, k.video_type,
          coalesce(-sum(l.amount) filter (where l.type = 'charge'), 0) as credits_used,
          coalesce(sum(l.amount) filter (where l.type = 'refund'), 0) as credits_refunded,
          count(*) filter (where l.type = 'charge') as charges,
          count(*) filter (where l.type = 'refund') as refunds
        from days d cross join kinds k
        left join ledger l on l.day = d.day and l.video_type is not distinct from k.video_type
        group by d.day, k.video_type
        order by d.day, k.video_type desc nulls last`,
      creditUsageBucket,
    );
    const [now] = await readRows(
      tx,
      Prisma.sql`select (now() at time zone ${timeZone})::date as today`,
      z.object({ today: day }),
    );
    const totals = { creditsUsed: 0, creditsRefunded: 0, charges: 0, refunds: 0 };
    for (const bucket of buckets) {
      totals.creditsUsed += bucket.creditsUsed;
      totals.creditsRefunded += bucket.creditsRefunded;
      totals.charges += bucket.charges;
      totals.refunds += bucket.refunds;
    }
    return { timeZone, today: now!.today, buckets, totals };
  });
}

// Offsets are refused: PostgreSQL reads the sign of +05:30 the other way round.
function checkTimeZone(timeZone: string): void {
  try {
    if (!/^[a-z]/i.test(timeZone)) {
      throw new RangeError('not a name');
    }
    new Intl.DateTimeFormat('en', { timeZone });
  } catch {
    throw new ReeldeskError('invalid_input', `timeZone ${timeZone} is not known.`, {
      details: { field: 'timeZone' },
      hint: 'Use an IANA name, such as Europe/Berlin or UTC.',
    });
  }
}
