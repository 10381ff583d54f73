import { z } from 'zod';

/** From where to go on: the client sends it by itself when it connects again. */
export const changesInput = z.object({ lastEventId: z.string().max(80).optional() }).optional();

/**
 * One change. `kind` `stream` is about the stream: `ready` when it begins, `behind` when changes were left out, so
 * that what is shown has to be read again.
 */
export const liveEvent = z.object({
  id: z.string(),
  kind: z.enum(['ledger', 'video', 'audit', 'stream']),
  type: z.string(),
  userId: z.string().nullable(),
  videoId: z.string().nullable(),
  at: z.string(),
});
export type LiveEvent = z.infer<typeof liveEvent>;
