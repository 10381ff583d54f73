import { describeError, type Context } from '@reeldesk/api/trpc';
import type { Database } from '@reeldesk/db/client';
import { ReeldeskError } from '@reeldesk/db/errors';
import type { LiveUpdates } from '@reeldesk/db/live-updates';
import type { ReportDatabase } from '@reeldesk/db/usage/replica';
import type { AnyTRPCRouter, TRPCError } from '@trpc/server';
import { fastifyRequestHandler } from '@trpc/server/adapters/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { noteCall, observeCalls } from './calls.ts';
import { createDirectCalls } from './direct-calls.ts';
import type { Gate } from './gate.ts';
import { describeForLog } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { Tracing } from './tracing.ts';

const MAX_BATCH_SIZE = 10;

export interface CallServices {
  db: Database;
  gate: Gate;
  live: LiveUpdates | null;
  reports?: ReportDatabase | undefined;
  metrics: Metrics;
  tracing: Tracing | null;
  /** Leaves all calls to tRPC's own adapter. */
  adapterOnly?: boolean | undefined;
  router: AnyTRPCRouter;
}

/** The procedures under `/trpc`, at most ten in one request. */
export async function registerTrpc(app: FastifyInstance, services: CallServices): Promise<void> {
  const { gate, metrics, router } = services;
  await app.register(async (scope) => {
    scope.addHook('preHandler', async (request, reply) => {
      checkForm(request);
      const calls = countCalls(request.url);
      if (calls > MAX_BATCH_SIZE) {
        throw new ReeldeskError('too_large', `At most ${MAX_BATCH_SIZE} calls fit in one request.`, {
          hint: 'Send fewer calls at once.',
        });
      }
      if (calls > 1 && idempotencyKeyOf(request) !== undefined) {
        throw new ReeldeskError('invalid_input', 'The header Idempotency-Key goes with one call.', {
          details: { field: 'idempotencyKey' },
          hint: 'Send the calls one by one, or each with a field idempotencyKey. Nothing was changed.',
        });
      }
      await gate(request, reply, calls);
    });
    // As the adapter's plugin has it: bodies arrive as they are.
    scope.removeContentTypeParser('application/json');
    scope.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => done(null, body));
    scope.addContentTypeParser('multipart/form-data', (_request, body, done) => done(null, body));

    const noteError = (request: FastifyRequest, error: TRPCError, path: string | undefined) => {
      const { cause } = error;
      const { reason } = describeError(error);
      if (isBeforeProcedure(error, path)) {
        noteCall(request, path ?? '', 0, reason);
        metrics.countError(reason);
      }
      // A server that is full or stopping says so by itself; behind other faults there is a cause.
      const isOwn = cause instanceof ReeldeskError && cause.cause === undefined;
      if ((reason === 'internal' || reason === 'unavailable') && !isOwn) {
        request.log.error({ procedure: path, err: describeForLog(cause ?? error) }, 'A call failed');
      }
    };
    const headersOf = (errors: TRPCError[]) => ({
      'cache-control': 'no-store',
      ...(errors.some((error) => describeError(error).reason === 'unavailable') && { 'retry-after': '1' }),
    });
    const createContext = (request: FastifyRequest, reply: FastifyReply) => contextOf(request, reply, services);
    const direct = createDirectCalls({ router, createContext, onError: noteError, headersOf });
    scope.all<{ Params: { path: string } }>('/trpc/:path', (request, reply) => {
      const { path } = request.params;
      return (
        (services.adapterOnly ? null : direct(request, reply, path)) ??
        fastifyRequestHandler({
          router,
          maxBatchSize: MAX_BATCH_SIZE,
          req: request,
          res: reply,
          path,
          createContext: () => createContext(request, reply),
          onError: ({ error, path: failed }) => noteError(request, error, failed),
          responseMeta: ({ errors }) => ({ headers: headersOf(errors) }),
        })
      );
    });
  });
}

/** What the calls of a request are given. */
export function contextOf(request: FastifyRequest, reply: FastifyReply, services: CallServices): Context {
  const { db, live, reports, metrics, tracing } = services;
  const { actor, expiresAt } = request.caller ?? { actor: { kind: 'anon' }, expiresAt: null };
  return {
    db,
    actor,
    requestId: request.id,
    expiresAt: expiresAt?.toISOString() ?? null,
    isSignedIn: request.caller?.isSignedIn,
    idempotencyKey: idempotencyKeyOf(request),
    setHeader: (name, value) => {
      // Answers of a batch are streamed: its headers are gone before the first of them is there.
      if (!reply.sent) {
        reply.header(name, value);
      }
    },
    onFault: (error) => request.log.error({ err: describeForLog(error) }, 'A part of a call failed'),
    observe: observeCalls(request, metrics, tracing),
    ...(live && { live }),
    ...(reports && { reports }),
  };
}

function idempotencyKeyOf({ headers }: FastifyRequest): string | undefined {
  const given = headers['idempotency-key'];
  return Array.isArray(given) ? given.join() : given;
}

// Those that the observer of the calls never sees.
function isBeforeProcedure({ code, cause }: TRPCError, path: string | undefined): boolean {
  const isOfRouter = code === 'NOT_FOUND' || code === 'METHOD_NOT_SUPPORTED';
  return path === undefined || (isOfRouter && !(cause instanceof ReeldeskError));
}

// tRPC answers these too, but without the request's id.
function checkForm({ method, headers }: FastifyRequest): void {
  const isRead = method === 'GET' || method === 'HEAD';
  if (!isRead && method !== 'POST') {
    throw Object.assign(new Error('Queries come by GET, mutations by POST.'), { statusCode: 405 });
  }
  if (!isRead && headers['content-type'] === undefined) {
    throw Object.assign(new Error('The body has no content type.'), { statusCode: 415 });
  }
}

// A comma may be written as %2C; of a broken path the router has told already.
function countCalls(url: string): number {
  const [path = ''] = url.split('?', 1);
  return path.split(/,|%2C/i).length;
}
