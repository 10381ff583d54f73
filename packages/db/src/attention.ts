import { readAsStaff, readRows, readTimeouts, type Actor } from './actor.ts';
import type { Database } from './client.ts';
import { Prisma } from './generated/client.ts';
import { countLedgerProblems } from './health.ts';
import { attention, type Attention, type LedgerCheck } from './shapes.ts';

/** What the desk has to look at now, of everybody or of one account. For staff. */
export async function getAttention(
  db: Database,
  actor: Actor,
  input: { adjustedSince: string; stuckAfterMinutes: number; userId?: string | undefined },
): Promise<Attention> {
  const ofAccount = (alias: string) =>
    input.userId ? Prisma.sql`and ${Prisma.raw(alias)}.user_id = ${input.userId}::uuid` : Prisma.empty;
  return readAsStaff(
    db,
    actor,
    async (tx) => {
      const [found] = await readRows(
        tx,
        Prisma.sql`
          with refunds as (
            select t.video_id, t.user_id, sum(t.amount) as credits from public.credit_transactions t
            where t.type = 'refund' and t.video_id is not null ${ofAccount('t')} group by 1, 2
          ), failed as (
            select count(*) as videos, coalesce(sum(c.credits), 0) as credits
            from public.videos v
            cross join lateral (
              select -sum(t.amount) as credits from public.credit_transactions t
              where t.video_id = v.id and t.user_id = v.user_id and t.type in ('charge', 'refund')
            ) c
            where v.status = 'failed' and c.credits > 0 ${ofAccount('v')}
          ), unusual as (
            select count(*) as videos, coalesce(sum(greatest(c.credits - r.credits, 0)), 0) as credits
            from refunds r
            join public.videos v on v.id = r.video_id and v.user_id = r.user_id
            cross join lateral (
              select -sum(t.amount) as credits from public.credit_transactions t
              where t.video_id = r.video_id and t.user_id = r.user_id and t.type = 'charge'
            ) c
            where c.credits > 0 and (v.status = 'completed' or (v.status = 'failed' and c.credits > r.credits))
          ), under_way as (
            select count(*) filter (where v.status = 'pending') as pending,
              count(*) filter (where v.status = 'processing') as processing,
              count(*) filter (where v.created_at < now() - make_interval(mins => ${input.stuckAfterMinutes}::integer)) as stuck,
              coalesce(sum(v.credits_used) filter (where v.created_at < now() - make_interval(mins => ${input.stuckAfterMinutes}::integer)), 0) as credits
            from public.videos v
            where v.deleted_at is null and v.status in ('pending', 'processing') ${ofAccount('v')}
          ), adjusted as (
            select count(*) as entries, coalesce(sum(t.amount) filter (where t.amount > 0), 0) as credits_added,
              coalesce(-sum(t.amount) filter (where t.amount < 0), 0) as credits_taken
            from public.credit_transactions t
            where t.type = 'adjustment' and t.reason is distinct from 'purchase'
              and t.created_at >= ${input.adjustedSince}::timestamptz ${ofAccount('t')}
          )
          select to_json(f) as failed, json_build_object('videos', u.stuck, 'credits', u.credits) as stuck,
            to_json(o) as unusual, u.pending, u.processing, to_json(a) as adjustments
          from failed f, unusual o, under_way u, adjusted a`,
        attention,
      );
      return found!;
    },
    readTimeouts.reportMs,
  );
}

const CHECK_KEPT_MS = 5 * 60_000;
const checks = new WeakMap<Database, { startedAt: number; check: Promise<LedgerCheck> }>();

/**
 * Whether the promises of the ledger hold. For staff. The check reads the whole ledger: all who ask within
 * five minutes share one.
 */
export async function checkLedger(db: Database, actor: Actor): Promise<LedgerCheck> {
  await readAsStaff(db, actor, async () => undefined);
  const kept = checks.get(db);
  if (kept && performance.now() - kept.startedAt < CHECK_KEPT_MS) {
    return kept.check;
  }
  const check = countLedgerProblems(db).then((problems) => ({ problems, checkedAt: new Date().toISOString() }));
  checks.set(db, { startedAt: performance.now(), check });
  // A check that failed is nothing to keep.
  check.catch(() => checks.delete(db));
  return check;
}
