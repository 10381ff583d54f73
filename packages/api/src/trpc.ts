import { catalogue, ReeldeskError, type Reason } from '@reeldesk/db/errors';
import type { Actor } from '@reeldesk/db/actor';
import type { Database } from '@reeldesk/db/client';
import type { LiveUpdates } from '@reeldesk/db/live-updates';
import type { ReportDatabase } from '@reeldesk/db/usage/replica';
import { initTRPC, TRPCError } from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import { z, ZodError } from 'zod';
import { idempotencyKey } from './contract/common.ts';
import { toErrorData, type ErrorData, type ErrorDescription } from './contract/errors.ts';
import type { ProcedureMeta } from './describe.ts';

/** What each call is given by the server. */
export interface Context {
  db: Database;
  /** On whose behalf the call is made, as the server found by cookie or token. */
  actor: Actor;
  requestId: string;
  /** When the caller's sign-in ends, ISO 8601; `null` when it does not or nobody is signed in. */
  expiresAt: string | null;
  /** The header `Idempotency-Key`, when one came with this single call. */
  idempotencyKey?: string | undefined;
  /** Adds a header to the answer, when it still can. */
  setHeader?: ((name: string, value: string) => void) | undefined;
  /** Told of a fault that only a part of an answer shows. */
  onFault?: ((error: unknown) => void) | undefined;
  /** Runs a call and learns how it ended: for log, metrics and traces. */
  observe?: ObserveCall | undefined;
  /** Whether the sign-in with which a long call began still lasts; its use does not lengthen it. */
  isSignedIn?: (() => Promise<boolean>) | undefined;
  /** What `live.changes` streams from; without it there is none. */
  live?: LiveUpdates | undefined;
  /** Where reports are read; without it in `db`. */
  reports?: ReportDatabase | undefined;
}

/** Must run `run` once and answer what it does; `reason` is `null` when the call went well. */
export type ObserveCall = <R extends { reason: Reason | null }>(procedure: string, run: () => Promise<R>) => Promise<R>;

const codes = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  402: 'PAYMENT_REQUIRED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  409: 'CONFLICT',
  413: 'PAYLOAD_TOO_LARGE',
  429: 'TOO_MANY_REQUESTS',
  500: 'INTERNAL_SERVER_ERROR',
  503: 'SERVICE_UNAVAILABLE',
} as const satisfies Record<(typeof catalogue)[Reason]['status'], TRPCError['code']>;

const t = initTRPC
  .context<Context>()
  .meta<ProcedureMeta>()
  .create({
    isDev: false,
    // A ping keeps proxies from closing a silent stream, and tells the client that the server is still there.
    sse: { ping: { enabled: true, intervalMs: 15_000 }, client: { reconnectAfterInactivityMs: 45_000 } },
    errorFormatter({ shape, error, ctx, path }) {
      const described = describeError(error);
      const { code, httpStatus } = shape.data;
      const data: ErrorData = toErrorData({ code, httpStatus, path, requestId: ctx?.requestId ?? '' }, described);
      return { ...shape, message: described.message, data };
    },
  });

/** What a caller is told of an error: those outside the catalogue are masked, the log has them whole. */
export function describeError(error: TRPCError): ErrorDescription {
  const { cause } = error;
  if (cause instanceof ReeldeskError) {
    return { reason: cause.reason, message: cause.message, details: cause.details, hint: cause.hint };
  }
  const status = getHTTPStatusCodeFromError(error);
  if (status === 400 && cause instanceof ZodError) {
    return describeInvalidInput(cause);
  }
  if (status === 404) {
    return { reason: 'not_found', message: 'There is no such procedure.', details: {}, hint: 'Check its name.' };
  }
  if (status === 413) {
    return {
      reason: 'too_large',
      message: 'The request is too large.',
      details: {},
      hint: 'Send fewer calls or less data at once.',
    };
  }
  if (status < 500) {
    return {
      reason: 'invalid_input',
      message: 'The request could not be read.',
      details: {},
      hint: 'Send JSON that fits the procedure, a query with GET and a mutation with POST.',
    };
  }
  return {
    reason: 'internal',
    message: 'Something went wrong.',
    details: {},
    hint: 'Try again later. If it happens again, report the request id.',
  };
}

function describeInvalidInput(error: ZodError): ErrorDescription {
  const issues = error.issues.map((issue) => ({ field: z.core.toDotPath(issue.path), problem: issue.message }));
  const [first] = issues;
  const field = first?.field || 'input';
  return {
    reason: 'invalid_input',
    message: `${field}: ${first?.problem ?? 'is not as expected'}.`,
    details: { field, issues },
    hint: `Correct ${field} and call again. Nothing was changed.`,
  };
}

/** An error of the catalogue with its HTTP status. */
export function withCode(cause: ReeldeskError): TRPCError {
  return new TRPCError({ code: codes[cause.status], message: cause.message, cause });
}

// One middleware, as each costs every call: what observes the call, what gives the actor the request's id, and the one
// place where an error of the catalogue gets its HTTP status.
function calls(mustBeSignedIn: boolean) {
  return t.middleware(async ({ ctx, path, next }) => {
    const run = async () => {
      if (mustBeSignedIn && ctx.actor.kind === 'anon') {
        const refusal = new ReeldeskError('not_signed_in', 'Nobody is signed in.', { hint: 'Sign in and call again.' });
        return { refusal, reason: refusal.reason };
      }
      const onReplayed = () => ctx.setHeader?.('Idempotent-Replayed', 'true');
      const result = await next({ ctx: { actor: { ...ctx.actor, requestId: ctx.requestId, onReplayed } } });
      return { result, reason: result.ok ? null : describeError(result.error).reason };
    };
    const { result, refusal } = await (ctx.observe ? ctx.observe<Awaited<ReturnType<typeof run>>>(path, run) : run());
    if (!result) {
      throw withCode(refusal);
    }
    if (!result.ok && result.error.cause instanceof ReeldeskError) {
      throw withCode(result.error.cause);
    }
    return result;
  });
}

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

/** For everybody: who may, the database says. */
export const procedure = t.procedure.use(calls(false));

/** For everybody who is signed in, or the back end. Only for a good message early: the database refuses anyhow. */
export const signedInProcedure = t.procedure.use(calls(true));

/** The input with its idempotency key, which may come as a field or as the header; both must say the same. */
export function withIdempotencyKey<Input extends { idempotencyKey?: string | undefined }>(
  ctx: Pick<Context, 'idempotencyKey'>,
  input: Input,
): Input {
  const header = readIdempotencyHeader(ctx);
  if (header === undefined) {
    return input;
  }
  if (input.idempotencyKey !== undefined && input.idempotencyKey !== header) {
    throw new ReeldeskError('invalid_input', 'The header Idempotency-Key and the field idempotencyKey differ.', {
      details: { field: 'idempotencyKey' },
      hint: 'Send the key once, or the same key twice. Nothing was changed.',
    });
  }
  return { ...input, idempotencyKey: header };
}

/** The header `Idempotency-Key`, checked like the field; `undefined` without one. */
export function readIdempotencyHeader(ctx: Pick<Context, 'idempotencyKey'>): string | undefined {
  if (ctx.idempotencyKey === undefined) {
    return undefined;
  }
  const parsed = idempotencyKey.safeParse(ctx.idempotencyKey);
  if (!parsed.success) {
    throw new ReeldeskError('invalid_input', 'The header Idempotency-Key must have 1 to 200 characters.', {
      details: { field: 'idempotencyKey' },
      hint: 'Send one fresh key, such as a UUID, per intended action, or none.',
    });
  }
  return parsed.data;
}
