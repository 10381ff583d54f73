import { catalogue, isReason, reasons, type Reason } from '@reeldesk/db/errors';
import { z } from 'zod';
import { int32, timestamp, uuid, videoStatus } from '@reeldesk/db/shapes';

export { catalogue, isReason, reasons };
export type { Reason };

const issue = z.object({ field: z.string(), problem: z.string() });
const aboutVideo = z.object({ videoId: uuid });
const aboutAccount = z.object({ userId: uuid });
const retry = z.object({ retryAfterSeconds: z.number().optional() });

/** The figures and names that come with a reason, as `details`; the reasons that are missing here have none to count on. */
export const errorDetails = {
  /** `field` is missing where no single field is to blame; `issues` lists all that the schema found. */
  invalid_input: z.object({ field: z.string().optional(), issues: z.array(issue).optional() }),
  insufficient_credits: z.object({ credits: int32, required: int32 }),
  account_not_found: aboutAccount,
  staff_member_not_found: aboutAccount,
  video_not_found: aboutVideo,
  already_deleted: z.object({ videoId: uuid, deletedAt: timestamp }),
  not_deleted: aboutVideo,
  api_key_not_found: z.object({ keyId: uuid }),
  invalid_api_key: z.object({ problem: z.enum(['unknown', 'revoked', 'expired', 'role_gone']) }),
  not_refundable: z.object({ status: videoStatus }),
  reason_required: z.object({ status: videoStatus }),
  already_refunded: z.object({ charged: int32, refunded: int32 }),
  charge_moved: z.object({ refundedBefore: int32, refunded: int32 }),
  refund_exceeds_charge: z.object({ charged: int32, refunded: int32, refundable: int32, requested: int32 }),
  invalid_status_change: z.object({ status: videoStatus, requested: videoStatus }),
  rate_limited: retry,
  unavailable: retry,
} as const satisfies Partial<Record<Reason, z.ZodObject>>;

type DetailsOf<R extends Reason> = Record<string, unknown> &
  (R extends keyof typeof errorDetails ? z.infer<(typeof errorDetails)[R]> : unknown);

interface ErrorFrame {
  /** tRPC's name of the HTTP status, such as `CONFLICT`. */
  code: string;
  httpStatus: number;
  path?: string;
  /** What to do about it, for people. */
  hint: string | null;
  /** Finds the call in the server's log and in the audit log. */
  requestId: string;
}

/**
 * `data` of every error that the API answers: a union over the catalogue. A `switch` over `reason` knows the
 * `details` of each.
 */
export type ErrorData<R extends Reason = Reason> = R extends Reason
  ? ErrorFrame & {
      /** What went wrong, for code: one of the catalogue. */
      reason: R;
      /** Figures and names that belong to the reason. */
      details: DetailsOf<R>;
    }
  : never;

/** What of an error does not depend on the way it came. */
export interface ErrorDescription {
  reason: Reason;
  message: string;
  details: Record<string, unknown>;
  hint: string | null;
}

/** Puts an error's `data` together. The figures are the database's, which the types describe and tests compare. */
export function toErrorData(
  frame: Pick<ErrorFrame, 'code' | 'httpStatus' | 'requestId'> & { path?: string | undefined },
  { reason, details, hint }: ErrorDescription,
): ErrorData {
  const { path, ...rest } = frame;
  return { ...rest, ...(path !== undefined && { path }), reason, details, hint } as ErrorData;
}
