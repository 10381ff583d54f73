import { catalogue, ReeldeskError, type Reason } from '@reeldesk/db/errors';
import type { Actor } from '@reeldesk/db/actor';
import type { Database } from '@reeldesk/db/client';
import { initTRPC, TRPCError } from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import { z, ZodError } from 'zod';
import type { ErrorData } from './contract/errors.ts';

/** What each call is given by the server. */
export interface Context {
  db: Database;
  /** On whose behalf the call is made, as the server found by cookie or token. */
  actor: Actor;
  requestId: string;
  /** When the caller's sign-in ends, ISO 8601; `null` when it does not or nobody is signed in. */
  expiresAt: string | null;
}

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

const t = initTRPC.context<Context>().create({
  isDev: false,
  errorFormatter({ shape, error, ctx, path }) {
    const described = describeError(error);
    const data: ErrorData = {
      code: shape.data.code,
      httpStatus: shape.data.httpStatus,
      ...(path !== undefined && { path }),
      reason: described.reason,
      details: described.details,
      hint: described.hint,
      requestId: ctx?.requestId ?? '',
    };
    return { ...shape, message: described.message, data };
  },
});

/** What a caller is told of an error: those outside the catalogue are masked, the log has them whole. */
export function describeError(error: TRPCError): Pick<ErrorData, 'reason' | 'details' | 'hint'> & { message: string } {
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

function describeInvalidInput(error: ZodError): ReturnType<typeof describeError> {
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

// The one place where an error of the catalogue gets its HTTP status.
const withStatus = t.middleware(async ({ next }) => {
  const result = await next();
  if (!result.ok && result.error.cause instanceof ReeldeskError) {
    const { cause } = result.error;
    throw new TRPCError({ code: codes[cause.status], message: cause.message, cause });
  }
  return result;
});

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

/** For everybody: who may, the database says. */
export const procedure = t.procedure.use(withStatus);

/** For everybody who is signed in, or the back end. Only for a good message early: the database refuses anyhow. */
export const signedInProcedure = procedure.use(({ ctx, next }) => {
  if (ctx.actor.kind === 'anon') {
    throw new ReeldeskError('not_signed_in', 'Nobody is signed in.', { hint: 'Sign in and call again.' });
  }
  return next();
});
