import { describeError } from '@reeldesk/api/trpc';
import type { ErrorData } from '@reeldesk/api/contract/errors';
import { ReeldeskError } from '@reeldesk/db/errors';
import { TRPCError } from '@trpc/server';
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc';
import type { FastifyError } from 'fastify';

export interface ErrorAnswer {
  status: number;
  body: { error: { message: string; code: number; data: ErrorData } };
}

type Code = TRPCError['code'];

const codes: Record<number, Code> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  402: 'PAYMENT_REQUIRED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_SUPPORTED',
  409: 'CONFLICT',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  429: 'TOO_MANY_REQUESTS',
  503: 'SERVICE_UNAVAILABLE',
};

/** Any error as the API answers it outside of a procedure: the same shape as inside. */
export function toErrorAnswer(error: unknown, requestId: string): ErrorAnswer {
  const status = statusOf(error);
  const code = codes[status] ?? (status < 500 ? 'BAD_REQUEST' : 'INTERNAL_SERVER_ERROR');
  const { message, reason, details, hint } = describeError(new TRPCError({ code, cause: error }));
  return {
    status,
    body: {
      error: {
        message,
        code: TRPC_ERROR_CODES_BY_KEY[code],
        data: { code, httpStatus: status, reason, details, hint, requestId },
      },
    },
  };
}

function statusOf(error: unknown): number {
  if (error instanceof ReeldeskError) {
    return error.status;
  }
  const { statusCode } = error as Partial<FastifyError>;
  return statusCode !== undefined && statusCode >= 400 && statusCode < 600 ? statusCode : 500;
}
