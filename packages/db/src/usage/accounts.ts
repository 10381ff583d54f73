import { z } from 'zod';
import { readAsStaff, readRows, readTimeouts, type Actor } from '../actor.ts';
import type { Database } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { timestamp } from '../shapes.ts';
import { usageEntriesSource } from './entries.ts';
import { checkRange, rangeRow, type UsageFilter, type UsageRange } from './range.ts';
import {
  accountActivity as accountActivityShape,
  balanceBand,
  topAccount,
  type AccountActivity,
  type BalanceBand,
  type TopAccount,
  type UsageUnit,
} from './shapes.ts';

/** The accounts that used the most credits in a range. For staff. */
export async function topAccounts(
  db: Database,
  actor: Actor,
  input: UsageRange & { filter?: UsageFilter | undefined; limit: number },
): Promise<TopAccount[]> {
  checkRange(input);
  return readAsStaff(
    db,
    actor,
    (tx) =>
      readRows(
        tx,
        Prisma.sql`
        select t.user_id, coalesce(-sum(t.amount) filter (where t.type = 'charge'), 0) as credits_used,
          coalesce(sum(t.amount) filter (where t.type = 'refund'), 0) as credits_refunded,
          count(*) filter (where t.type = 'charge') as charges, count(*) filter (where t.type = 'refund') as refunds
        ${usageEntriesSource(input)}
        group by t.user_id
        order by credits_used desc, t.user_id limit ${input.limit}::integer`,
        topAccount,
      ),
    readTimeouts.reportMs,
  );
}

const bands = [0, 1, 10, 50, 100, 500, 1_000, 5_000, 10_000, 100_000];

/** How many open accounts have how large a balance now. For staff. */
export async function balanceDistribution(db: Database, actor: Actor): Promise<BalanceBand[]> {
  return readAsStaff(db, actor, (tx) =>
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
  return readAsStaff(
    db,
    actor,
    async (tx) => {
      const rows = await readRows(
        tx,
        Prisma.sql`
        with range as materialized (${rangeRow(input)}),
        buckets as materialized (
          select b.* from range r
          cross join lateral usage.buckets(${input.unit}, r.from_at, r.to_at, ${input.timeZone}, ${input.weekStartsOn ?? 1}::integer) b
        ),
        steps as materialized (select array_agg(starts_at order by n) as at from buckets),
        opened as (
          select width_bucket(p.created_at, (select at from steps)) as n, count(*) as accounts
          from public.profiles p
          where p.created_at >= (select from_at from range) and p.created_at < (select to_at from range)
          group by 1
        ),
        charged as (
          select c.n, count(*) as accounts
          from (
            select distinct width_bucket(t.created_at, (select at from steps)) as n, t.user_id
            from public.credit_transactions t
            where t.type = 'charge' and t.created_at >= (select from_at from range) and t.created_at < (select to_at from range)
          ) c
          group by 1
        )
        select r.from_at, r.to_at, (
          select coalesce(json_agg(json_build_object('label', b.label, 'starts_at', b.starts_at, 'ends_at', b.ends_at,
            'is_clipped', b.is_clipped, 'is_unfinished', b.ends_at > now(),
            'new_accounts', coalesce(o.accounts, 0), 'active_accounts', coalesce(c.accounts, 0)) order by b.n), '[]')
          from buckets b left join opened o on o.n = b.n left join charged c on c.n = b.n
        ) as buckets
        from range r`,
        activity,
      );
      const { fromAt, toAt, buckets } = rows[0]!;
      return { timeZone: input.timeZone, from: fromAt, to: toAt, buckets };
    },
    readTimeouts.reportMs,
  );
}
