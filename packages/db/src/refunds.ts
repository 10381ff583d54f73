import type { z } from 'zod';
import { callFunction, readAsStaff, readRows, readTimeouts, type Actor, type Reader } from './actor.ts';
import type { Database } from './client.ts';
import { cursorShapes, decodeCursor, toPage } from './cursor.ts';
import { ReeldeskError } from './errors.ts';
import { Prisma } from './generated/client.ts';
import {
  creditsRefunded,
  refundCandidate,
  refundCandidateSums,
  refundPreview,
  type RefundCandidate,
  type RefundCandidateSums,
  type VideoStatus,
} from './shapes.ts';
import { videoColumns, videoNotFound } from './videos.ts';

/** Gives back all or part of a charge. For admins, not on their own account, and the back end. */
export async function refundVideoCredits(
  db: Database,
  actor: Actor,
  input: {
    videoId: string;
    reason: string;
    amount?: number | undefined;
    idempotencyKey?: string | undefined;
  },
): Promise<z.infer<typeof creditsRefunded>> {
  return callFunction(
    db,
    actor,
    'refund_video_credits',
    [
      Prisma.sql`${input.videoId}::uuid`,
      input.reason,
      Prisma.sql`${input.amount ?? null}::integer`,
      input.idempotencyKey ?? null,
    ],
    creditsRefunded,
    input.idempotencyKey !== undefined,
  );
}

interface RefundOfMany {
  videoId: string;
  reason: string;
  amount?: number | undefined;
  idempotencyKey?: string | undefined;
}

type Refunded =
  | { videoId: string; refunded: z.infer<typeof creditsRefunded>; isReplayed: boolean }
  | { videoId: string; error: unknown };

/**
 * Refunds several videos one after the other, each in a statement of its own, and answers what became of each,
 * in their order. What refuses the caller himself refuses the whole; once the database does not answer, the rest
 * is not tried.
 */
export async function refundManyVideoCredits(
  db: Database,
  actor: Actor,
  items: readonly RefundOfMany[],
): Promise<Refunded[]> {
  const results: Refunded[] = [];
  let unavailable: ReeldeskError | null = null;
  for (const item of items) {
    const { videoId } = item;
    if (unavailable) {
      results.push({ videoId, error: unavailable });
      continue;
    }
    let isReplayed = false;
    try {
      // One after the other on purpose: a batch takes one connection, and locks one account at a time.
      const refunded = await refundVideoCredits(db, { ...actor, onReplayed: () => void (isReplayed = true) }, item);
      results.push({ videoId, refunded, isReplayed });
    } catch (error) {
      const reason = error instanceof ReeldeskError ? error.reason : null;
      const isOfCaller = reason === 'not_signed_in' || reason === 'forbidden' || reason === 'invalid_api_key';
      if (isOfCaller && !results.some((result) => 'refunded' in result)) {
        throw error;
      }
      if (reason === 'unavailable') {
        unavailable = new ReeldeskError('unavailable', 'The database does not answer; this video was not tried.', {
          hint: 'Try again in a moment.',
        });
      }
      results.push({ videoId, error });
    }
  }
  return results;
}

// What the ledger says of each video's charge: one index lookup per row shown.
function candidates(reader: Reader): Prisma.Sql {
  return Prisma.sql`
    select ${videoColumns(reader)}, c.credits_charged, c.credits_refunded,
      greatest(c.credits_charged - c.credits_refunded, 0) as credits_refundable, c.last_refund_at
    from public.videos v
    left join public.profiles p on p.id = v.user_id
    cross join lateral (
      select coalesce(-sum(t.amount) filter (where t.type = 'charge'), 0) as credits_charged,
        coalesce(sum(t.amount) filter (where t.type = 'refund'), 0) as credits_refunded,
        max(t.created_at) filter (where t.type = 'refund') as last_refund_at
      from public.credit_transactions t where t.video_id = v.id and t.user_id = v.user_id
    ) c`;
}

/** `unusual`: something was given back although the video is completed, or only part of the charge. */
export type RefundState = 'open' | 'refunded' | 'unusual';

export interface RefundCandidateFilter {
  status?: Extract<VideoStatus, 'failed' | 'completed'>[] | undefined;
  userId?: string | undefined;
  refundState?: RefundState | undefined;
}

const stateConditions: Record<RefundState, Prisma.Sql> = {
  open: Prisma.sql`and c.credits_charged > c.credits_refunded`,
  refunded: Prisma.sql`and c.credits_charged <= c.credits_refunded`,
  unusual: Prisma.sql`and c.credits_refunded > 0 and (v.status = 'completed' or c.credits_charged > c.credits_refunded)`,
};

function candidateCondition({ status, userId, refundState }: RefundCandidateFilter): Prisma.Sql {
  return Prisma.sql`v.status in (${Prisma.join(status?.length ? status : ['failed', 'completed'])}) and c.credits_charged > 0
    ${userId ? Prisma.sql`and v.user_id = ${userId}::uuid` : Prisma.empty}
    ${refundState ? stateConditions[refundState] : Prisma.empty}`;
}

/** Videos that were charged and have failed or completed, newest first. For staff. */
export async function listRefundCandidates(
  db: Database,
  actor: Actor,
  input: RefundCandidateFilter & { limit: number; cursor?: string | null | undefined },
): Promise<{ items: RefundCandidate[]; nextCursor: string | null }> {
  const after = decodeCursor(input.cursor, cursorShapes.timeAndId);
  return readAsStaff(db, actor, async (tx, reader) => {
    const rows = await readRows(
      tx,
      Prisma.sql`
        ${candidates(reader)}
        where ${candidateCondition(input)}
          ${after ? Prisma.sql`and (v.created_at, v.id) < (${after[0]}::timestamptz, ${after[1]}::uuid)` : Prisma.empty}
        order by v.created_at desc, v.id desc limit ${input.limit + 1}::integer`,
      refundCandidate,
    );
    return toPage(rows, input.limit, (row) => [row.createdAt, row.id]);
  });
}

// The ledger summed once for all videos where many are asked for, and looked up where they are few.
function summedCharges({ userId, status }: RefundCandidateFilter): Prisma.Sql {
  const isOfFew = userId !== undefined || (status?.length === 1 && status[0] === 'failed');
  const sums = Prisma.sql`
    coalesce(-sum(t.amount) filter (where t.type = 'charge'), 0) as credits_charged,
    coalesce(sum(t.amount) filter (where t.type = 'refund'), 0) as credits_refunded
    from public.credit_transactions t`;
  return isOfFew
    ? Prisma.sql`cross join lateral (select ${sums} where t.video_id = v.id and t.user_id = v.user_id) c`
    : Prisma.sql`join (select t.video_id, t.user_id, ${sums} where t.video_id is not null group by 1, 2) c
        on c.video_id = v.id and c.user_id = v.user_id`;
}

/** How many refund candidates match, of how many accounts, and what is left of their charges. For staff. */
export async function sumRefundCandidates(
  db: Database,
  actor: Actor,
  input: RefundCandidateFilter,
): Promise<RefundCandidateSums> {
  return readAsStaff(
    db,
    actor,
    async (tx) => {
      const [sums] = await readRows(
        tx,
        Prisma.sql`
          select count(*) as videos, count(distinct v.user_id) as accounts,
            coalesce(sum(greatest(c.credits_charged - c.credits_refunded, 0)), 0) as credits_refundable
          from public.videos v ${summedCharges(input)} where ${candidateCondition(input)}`,
        refundCandidateSums,
      );
      return sums!;
    },
    readTimeouts.reportMs,
  );
}

/** What a refund of this video would find now, in one snapshot. For staff; raises `video_not_found`. */
export async function previewRefund(
  db: Database,
  actor: Actor,
  input: { videoId: string },
): Promise<z.infer<typeof refundPreview>> {
  return readAsStaff(db, actor, async (tx, reader) => {
    const rows = await readRows(
      tx,
      Prisma.sql`
        select f.*,
          (select b.credits from public.profiles b where b.id = f.user_id) as balance,
          (
            select coalesce(json_agg(e order by e.entry_no desc), '[]')
            from (
              select t.id, t.entry_no, t.amount, t.reason, t.actor_id, t.created_at
              from public.credit_transactions t
              where t.video_id = f.id and t.user_id = f.user_id and t.type = 'refund'
            ) e
          ) as earlier_refunds
        from (${candidates(reader)} where v.id = ${input.videoId}::uuid) f`,
      refundPreview,
    );
    const [found] = rows;
    if (!found) {
      throw videoNotFound(input.videoId);
    }
    return found;
  });
}
