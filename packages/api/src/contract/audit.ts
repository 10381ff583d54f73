import { auditEntry } from '@reeldesk/db/shapes';
import { z } from 'zod';
import { cursor, pageLimit, uuid } from './common.ts';

export { auditEntry } from '@reeldesk/db/shapes';
export type { AuditEntry } from '@reeldesk/db/shapes';

export const listAuditLogInput = z.object({
  userId: uuid.optional(),
  targetId: z.string().max(100).optional(),
  action: z.string().max(60).optional(),
  limit: pageLimit,
  cursor: cursor.nullish(),
});
export const listAuditLogOutput = z.object({ items: z.array(auditEntry), nextCursor: cursor.nullable() });
