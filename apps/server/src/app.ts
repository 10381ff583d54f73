import { constants } from 'node:zlib';
import compress from '@fastify/compress';
import cookie from '@fastify/cookie';
import { appRouter } from '@reeldesk/api/router';
import type { Database } from '@reeldesk/db/client';
import type { LiveUpdates } from '@reeldesk/db/live-updates';
import type { ReportDatabase } from '@reeldesk/db/usage/replica';
import { ReeldeskError, type Reason } from '@reeldesk/db/errors';
import type { AnyTRPCRouter } from '@trpc/server';
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
import { callLimits, createCallLimit, type CallLimits } from './http/call-limit.ts';
import type { LoggedCall } from './http/calls.ts';
import { registerDrain } from './http/drain.ts';
import { toErrorAnswer } from './http/error-body.ts';
import { createGate } from './http/gate.ts';
import { registerExports } from './http/exports.ts';
import { registerHealth } from './http/health.ts';
import { describeForLog } from './http/log.ts';
import { createMetrics } from './http/metrics.ts';
import { requestIdOf } from './http/request-id.ts';
import { registerRest } from './http/rest.ts';
import { registerSecurityHeaders, securityHeaders } from './http/security-headers.ts';
import { registerStaticAdmin } from './http/static-admin.ts';
import type { Tracing } from './http/tracing.ts';
import { registerTrpc } from './http/trpc.ts';

declare module 'fastify' {
  interface FastifyRequest {
    caller?: Caller;
    /** Its calls, for the log. */
    calls?: LoggedCall[];
    /** Why it failed outside of them, for the log. */
    reason?: Reason;
    traceId?: string;
    /** Counts a key that the database did not know against where it came from. */
    countRefusedKey?: () => Promise<void>;
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
  callLimits?: CallLimits;
  /** Calls that may wait for a database connection before more are refused. */
  maxWaiting?: number;
  live?: LiveUpdates | null;
  /** Where reports are read, when not in `db`. */
  reports?: ReportDatabase | undefined;
  metrics?: { token: string | null; ledgerCheckMinutes: number };
  tracing?: Tracing | null;
  /** Leaves all calls to tRPC's own adapter, to compare the direct ones with. */
  adapterOnly?: boolean;
  /** Served under `/trpc` instead of Reeldesk's own, to compare other ways to do its work. */
  router?: AnyTRPCRouter;
}

const BODY_LIMIT_BYTES = 262_144;
const DRAIN_PATIENCE_MS = 20_000;

/** The whole server, not yet listening. */
export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const { db, auth, sessions, readBearer, localSupabase, adminDirectory, logger, trustProxy = false } = options;
  const { live = null, tracing = null, maxWaiting = 1_000 } = options;
  const app = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    // Before any hook.
    frameworkErrors: (error, request, reply) => answerError(error, request, reply.headers(securityHeaders)),
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
  const metrics = createMetrics({
    db,
    ...(options.metrics ?? { token: null, ledgerCheckMinutes: 5 }),
    liveStreams: () => live?.streams() ?? 0,
  });
  app.setErrorHandler((error, request, reply) => {
    answerError(error, request, reply);
    if (request.reason) {
      metrics.countError(request.reason);
    }
    return reply;
  });
  tracing?.register(app);
  logRequests(app);
  registerDrain(app, { onClosing: () => live?.close(), patienceMs: DRAIN_PATIENCE_MS });
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    done();
  });
  registerSecurityHeaders(app);
  await app.register(compress, {
    threshold: 1024,
    // What is streamed goes out piece by piece: answers of a batch that are there don't wait for the slow one.
    zlibOptions: { flush: constants.Z_SYNC_FLUSH },
    brotliOptions: { flush: constants.BROTLI_OPERATION_FLUSH },
  });
  await app.register(cookie);
  registerHealth(app, db);
  metrics.register(app);
  registerSessionRoutes(app, { db, auth, sessions, limit: options.signInLimit ?? createSignInLimit() });
  const gate = createGate({
    db,
    callers: { readBearer, sessions },
    limit: createCallLimit(options.callLimits ?? callLimits),
    maxWaiting,
  });
  const services = {
    db,
    gate,
    live,
    reports: options.reports,
    metrics,
    tracing,
    adapterOnly: options.adapterOnly,
    router: options.router ?? appRouter,
  };
  await registerTrpc(app, services);
  registerExports(app, { db, gate });
  await registerRest(app, services);
  if (localSupabase) {
    await registerLocalSupabase(app, localSupabase);
  }
  await registerStaticAdmin(app, adminDirectory);
  return app;
}

function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, body } = toErrorAnswer(error, request.id);
  const { reason, details } = body.error.data;
  request.reason = reason;
  // A server that is full or stopping says so often enough in its metrics.
  if (status >= 500 && !(error instanceof ReeldeskError && error.cause === undefined)) {
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

// One line per request: never its query, headers or body.
function logRequests(app: FastifyInstance): void {
  const log = (request: FastifyRequest, reply: FastifyReply, isAborted: boolean) => {
    const actor = request.caller?.actor;
    request.log.info(
      {
        method: request.method,
        path: request.url.split('?', 1)[0],
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
        ...(isAborted && { aborted: true }),
        ...(actor && { caller: actor.kind, ...(actor.kind === 'user' && { userId: actor.userId }) }),
        ...(request.calls && { calls: request.calls }),
        ...(request.reason && { reason: request.reason }),
        ...(request.traceId !== undefined && { traceId: request.traceId }),
      },
      'request',
    );
  };
  app.addHook('onRequest', (request, reply, done) => {
    reply.raw.once('close', () => {
      // The client has gone before the end: of a stream that is the rule.
      if (!reply.raw.writableFinished) {
        log(request, reply, true);
      }
    });
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    log(request, reply, false);
    done();
  });
}
