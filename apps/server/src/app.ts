import compress from '@fastify/compress';
import cookie from '@fastify/cookie';
import type { Database } from '@reeldesk/db/client';
import { ReeldeskError } from '@reeldesk/db/errors';
import fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import type { Caller } from './auth/bearer.ts';
import type { CallerOptions } from './auth/caller.ts';
import { registerSessionRoutes } from './auth/session-routes.ts';
import { createSignInLimit, type SignInLimit } from './auth/sign-in-limit.ts';
import type { SupabaseAuth } from './auth/supabase-auth.ts';
import type { LocalSupabase } from './embedded/local-supabase.ts';
import { registerLocalSupabase } from './embedded/local-supabase-routes.ts';
import { toErrorAnswer } from './http/error-body.ts';
import { registerHealth } from './http/health.ts';
import { describeForLog } from './http/log.ts';
import { requestIdOf } from './http/request-id.ts';
import { registerSecurityHeaders } from './http/security-headers.ts';
import { registerStaticAdmin } from './http/static-admin.ts';
import { registerTrpc } from './http/trpc.ts';

declare module 'fastify' {
  interface FastifyRequest {
    caller?: Caller;
    procedures?: string[];
    /** Why calls of this request failed, for the log. */
    reasons?: string[];
  }
}

export interface AppOptions extends CallerOptions {
  db: Database;
  auth: SupabaseAuth | null;
  /** Served under `/auth/v1` and `/rest/v1` in the embedded default. */
  localSupabase: LocalSupabase | null;
  /** Where the built dashboard lies. */
  adminDirectory: string;
  logger: FastifyBaseLogger;
  trustProxy?: string[] | false;
  signInLimit?: SignInLimit;
}

const BODY_LIMIT_BYTES = 262_144;

/** The whole server, not yet listening. */
export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const { db, auth, sessions, readBearer, localSupabase, adminDirectory, logger, trustProxy = false } = options;
  const app = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    frameworkErrors: (error, request, reply) => answerError(error, request, reply),
    genReqId: (request) => requestIdOf(request.headers),
    requestIdHeader: false,
    bodyLimit: BODY_LIMIT_BYTES,
    routerOptions: { maxParamLength: 5_000 },
    trustProxy,
    forceCloseConnections: true,
    return503OnClosing: false,
    requestTimeout: 60_000,
  });
  app.removeContentTypeParser('text/plain');
  app.setErrorHandler(answerError);
  logRequests(app);
  refuseWhileClosing(app);
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  await registerSecurityHeaders(app);
  await app.register(compress, { threshold: 1024 });
  await app.register(cookie);
  registerHealth(app, db);
  registerSessionRoutes(app, { db, auth, sessions, limit: options.signInLimit ?? createSignInLimit() });
  await registerTrpc(app, db, { readBearer, sessions });
  if (localSupabase) {
    await registerLocalSupabase(app, localSupabase);
  }
  await registerStaticAdmin(app, adminDirectory);
  return app;
}

function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, body } = toErrorAnswer(error, request.id);
  const { reason, details } = body.error.data;
  request.reasons = [...(request.reasons ?? []), reason];
  if (status >= 500) {
    request.log.error({ err: describeForLog(error) }, 'A request failed');
  }
  if (typeof details['retryAfterSeconds'] === 'number') {
    reply.header('retry-after', details['retryAfterSeconds']);
  }
  return reply
    .code(status)
    .headers({ 'cache-control': 'no-store', 'x-request-id': request.id })
    .type('application/json')
    .send(body);
}

function refuseWhileClosing(app: FastifyInstance): void {
  let isClosing = false;
  app.addHook('preClose', async () => {
    isClosing = true;
  });
  app.addHook('onRequest', async () => {
    if (isClosing) {
      throw new ReeldeskError('unavailable', 'The server is stopping.', { hint: 'Try again in a moment.' });
    }
  });
}

// One line per request: never its query, headers or body.
function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    const actor = request.caller?.actor;
    request.log.info(
      {
        method: request.method,
        path: request.url.split('?', 1)[0],
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
        ...(actor && { caller: actor.kind, ...(actor.kind === 'user' && { userId: actor.userId }) }),
        ...(request.procedures && { procedures: request.procedures }),
        ...(request.reasons && { reasons: request.reasons }),
      },
      'request',
    );
  });
}
