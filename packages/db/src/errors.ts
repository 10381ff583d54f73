/** One entry of the catalogue: its HTTP status, who raises it, and what it means to a developer. */
interface ReasonEntry {
  readonly status: 400 | 401 | 402 | 403 | 404 | 409 | 413 | 429 | 500 | 503;
  readonly raisedBy: 'database' | 'api';
  readonly meaning: string;
}

/**
 * Every error a caller may meet, by the code that `DETAIL` carries in SQL and `data.reason` in the API.
 * A test compares the entries raised by the database with the codes in its function bodies.
 */
export const catalogue = {
  invalid_input: { status: 400, raisedBy: 'database', meaning: 'An argument is wrong; `details.field` names it.' },
  not_signed_in: { status: 401, raisedBy: 'database', meaning: 'Nobody is signed in. SQLSTATE PT403 in SQL.' },
  insufficient_credits: {
    status: 402,
    raisedBy: 'database',
    meaning: 'The balance is too small; `details.credits` is there, `details.required` is needed.',
  },
  forbidden: { status: 403, raisedBy: 'database', meaning: 'The caller lacks the role, or asks about somebody else.' },
  own_account: { status: 403, raisedBy: 'database', meaning: 'Staff may not refund, adjust or promote themselves.' },
  append_only: { status: 403, raisedBy: 'database', meaning: 'The ledger and the audit log are never changed.' },
  ledger_only: { status: 403, raisedBy: 'database', meaning: 'Credits move only through the ledger.' },
  account_not_found: { status: 404, raisedBy: 'database', meaning: 'There is no such account.' },
  video_not_found: {
    status: 404,
    raisedBy: 'database',
    meaning: 'There is no such video: never, no more after a purge, or not for this caller.',
  },
  staff_member_not_found: { status: 404, raisedBy: 'database', meaning: 'This person holds no role at the desk.' },
  api_key_not_found: { status: 404, raisedBy: 'database', meaning: 'There is no such API key.' },
  already_deleted: { status: 409, raisedBy: 'database', meaning: 'The video is deleted already.' },
  not_deleted: { status: 409, raisedBy: 'database', meaning: 'The video is not deleted, so it cannot be restored.' },
  account_closed: { status: 409, raisedBy: 'database', meaning: 'The login of this account is gone.' },
  not_refundable: { status: 409, raisedBy: 'database', meaning: 'The video is still pending or processing.' },
  nothing_charged: { status: 409, raisedBy: 'database', meaning: 'The ledger holds no charge for this video.' },
  already_refunded: { status: 409, raisedBy: 'database', meaning: 'Nothing of the charge is left to refund.' },
  refund_exceeds_charge: {
    status: 409,
    raisedBy: 'database',
    meaning: 'More was asked for than is left; `details.refundable` is.',
  },
  charge_moved: {
    status: 409,
    raisedBy: 'database',
    meaning: 'Credits of the charge were given back since it was counted: `details.refunded` by now.',
  },
  reason_required: {
    status: 409,
    raisedBy: 'database',
    meaning: 'A completed video needs a refund reason of its own.',
  },
  invalid_status_change: {
    status: 409,
    raisedBy: 'database',
    meaning: 'A video goes from pending to processing to completed or failed, never back.',
  },
  idempotency_key_reused: {
    status: 409,
    raisedBy: 'database',
    meaning: 'The key was used before, with other arguments.',
  },
  old_data: {
    status: 409,
    raisedBy: 'database',
    meaning: 'A migration met data it cannot repair; it names the account.',
  },
  invalid_token: { status: 401, raisedBy: 'api', meaning: 'The token is over, or not one that this server trusts.' },
  invalid_api_key: {
    status: 401,
    raisedBy: 'database',
    meaning: 'The API key opens nothing; `details.problem` is `unknown`, `revoked`, `expired` or `role_gone`.',
  },
  sign_in_failed: {
    status: 401,
    raisedBy: 'api',
    meaning: 'E-mail address or password is wrong; which of them is not said.',
  },
  too_large: { status: 413, raisedBy: 'api', meaning: 'The request has too many bytes or too many calls.' },
  rate_limited: { status: 429, raisedBy: 'api', meaning: 'Too many calls; `Retry-After` says when to try again.' },
  not_found: { status: 404, raisedBy: 'api', meaning: 'There is no such procedure or page.' },
  unavailable: {
    status: 503,
    raisedBy: 'api',
    meaning: 'The database does not answer; nothing is known to have changed.',
  },
  internal: { status: 500, raisedBy: 'api', meaning: 'A fault of ours; the request id finds it in the log.' },
} as const satisfies Record<string, ReasonEntry>;

export type Reason = keyof typeof catalogue;
export const reasons = Object.keys(catalogue) as [Reason, ...Reason[]];

/** Whether a string is a reason of the catalogue. */
export function isReason(value: unknown): value is Reason {
  return typeof value === 'string' && Object.hasOwn(catalogue, value);
}

interface ReeldeskErrorOptions {
  details?: Record<string, unknown>;
  hint?: string | null;
  cause?: unknown;
}

/** An error of the catalogue: `message` is for people, `reason` for code, `hint` says what to do. */
export class ReeldeskError extends Error {
  override readonly name = 'ReeldeskError';
  readonly reason: Reason;
  readonly status: ReasonEntry['status'];
  readonly details: Record<string, unknown>;
  readonly hint: string | null;

  constructor(reason: Reason, message: string, options: ReeldeskErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.reason = reason;
    this.status = catalogue[reason].status;
    this.details = options.details ?? {};
    this.hint = options.hint ?? null;
  }
}
