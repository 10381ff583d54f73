import { timestamp } from '@reeldesk/db/shapes';
import { z } from 'zod';

export { day, entryType, int32, staffRole, timestamp, total, uuid, videoStatus, videoType } from '@reeldesk/db/shapes';
export type { EntryType, StaffRole, VideoStatus, VideoType } from '@reeldesk/db/shapes';

/** An IANA time zone name, such as `Europe/Berlin`. Whether the name exists is the database's to say. */
export const timeZone = z
  .string()
  .max(64)
  .regex(/^[A-Za-z0-9_+/-]+$/, 'must be an IANA time zone name, such as Europe/Berlin');

/** One key per intended action: the same key with the same arguments returns the first answer. */
export const idempotencyKey = z.string().trim().min(1).max(200);

/** How many rows a page holds. */
export const pageLimit = z.int().min(1).max(200).default(50);

/** Opaque position after the last row of a page; `null` on the last page. */
export const cursor = z.string().max(400);

/** The least and the greatest moment of a list, the second exclusive, so that ranges meet without a gap. */
export const createdRange = { createdFrom: timestamp.optional(), createdBefore: timestamp.optional() };
