import { describeError } from '@reeldesk/api/trpc';
import { toErrorData, type ErrorData } from '@reeldesk/api/contract/errors';
import { ReeldeskError } from '@reeldesk/db/errors';
import { TRPCError } from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
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
export function toErrorAnswer(error: unknown, requestId: string, path?: string): ErrorAnswer {
  const status = statusOf(error);
  const code = codes[status] ?? (status < 500 ? 'BAD_REQUEST' : 'INTERNAL_SERVER_ERROR');
  const trpcError = error instanceof TRPCError ? error : new TRPCError({ code, cause: error });
  const described = describeError(trpcError);
  return {
    status,
    body: {
      error: {
        message: described.message,
        code: TRPC_ERROR_CODES_BY_KEY[code],
        data: toErrorData({ code, httpStatus: status, requestId, path }, described),
      },
    },
  };
}

function statusOf(error: unknown): number {
  if (error instanceof ReeldeskError) {
    return error.status;
  }
  if (error instanceof TRPCError) {
    return getHTTPStatusCodeFromError(error);
  }
  const { statusCode } = error as Partial<FastifyError>;
  return statusCode !== undefined && statusCode >= 400 && statusCode < 600 ? statusCode : 500;
}
