import { ReeldeskError } from '@reeldesk/db/errors';
import { refundManyVideoCredits } from '@reeldesk/db/refunds';
import { TRPCError } from '@trpc/server';
import type { z } from 'zod';
import type { refundManyVideoCreditsInput, refundManyVideoCreditsOutput, RefundResult } from './contract/refunds.ts';
import { describeError, readIdempotencyHeader, withIdempotencyKey, type Context } from './trpc.ts';

/** Refunds row by row; what one row is refused for is described as a call of its own would be. */
export async function refundMany(
  ctx: Context,
  items: z.infer<typeof refundManyVideoCreditsInput>['items'],
): Promise<z.infer<typeof refundManyVideoCreditsOutput>> {
  const header = readIdempotencyHeader(ctx);
  const keyed = items.map((item) =>
    header === undefined ? item : withIdempotencyKey({ idempotencyKey: `${header}:${item.videoId}` }, item),
  );
  const results = (await refundManyVideoCredits(ctx.db, ctx.actor, keyed)).map((result): RefundResult => {
    const { videoId } = result;
    if ('refunded' in result) {
      const { transactionId, creditsRefunded } = result.refunded;
      return { outcome: 'refunded', videoId, transactionId, creditsRefunded, isReplayed: result.isReplayed };
    }
    if (!(result.error instanceof ReeldeskError)) {
      ctx.onFault?.(result.error);
    }
    const error = new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: result.error });
    return { outcome: 'error', videoId, error: describeError(error) };
  });
  const refunded = results.filter((result) => result.outcome === 'refunded');
  if (refunded.length > 0 && refunded.length === results.length && refunded.every(({ isReplayed }) => isReplayed)) {
    ctx.setHeader?.('Idempotent-Replayed', 'true');
  }
  return {
    items: results,
    refunded: refunded.length,
    failed: results.length - refunded.length,
    creditsRefunded: refunded.reduce((sum, { creditsRefunded }) => sum + creditsRefunded, 0),
  };
}
