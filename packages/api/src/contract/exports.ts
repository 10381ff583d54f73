import { z } from 'zod';
import { listAccountsInput } from './accounts.ts';
import { listAuditLogInput } from './audit.ts';
import { createdRange, day, entryType, int32, timestamp, timeZone, uuid, videoStatus, videoType } from './common.ts';
import { usageDimension } from './usage.ts';

/** Lists in an address are written with commas. */
function list<const T extends string>(item: z.ZodType<T>) {
  return z
    .string()
    .transform((text, context) => {
      const found = z.array(item).max(10).safeParse(text.split(','));
      if (found.success) {
        return found.data;
      }
      context.addIssue({ code: 'custom', message: found.error.issues[0]?.message ?? 'is not as expected' });
      return z.NEVER;
    })
    .optional();
}

/** What an export's address holds after its `?`: the filter of the page that it is of. */
export const exportInputs = {
  'usage-entries': z.object({
    from: z.union([day, timestamp]),
    to: z.union([day, timestamp]),
    timeZone: timeZone.default('UTC'),
    videoType: videoType.optional(),
    resolution: z.string().max(40).optional(),
    quality: z.string().max(40).optional(),
    unknown: usageDimension.optional(),
    types: list(entryType),
    userId: uuid.optional(),
  }),
  videos: z.object({
    userId: uuid.optional(),
    status: list(videoStatus),
    videoType: list(videoType),
    resolution: list(z.string().max(40)),
    ...createdRange,
    sort: z.enum(['newest', 'oldest']).optional(),
  }),
  'deleted-videos': z.object({ userId: uuid.optional() }),
  'refund-candidates': z.object({
    status: list(z.enum(['failed', 'completed'])),
    userId: uuid.optional(),
    refundState: z.enum(['open', 'refunded', 'unusual']).optional(),
  }),
  accounts: z.object({
    ...listAccountsInput.pick({ search: true, state: true, sort: true }).shape,
    minCredits: z.coerce.number().pipe(int32).optional(),
    maxCredits: z.coerce.number().pipe(int32).optional(),
  }),
  audit: listAuditLogInput.omit({ limit: true, cursor: true }),
  staff: z.object({}),
  'api-keys': z.object({}),
  prices: z.object({}),
} as const;
export type ExportKind = keyof typeof exportInputs;

/** The header of an export's answer that says how many rows will follow. */
export const EXPORT_ROWS_HEADER = 'x-total-rows';
