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
          with failed as (
            select count(*) as videos, coalesce(sum(q.credits_charged - q.credits_refunded), 0) as credits
            from usage.refund_queue q where q.status = 'failed' ${ofAccount('q')}
          ), unusual as (
            select count(*) as videos, coalesce(sum(greatest(q.credits_charged - q.credits_refunded, 0)), 0) as credits
            from usage.refund_queue q where q.credits_refunded > 0 ${ofAccount('q')}
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
interface Checks {
  startedAt: number;
  /** The last one that is done. */
  last: LedgerCheck | null;
  running: Promise<LedgerCheck> | null;
}
const checks = new WeakMap<Database, Checks>();

/**
 * Whether the promises of the ledger hold. For staff. The check reads the whole ledger: all who ask within five minutes
 * share one, and who asks later is told of the last one at once, while the next is made.
 */
export async function checkLedger(db: Database, actor: Actor): Promise<LedgerCheck> {
  await readAsStaff(db, actor, async () => undefined);
  const kept: Checks = checks.get(db) ?? { startedAt: Number.NEGATIVE_INFINITY, last: null, running: null };
  checks.set(db, kept);
  if (kept.running === null && performance.now() - kept.startedAt >= CHECK_KEPT_MS) {
    kept.startedAt = performance.now();
    kept.running = countLedgerProblems(db)
      .then((problems) => (kept.last = { problems, checkedAt: new Date().toISOString() }))
      .finally(() => (kept.running = null));
    // One that failed is made again as soon as somebody asks; whoever waits for it is told.
    kept.running.catch(() => (kept.startedAt = Number.NEGATIVE_INFINITY));
  }
  return kept.last ?? kept.running!;
}
