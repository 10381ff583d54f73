import { createHash, timingSafeEqual } from 'node:crypto';
import { catalogue, type Reason } from '@reeldesk/db/errors';
import { poolState, type Database } from '@reeldesk/db/client';
import { countLedgerProblems, countSessions } from '@reeldesk/db/health';
import { ReeldeskError } from '@reeldesk/db/errors';
import { usageLag } from '@reeldesk/db/usage/roll-up';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export interface MetricsOptions {
  db: Database;
  /** Who sends it as Bearer token may read the metrics from anywhere; without it only this machine may. */
  token: string | null;
  /** How old the last look through the whole ledger may be, 0 for none. */
  ledgerCheckMinutes: number;
  liveStreams: () => number;
}

export interface Metrics {
  countCall(procedure: string, reason: Reason | null, seconds: number): void;
  /** An error outside of the procedures. */
  countError(reason: Reason): void;
  register(app: FastifyInstance): void;
}

const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const LOOK_PATIENCE_MS = 5_000;

/** What `/metrics` says, in Prometheus' format. */
export function createMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const calls = new Counter({
    name: 'reeldesk_calls_total',
    help: 'Calls by procedure and HTTP status.',
    labelNames: ['procedure', 'status'],
    registers,
  });
  const errors = new Counter({
    name: 'reeldesk_errors_total',
    help: 'Errors that callers were told, by reason; inside and outside of procedures.',
    labelNames: ['reason'],
    registers,
  });
  const seconds = new Histogram({
    name: 'reeldesk_call_duration_seconds',
    help: 'How long calls took, by procedure.',
    labelNames: ['procedure'],
    buckets,
    registers,
  });
  const requests = new Histogram({
    name: 'reeldesk_http_request_duration_seconds',
    help: 'How long requests took until the end of their answer, by route and status.',
    labelNames: ['method', 'route', 'status'],
    buckets,
    registers,
  });
  addPool(registry, options.db);
  addSharing(registry, options.db);
  addLookups(registry, options);
  new Gauge({
    name: 'reeldesk_live_streams',
    help: 'Open streams of live updates.',
    registers,
    collect() {
      this.set(options.liveStreams());
    },
  });
  return {
    countCall: (procedure, reason, duration) => {
      calls.inc({ procedure, status: reason === null ? 200 : catalogue[reason].status });
      seconds.observe({ procedure }, duration);
      if (reason !== null) {
        errors.inc({ reason });
      }
    },
    countError: (reason) => errors.inc({ reason }),
    register: (app) => {
      app.addHook('onResponse', (request, reply, done) => {
        const route = request.routeOptions.url ?? 'none';
        requests.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
        done();
      });
      app.get('/metrics', async (request, reply) => {
        if (!mayRead(request, options.token)) {
          throw new ReeldeskError('not_found', 'There is nothing at this address.', {
            hint: 'Check the address and the method.',
          });
        }
        return reply
          .headers({ 'cache-control': 'no-store', 'content-type': registry.contentType })
          .send(await registry.metrics());
      });
    },
  };
}

function addPool(registry: Registry, db: Database): void {
  const gauges = {
    size: 'Database connections that may be open at most.',
    open: 'Database connections that are open.',
    idle: 'Open database connections without work.',
    waiting: 'Calls that wait for a database connection.',
    sharing: 'Calls that wait for a statement that they share with others.',
  };
  for (const [name, help] of Object.entries(gauges)) {
    new Gauge({
      name: `reeldesk_pool_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(poolState(db)[name as keyof typeof gauges]);
      },
    });
  }
}

function addSharing(registry: Registry, db: Database): void {
  const counters = {
    sharedCalls: ['reeldesk_shared_calls_total', 'Calls that were sent in statements which calls may share.'],
    sharedStatements: ['reeldesk_shared_statements_total', 'Those statements: calls for each say how many share one.'],
  } as const;
  for (const [name, [metric, help]] of Object.entries(counters)) {
    new Counter({
      name: metric,
      help,
      registers: [registry],
      collect() {
        this.reset();
        this.inc(poolState(db)[name as keyof typeof counters]);
      },
    });
  }
}

function addLookups(registry: Registry, { db, ledgerCheckMinutes }: MetricsOptions): void {
  const lookup = (name: string, help: string, maxAgeMs: number, look: () => Promise<number>) => {
    const failures = new Counter({
      name: `${name}_lookup_failures_total`,
      help: `How often ${name} could not be found out.`,
      registers: [registry],
    });
    const remembered = rememberFor(maxAgeMs, look, () => failures.inc());
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        const value = await remembered();
        if (value === null) {
          this.reset();
          this.remove();
        } else {
          this.set(value);
        }
      },
    });
  };
  lookup('reeldesk_sessions', 'Browsers that are signed in.', 30_000, () => countSessions(db));
  lookup(
    'reeldesk_usage_rollup_lag_seconds',
    'Age of the oldest ledger row that the rollups of the usage reports have not taken yet; 0 when they have all.',
    5_000,
    async () => (await usageLag(db, { kind: 'backend' })).seconds,
  );
  if (ledgerCheckMinutes > 0) {
    lookup(
      'reeldesk_ledger_problems',
      'Broken promises of the ledger: 0 when the books balance. The last finding, looked up every few minutes.',
      ledgerCheckMinutes * 60_000,
      () => countLedgerProblems(db),
    );
  }
}

/** The last finding, a new one when that is too old; `null` while there is none. Never waits long. */
function rememberFor(
  maxAgeMs: number,
  look: () => Promise<number>,
  onFailure: () => void,
): () => Promise<number | null> {
  let value: number | null = null;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | null = null;
  const lookNow = async () => {
    try {
      value = await look();
    } catch {
      value = null;
      onFailure();
    } finally {
      lookedAt = performance.now();
      looking = null;
    }
  };
  return async () => {
    if (performance.now() - lookedAt >= maxAgeMs) {
      looking ??= lookNow();
    }
    if (looking) {
      let timer: NodeJS.Timeout | undefined;
      const patience = new Promise((resolve) => {
        timer = setTimeout(resolve, LOOK_PATIENCE_MS);
      });
      await Promise.race([looking, patience]);
      clearTimeout(timer);
    }
    return value;
  };
}

// A request that a proxy on this machine has passed on comes from elsewhere.
function mayRead(request: FastifyRequest, token: string | null): boolean {
  const { headers } = request;
  if (token !== null) {
    return isSame(headers.authorization ?? '', `Bearer ${token}`);
  }
  const isForwarded = headers['x-forwarded-for'] !== undefined || headers['forwarded'] !== undefined;
  return !isForwarded && /^(::1|(::ffff:)?127\.)/.test(request.socket.remoteAddress ?? '');
}

function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
