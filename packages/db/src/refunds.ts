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

interface Refund {
  videoId: string;
  reason: string;
  amount?: number | undefined;
  /** Credits of the charge that had been given back when it was counted; with `amount`, and refused when it moved. */
  refundedBefore?: number | undefined;
  idempotencyKey?: string | undefined;
}

/** Gives back all or part of a charge. For admins, not on their own account, and the back end. */
export async function refundVideoCredits(
  db: Database,
  actor: Actor,
  input: Refund,
): Promise<z.infer<typeof creditsRefunded>> {
  if (input.refundedBefore !== undefined) {
    return refundChargeAsCounted(db, actor, { ...input, refundedBefore: input.refundedBefore });
  }
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

async function refundChargeAsCounted(
  db: Database,
  actor: Actor,
  input: Refund & { refundedBefore: number },
): Promise<z.infer<typeof creditsRefunded>> {
  return callFunction(
    db,
    actor,
    'refund_charge_as_counted',
    [
      Prisma.sql`${input.videoId}::uuid`,
      Prisma.sql`${input.refundedBefore}::integer`,
      Prisma.sql`${input.amount ?? null}::integer`,
      input.reason,
      input.idempotencyKey ?? null,
    ],
    creditsRefunded,
    input.idempotencyKey !== undefined,
  );
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
  items: readonly Refund[],
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
const chargeOfVideo = Prisma.sql`cross join lateral (
  select coalesce(-sum(t.amount) filter (where t.type = 'charge'), 0) as credits_charged,
    coalesce(sum(t.amount) filter (where t.type = 'refund'), 0) as credits_refunded,
    max(t.created_at) filter (where t.type = 'refund') as last_refund_at
  from public.credit_transactions t where t.video_id = v.id and t.user_id = v.user_id
) c`;

function candidates(reader: Reader, source: Prisma.Sql = Prisma.sql`public.videos v`): Prisma.Sql {
  return Prisma.sql`
    select ${videoColumns(reader)}, c.credits_charged, c.credits_refunded,
      greatest(c.credits_charged - c.credits_refunded, 0) as credits_refundable, c.last_refund_at
    from ${source}
    left join public.profiles p on p.id = v.user_id
    ${chargeOfVideo}`;
}

/** `unusual`: something was given back although the video is completed, or only part of the charge. */
export type RefundState = 'open' | 'refunded' | 'unusual';

export interface RefundCandidateFilter {
  status?: Extract<VideoStatus, 'failed' | 'completed'>[] | undefined;
  userId?: string | undefined;
  refundState?: RefundState | undefined;
}

const stateConditions = {
  open: Prisma.sql`and c.credits_charged > c.credits_refunded`,
  refunded: Prisma.sql`and c.credits_charged <= c.credits_refunded`,
  unusual: Prisma.sql`and c.credits_refunded > 0 and (v.status = 'completed' or c.credits_charged > c.credits_refunded)`,
};

function candidateCondition({ status, userId, refundState }: RefundCandidateFilter): Prisma.Sql {
  return Prisma.sql`v.status in (${Prisma.join(status?.length ? status : ['failed', 'completed'])}) and c.credits_charged > 0
    ${userId ? Prisma.sql`and v.user_id = ${userId}::uuid` : Prisma.empty}
    ${refundState ? stateConditions[refundState] : Prisma.empty}`;
}

/** As a condition on `usage.refund_queue q`, which holds the few of these that are rare; `null` where most videos match. */
function queueCondition({ status, userId, refundState }: RefundCandidateFilter): Prisma.Sql | null {
  const [only, another] = new Set(status);
  const isOnly = (value: VideoStatus) => only === value && another === undefined;
  const ofAccount = userId ? Prisma.sql`and q.user_id = ${userId}::uuid` : Prisma.empty;
  if (refundState === 'unusual') {
    const ofStatus = only === undefined || another !== undefined ? Prisma.empty : Prisma.sql`and q.status = ${only}`;
    return Prisma.sql`q.credits_refunded > 0 ${ofStatus} ${ofAccount}`;
  }
  if (refundState === 'open' && isOnly('failed')) {
    return Prisma.sql`q.status = 'failed' ${ofAccount}`;
  }
  if (refundState === 'refunded' && isOnly('completed')) {
    return Prisma.sql`q.credits_refunded > 0 and q.status = 'completed' and q.credits_charged <= q.credits_refunded ${ofAccount}`;
  }
  return null;
}

/** Videos that were charged and have failed or completed, newest first. For staff. */
export async function listRefundCandidates(
  db: Database,
  actor: Actor,
  input: RefundCandidateFilter & { limit: number; cursor?: string | null | undefined },
): Promise<{ items: RefundCandidate[]; nextCursor: string | null }> {
  const after = decodeCursor(input.cursor, cursorShapes.timeAndId);
  return readAsStaff(db, actor, async (tx, reader) => {
    const page = (filter: RefundCandidateFilter) => candidatePage(reader, filter, after, input.limit + 1);
    const isOfBoth = input.status === undefined || new Set(input.status).size !== 1;
    // Refunded are nearly all failed and few completed videos: each has a list of its own, and these are merged.
    const query =
      input.refundState === 'refunded' && isOfBoth
        ? Prisma.sql`
            select * from (
              (${page({ ...input, status: ['failed'] })}) union all (${page({ ...input, status: ['completed'] })})
            ) both_lists order by created_at desc, id desc limit ${input.limit + 1}::integer`
        : page(input);
    const rows = await readRows(tx, query, refundCandidate);
    return toPage(rows, input.limit, (row) => [row.createdAt, row.id]);
  });
}

function candidatePage(
  reader: Reader,
  filter: RefundCandidateFilter,
  after: readonly [string, string] | null,
  rows: number,
): Prisma.Sql {
  const inQueue = queueCondition(filter);
  const [at, id] = inQueue
    ? [Prisma.sql`q.created_at`, Prisma.sql`q.video_id`]
    : [Prisma.sql`v.created_at`, Prisma.sql`v.id`];
  const source = inQueue ? Prisma.sql`usage.refund_queue q join public.videos v on v.id = q.video_id` : undefined;
  return Prisma.sql`
    ${candidates(reader, source)}
    where ${inQueue ?? candidateCondition(filter)}
      ${after ? Prisma.sql`and (${at}, ${id}) < (${after[0]}::timestamptz, ${after[1]}::uuid)` : Prisma.empty}
    order by ${at} desc, ${id} desc limit ${rows}::integer`;
}

// The account and what is left of the charge, of each that matches.
function matching(input: RefundCandidateFilter, isFirstOnly: boolean): Prisma.Sql {
  const inQueue = queueCondition(input);
  if (inQueue) {
    return Prisma.sql`
      select q.user_id, greatest(q.credits_charged - q.credits_refunded, 0) as credits_left
      from usage.refund_queue q where ${inQueue}
      ${isFirstOnly ? Prisma.sql`order by q.created_at desc, q.video_id desc` : Prisma.empty}`;
  }
  const { userId, status } = input;
  const isOfFew = userId !== undefined || (status?.length === 1 && status[0] === 'failed');
  // All of many: the ledger is summed once, instead of being looked up for each video.
  const charges =
    isFirstOnly || isOfFew
      ? chargeOfVideo
      : Prisma.sql`join (
          select t.video_id, t.user_id, coalesce(-sum(t.amount) filter (where t.type = 'charge'), 0) as credits_charged,
            coalesce(sum(t.amount) filter (where t.type = 'refund'), 0) as credits_refunded
          from public.credit_transactions t where t.video_id is not null group by 1, 2
        ) c on c.video_id = v.id and c.user_id = v.user_id`;
  return Prisma.sql`
    select v.user_id, greatest(c.credits_charged - c.credits_refunded, 0) as credits_left
    from public.videos v ${charges} where ${candidateCondition(input)}
    ${isFirstOnly ? Prisma.sql`order by v.created_at desc, v.id desc` : Prisma.empty}`;
}

/**
 * How many refund candidates match, of how many accounts, and what is left of their charges; with `upTo` of the newest
 * that many alone, and `isCapped` says that there are more. For staff.
 */
export async function sumRefundCandidates(
  db: Database,
  actor: Actor,
  input: RefundCandidateFilter & { upTo?: number | undefined },
): Promise<RefundCandidateSums> {
  const { upTo } = input;
  const first = upTo === undefined ? Prisma.empty : Prisma.sql`limit ${upTo + 1}::integer`;
  const isAmong = upTo === undefined ? Prisma.sql`true` : Prisma.sql`m.n <= ${upTo}::integer`;
  return readAsStaff(
    db,
    actor,
    async (tx) => {
      const [sums] = await readRows(
        tx,
        Prisma.sql`
          select count(*) filter (where ${isAmong}) as videos, count(distinct m.user_id) filter (where ${isAmong}) as accounts,
            coalesce(sum(m.credits_left) filter (where ${isAmong}), 0) as credits_refundable,
            coalesce(bool_or(not (${isAmong})), false) as is_capped
          from (select row_number() over () as n, f.* from (${matching(input, upTo !== undefined)} ${first}) f) m`,
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
