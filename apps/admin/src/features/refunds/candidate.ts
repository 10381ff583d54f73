import type { listRefundCandidatesOutput } from '@reeldesk/api/contract/refunds';
import type { z } from 'zod';

/** A charged video of the refund desk. */
export type Candidate = z.infer<typeof listRefundCandidatesOutput>['items'][number];
