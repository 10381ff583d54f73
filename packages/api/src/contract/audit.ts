import { auditEntry } from '@reeldesk/db/shapes';
import { z } from 'zod';
import { createdRange, cursor, pageLimit, uuid } from './common.ts';

export { auditEntry } from '@reeldesk/db/shapes';
export type { AuditEntry } from '@reeldesk/db/shapes';

export const listAuditLogInput = z.object({
  /** Of this account. */
  userId: uuid.optional(),
  /** Done by this person. */
  actorId: uuid.optional(),
  targetId: z.string().max(100).optional(),
  action: z.string().max(60).optional(),
  ...createdRange,
  limit: pageLimit,
  cursor: cursor.nullish(),
});
export const listAuditLogOutput = z.object({ items: z.array(auditEntry), nextCursor: cursor.nullable() });
