import { catalogue, isReason, reasons, type Reason } from '@reeldesk/db/errors';

export { catalogue, isReason, reasons };
export type { Reason };

/** `data` of every error that the API answers. */
export interface ErrorData {
  /** tRPC's name of the HTTP status, such as `CONFLICT`. */
  code: string;
  httpStatus: number;
  path?: string;
  /** What went wrong, for code: one of the catalogue. */
  reason: Reason;
  /** Figures and names that belong to the reason; `field` for `invalid_input`. */
  details: Record<string, unknown>;
  /** What to do about it, for people. */
  hint: string | null;
  /** Finds the call in the server's log and in the audit log. */
  requestId: string;
}
