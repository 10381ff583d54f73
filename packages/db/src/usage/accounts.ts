import { z } from 'zod';
import { readRows, type Actor } from '../actor.ts';
import type { Database } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { timestamp } from '../shapes.ts';
import { usageEntriesSource } from './entries.ts';
import { checkRange, isFiltered, rangeRow, type UsageFilter, type UsageRange } from './range.ts';
import { readReportAsStaff } from './reader.ts';
import {
  accountActivity as accountActivityShape,
  balanceBand,
  topAccount,
  type AccountActivity,
  type BalanceBand,
  type TopAccount,
  type UsageUnit,
} from './shapes.ts';

/**
 * The accounts that used the most credits in a range, exact and up to this moment. For staff. Without a filter from the
 * sums per account and block of days, with one from the range's ledger rows.
 */
export async function topAccounts(
  db: Database,
  actor: Actor,
  input: UsageRange & { filter?: UsageFilter | undefined; limit: number },
): Promise<TopAccount[]> {
  checkRange(input);
  const { used, refunded, charges, refunds } = sumsOfEntries;
  const perAccount = isFiltered(input.filter ?? {})
    ? Prisma.sql`select t.user_id, ${used} as credits_used, ${refunded} as credits_refunded,
        ${charges} as charges, ${refunds} as refunds
        ${usageEntriesSource(input)} group by t.user_id`
    : sumsPerAccount(input);
  return readReportAsStaff(db, actor, (tx) =>
    readRows(
      tx,
      Prisma.sql`${perAccount} order by credits_used desc, user_id limit ${input.limit}::integer`,
      topAccount,
    ),
  );
}

const sumsOfEntries = {
  used: Prisma.sql`coalesce(-sum(t.amount) filter (where t.type = 'charge'), 0)`,
  refunded: Prisma.sql`coalesce(sum(t.amount) filter (where t.type = 'refund'), 0)`,
  charges: Prisma.sql`count(*) filter (where t.type = 'charge')`,
  refunds: Prisma.sql`count(*) filter (where t.type = 'refund')`,
};

/**
 * The largest blocks of days that lie in the range whole, the ledger before the first and after the last of them, and
 * the rows that are not in the rollups.
 */
function sumsPerAccount(input: UsageRange): Prisma.Sql {
  const block = (days: Prisma.Sql, at: Prisma.Sql) =>
    Prisma.sql`date_bin(make_interval(days => ${days}), ${at}, timestamptz '1970-01-01 00:00:00+00')`;
  const floor = (at: string) => block(Prisma.sql`8`, Prisma.raw(at));
  const { used, refunded, charges, refunds } = sumsOfEntries;
  return Prisma.sql`
    with range as materialized (${rangeRow(input)}),
    kept as materialized (
      select min(s.starts_at) as from_at, max(s.starts_at) + interval '512 days' as to_at
      from usage.account_sums s where s.days = 512 and (select usage.live_from()) > '0'
    ),
    inner_days as materialized (
      select greatest(${floor(`r.from_at + interval '8 days' - interval '1 microsecond'`)}, k.from_at) as first_at,
        least(${floor('r.to_at')}, k.to_at) as last_at
      from range r cross join kept k where k.from_at is not null
    ),
    -- Without a whole block, or any rollups, the range is all end.
    whole as materialized (
      select case when i.first_at < i.last_at then i.first_at else r.to_at end as first_at,
        case when i.first_at < i.last_at then i.last_at else r.to_at end as last_at
      from range r left join inner_days i on true
    ),
    blocks as materialized (
      select d.days, b.starts_at
      from whole w
      cross join unnest(array[8, 32, 128, 512]) d (days)
      cross join lateral generate_series(
        ${block(Prisma.sql`d.days`, Prisma.sql`w.first_at + make_interval(days => d.days) - interval '1 microsecond'`)},
        w.last_at - make_interval(days => d.days), make_interval(days => d.days)
      ) b (starts_at)
      cross join lateral (select ${block(Prisma.sql`4 * d.days`, Prisma.sql`b.starts_at`)} as starts_at) larger
      where w.first_at < w.last_at and (
        d.days = 512 or larger.starts_at < w.first_at or larger.starts_at + make_interval(days => 4 * d.days) > w.last_at
      )
    ),
    parts as (
      select s.user_id, s.credits_out, s.credits_in, s.entries_out, s.entries_in
      from blocks b
      cross join lateral (
        select * from usage.account_sums s where s.days = b.days and s.starts_at = b.starts_at offset 0
      ) s
      union all
      select t.user_id, ${used}, ${refunded}, ${charges}, ${refunds}
      from (
        select t.* from public.credit_transactions t
        where t.created_at >= (select from_at from range) and t.created_at < (select first_at from whole)
        union all
        select t.* from public.credit_transactions t
        where t.created_at >= (select last_at from whole) and t.created_at < (select to_at from range)
      ) t
      where t.type in ('charge', 'refund') and t.xid < (select usage.live_from())
      group by t.user_id
      union all
      select t.user_id, ${used}, ${refunded}, ${charges}, ${refunds}
      from usage.live_entries() t
      where t.type in ('charge', 'refund')
        and t.created_at >= (select from_at from range) and t.created_at < (select to_at from range)
      group by t.user_id
    )
    select p.user_id, sum(p.credits_out) as credits_used, sum(p.credits_in) as credits_refunded,
      sum(p.entries_out) as charges, sum(p.entries_in) as refunds
    from parts p group by p.user_id`;
}

const bands = [0, 1, 10, 50, 100, 500, 1_000, 5_000, 10_000, 100_000];

/** How many open accounts have how large a balance now. For staff. */
export async function balanceDistribution(db: Database, actor: Actor): Promise<BalanceBand[]> {
  return readReportAsStaff(db, actor, (tx) =>
    readRows(
      tx,
      Prisma.sql`
        select b.low as from, b.next - 1 as to, coalesce(p.accounts, 0) as accounts, coalesce(p.credits, 0) as credits
        from (
          select low, n, lead(low) over (order by n) as next from unnest(${bands}::integer[]) with ordinality u (low, n)
        ) b
        left join (
          select width_bucket(credits, ${bands}::integer[]) as n, count(*) as accounts, sum(credits) as credits
          from public.profiles where closed_at is null group by 1
        ) p on p.n = b.n
        order by b.n`,
      balanceBand,
    ),
  );
}

const activity = z.object({ fromAt: timestamp, toAt: timestamp, buckets: accountActivityShape.shape.buckets });

/** Accounts opened and accounts charged per hour, day, week or month of a time zone. For staff. */
export async function accountActivity(
  db: Database,
  actor: Actor,
  input: UsageRange & { unit: UsageUnit; weekStartsOn?: number | undefined },
): Promise<AccountActivity> {
  checkRange(input, input.unit);
  return readReportAsStaff(db, actor, async (tx) => {
    const rows = await readRows(
      tx,
      Prisma.sql`
        with range as materialized (${rangeRow(input)}),
        buckets as materialized (
          select b.*, (select usage.live_from()) > '0' and l.hours = round(l.hours)
            and usage.is_activity_kept(round(l.hours)::integer, b.starts_at) as is_kept, round(l.hours)::integer as hours
          from range r
          cross join lateral usage.buckets(${input.unit}, r.from_at, r.to_at, ${input.timeZone}, ${input.weekStartsOn ?? 1}::integer) b
          cross join lateral (select extract(epoch from b.ends_at - b.starts_at) / 3600 as hours) l
        ),
        steps as materialized (select array_agg(starts_at order by n) as at from buckets),
        opened as (
          select width_bucket(p.created_at, (select at from steps)) as n, count(*) as accounts
          from public.profiles p
          where p.created_at >= (select from_at from range) and p.created_at < (select to_at from range)
          group by 1
        ),
        -- Of a bucket that is kept: as rolled up, and the charges since whose account had none in it before.
        charged as (
          select b.n, a.accounts
          from buckets b join usage.active_accounts a on a.hours = b.hours and a.starts_at = b.starts_at
          where b.is_kept
          union all
          select b.n, count(*)
          from usage.live_charges_and_before() c
          join buckets b on b.n = width_bucket(c.charged_at, (select at from steps))
          where b.is_kept and c.charged_at < b.ends_at and (c.before_at is null or c.before_at < b.starts_at)
          group by b.n
          union all
          select b.n, c.accounts
          from buckets b
          cross join lateral (
            select count(distinct t.user_id) as accounts from public.credit_transactions t
            where t.type = 'charge' and t.created_at >= b.starts_at and t.created_at < b.ends_at
          ) c
          where not b.is_kept
        ),
        active as (select c.n, sum(c.accounts) as accounts from charged c group by c.n)
        select r.from_at, r.to_at, (
          select coalesce(json_agg(json_build_object('label', b.label, 'starts_at', b.starts_at, 'ends_at', b.ends_at,
            'is_clipped', b.is_clipped, 'is_unfinished', b.ends_at > now(),
            'new_accounts', coalesce(o.accounts, 0), 'active_accounts', coalesce(c.accounts, 0)) order by b.n), '[]')
          from buckets b left join opened o on o.n = b.n left join active c on c.n = b.n
        ) as buckets
        from range r`,
      activity,
    );
    const { fromAt, toAt, buckets } = rows[0]!;
    return { timeZone: input.timeZone, from: fromAt, to: toAt, buckets };
  });
}
