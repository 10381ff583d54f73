import { z } from 'zod';
import { timestamp, uuid } from './common.ts';

export { attention as getAttentionOutput, ledgerCheck as checkLedgerOutput } from '@reeldesk/db/shapes';
export type { Attention, LedgerCheck } from '@reeldesk/db/shapes';

export const getAttentionInput = z.object({
  /** Balances changed by hand count from this moment on; purchases don't. */
  adjustedSince: timestamp,
  /** Pending or processing for longer than this is stuck. */
  stuckAfterMinutes: z.int().min(1).max(525_600).default(30),
  /** Only what concerns this account. */
  userId: uuid.optional(),
});
