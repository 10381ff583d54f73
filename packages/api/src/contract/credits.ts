import { z } from 'zod';
import { accountEntry, ledgerEntry } from '@reeldesk/db/shapes';
import { cursor, idempotencyKey, int32, pageLimit, timestamp, uuid } from './common.ts';

export { creditInfo, creditsAdjusted as adjustCreditsOutput, ledgerEntry } from '@reeldesk/db/shapes';
export type { AccountEntry, LedgerEntry } from '@reeldesk/db/shapes';

export const adjustmentReasonCode = z.enum(['purchase', 'promotion', 'goodwill', 'correction', 'fraud']);
export type AdjustmentReasonCode = z.infer<typeof adjustmentReasonCode>;

export const userIdInput = z.object({ userId: uuid });

export const creditStatementInput = z.object({ userId: uuid, limit: pageLimit, cursor: cursor.nullish() });
export const creditStatementOutput = z.object({ items: z.array(ledgerEntry), nextCursor: cursor.nullable() });

export const listAccountEntriesInput = z.object({
  userId: uuid,
  /** The ledger as it stood then, entries of that very moment included. */
  at: timestamp.optional(),
  limit: pageLimit,
  cursor: cursor.nullish(),
});
export const listAccountEntriesOutput = z.object({ items: z.array(accountEntry), nextCursor: cursor.nullable() });

export const listVideoEntriesInput = z.object({ videoId: uuid });
export const listVideoEntriesOutput = z.object({ items: z.array(ledgerEntry) });

export const balanceAtInput = z.object({ userId: uuid, at: timestamp });
export const balanceAtOutput = z.object({ balance: int32 });

export const adjustCreditsInput = z.object({
  userId: uuid,
  amount: int32.refine((amount) => amount !== 0, 'must not be zero'),
  reasonCode: adjustmentReasonCode,
  note: z.string().trim().max(1000).nullable().default(null),
  idempotencyKey: idempotencyKey.optional(),
});
