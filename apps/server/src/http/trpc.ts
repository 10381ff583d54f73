import { appRouter } from '@reeldesk/api/router';
import type { Context } from '@reeldesk/api/trpc';
import type { Database } from '@reeldesk/db/client';
import { ReeldeskError } from '@reeldesk/db/errors';
import { fastifyTRPCPlugin, type FastifyTRPCPluginOptions } from '@trpc/server/adapters/fastify';
import type { FastifyInstance } from 'fastify';
import { findCaller, type CallerOptions } from '../auth/caller.ts';
import { describeForLog } from './log.ts';

const MAX_BATCH_SIZE = 10;

/** The procedures under `/trpc`, at most ten in one request. */
export async function registerTrpc(app: FastifyInstance, db: Database, callers: CallerOptions): Promise<void> {
  await app.register(async (scope) => {
    scope.addHook('preHandler', async (request) => {
      request.procedures = procedureNames(request.url);
      if (request.procedures.length > MAX_BATCH_SIZE) {
        throw new ReeldeskError('too_large', `At most ${MAX_BATCH_SIZE} calls fit in one request.`, {
          hint: 'Send fewer calls at once.',
        });
      }
      request.caller = await findCaller(request, callers);
    });
    const options: FastifyTRPCPluginOptions<typeof appRouter> = {
      prefix: '/trpc',
      trpcOptions: {
        router: appRouter,
        maxBatchSize: MAX_BATCH_SIZE,
        createContext: ({ req }): Context => {
          const { actor, expiresAt } = req.caller ?? { actor: { kind: 'anon' }, expiresAt: null };
          return { db, actor, requestId: req.id, expiresAt: expiresAt?.toISOString() ?? null };
        },
        onError: ({ req, error, path }) => {
          const { cause } = error;
          const reason = cause instanceof ReeldeskError ? cause.reason : error.code;
          req.reasons = [...(req.reasons ?? []), reason];
          if (
            error.code === 'INTERNAL_SERVER_ERROR' ||
            (cause instanceof ReeldeskError && cause.reason === 'unavailable')
          ) {
            req.log.error({ procedure: path, err: describeForLog(cause ?? error) }, 'A call failed');
          }
        },
        responseMeta: () => ({ headers: { 'cache-control': 'no-store' } }),
      },
    };
    await scope.register(fastifyTRPCPlugin, options);
  });
}

function procedureNames(url: string): string[] {
  const [path = ''] = url.split('?', 1);
  return path
    .replace(/^\/trpc\/?/, '')
    .split(',')
    .filter(Boolean);
}
