import { createHash } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { createFairShare, type FairShare } from './fair-share.ts';
import { PrismaClient } from './generated/client.ts';
import {
  createSharedStatements,
  type SharedAnswer,
  type SharedCall,
  type SharedStatements,
  type TraceSharedStatement,
} from './shared-statements.ts';

export interface DatabaseOptions {
  /** `postgres://…`, normally of the login `reeldesk_api`. */
  url: string;
  /** Connections at most. */
  poolSize?: number;
  /**
   * Prepare each statement once per connection, under a name. Off behind a pooler in transaction
   * mode that does not follow named statements (PgBouncer before 1.21).
   */
  namedStatements?: boolean;
  /** Milliseconds to wait for a free connection before `unavailable`. */
  connectionTimeoutMs?: number;
  /**
   * Milliseconds after which PostgreSQL ends a statement, 0 for never. Sent when connecting, which some poolers
   * refuse; without it the login's own limit holds, 30 seconds for `reeldesk_api`.
   */
  statementTimeoutMs?: number | undefined;
  /** Milliseconds to wait for an answer before its connection is given up as frozen, 0 for ever. */
  answerTimeoutMs?: number;
  /** Charges, balances or pages that share one statement at most, when more arrive than are under way; 1 for never. */
  callsPerStatement?: number;
  /** Told of each statement that calls share. */
  traceSharedStatement?: TraceSharedStatement | undefined;
  /** Called for errors of idle connections, which end no call. */
  onPoolError?: (error: Error) => void;
}

export type Database = PrismaClient;

/**
 * How busy a pool is: connections that may be and are open, those without work, calls that wait for one, calls that wait
 * for a shared statement, and how many calls have been in how many of those so far.
 */
export interface PoolState {
  size: number;
  open: number;
  idle: number;
  waiting: number;
  sharing: number;
  sharedCalls: number;
  sharedStatements: number;
}

interface Opened {
  pool: pg.Pool;
  size: number;
  share: FairShare;
  statements: SharedStatements;
}

const opened = new WeakMap<Database, Opened>();

/** Opens a pool of connections; the first one is made by the first call. End it with `$disconnect()`. */
export function createDatabase(options: DatabaseOptions): Database {
  const { url, poolSize = 10, namedStatements = true, connectionTimeoutMs = 5_000, onPoolError } = options;
  const { statementTimeoutMs, answerTimeoutMs = 45_000, callsPerStatement = 16 } = options;
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: connectionTimeoutMs,
    application_name: 'reeldesk',
    keepAlive: true,
    query_timeout: answerTimeoutMs,
    ...(statementTimeoutMs !== undefined && { options: `-c statement_timeout=${statementTimeoutMs}` }),
  });
  pool.on('connect', (client) => {
    giveUpWhenFrozen(client);
    // Of a connection that the pool has let go of, because the database stops at the same time.
    client.on('error', () => undefined);
  });
  const adapter = new PrismaPg(pool, {
    disposeExternalPool: true,
    onPoolError: onPoolError ?? (() => undefined),
    ...(namedStatements && { statementNameGenerator: ({ sql }) => statementName(sql) }),
  });
  const db = new PrismaClient({
    adapter,
    errorFormat: 'minimal',
    // A report over years may take its time; Prisma's own limits are 2 seconds of waiting and 5 of work.
    transactionOptions: { maxWait: connectionTimeoutMs, timeout: 60_000 },
  });
  opened.set(db, {
    pool,
    size: poolSize,
    // Half of the connections for one person, and at least one is left for the others.
    share: createFairShare(Math.max(1, Math.floor(poolSize / 2))),
    statements: createSharedStatements({
      send: (calls, lockTimeoutMs) => sendTogether(db, calls, lockTimeoutMs),
      callsPerStatement,
      statementsAtOnce: Math.max(1, Math.floor(poolSize / 5)),
      lockTimeoutMs: 50,
      trace: options.traceSharedStatement,
    }),
  });
  return db;
}

async function sendTogether(
  db: Database,
  calls: readonly SharedCall[],
  lockTimeoutMs: number,
): Promise<readonly SharedAnswer[]> {
  const given = calls.map(({ account, content }, index) => ({ index, account, ...content }));
  // In one order everywhere, so that no two statements wait for each other's accounts.
  given.sort((a, b) => (a.account === b.account ? 0 : (a.account ?? '') < (b.account ?? '') ? -1 : 1));
  const rows = await db.$queryRaw<{ answer: string }[]>`
    select answer from reeldesk.call_together(${JSON.stringify(given)}::jsonb, ${lockTimeoutMs}::integer) answer`;
  const answers: SharedAnswer[] = [];
  for (const row of rows) {
    const { index, ...answer } = JSON.parse(row.answer) as SharedAnswer & { index: number };
    answers[index] = answer;
  }
  return answers;
}

function openedBy(db: Database): Opened {
  const found = opened.get(db);
  if (!found) {
    throw new Error('This client was not made by createDatabase.');
  }
  return found;
}

/** Who of the callers gets a connection now. */
export function fairShareOf(db: Database): FairShare {
  return openedBy(db).share;
}

/** What lets calls that arrive together share a statement. */
export function sharedStatementsOf(db: Database): SharedStatements {
  return openedBy(db).statements;
}

/** The state of the pool that `createDatabase` opened, at this moment. */
export function poolState(db: Database): PoolState {
  const { pool, size, share, statements } = openedBy(db);
  const shared = statements.state();
  return {
    size,
    open: pool.totalCount,
    idle: pool.idleCount,
    waiting: pool.waitingCount + share.waiting(),
    sharing: shared.waiting,
    sharedCalls: shared.calls,
    sharedStatements: shared.statements,
  };
}

/**
 * A connection of the pool for what Prisma can't do, a cursor that is read for minutes for instance. Give it back with
 * `release()`, after the end of its transaction.
 */
export async function borrowConnection(db: Database): Promise<pg.PoolClient> {
  const { pool } = openedBy(db);
  // So that Prisma looks after the pool: its errors while idle, and its end.
  await db.$connect();
  return pool.connect();
}

// pg leaves a query that it no longer waits for on its connection: the ROLLBACK would wait behind it once more.
function giveUpWhenFrozen(client: pg.PoolClient): void {
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  const watched = (...args: unknown[]): unknown => {
    const answer = query(...args);
    if (answer instanceof Promise) {
      answer.catch((error: Error) => {
        if (error.message === 'Query read timeout') {
          (client as pg.PoolClient & { connection: pg.Connection }).connection.stream.destroy();
        }
      });
    }
    return answer;
  };
  client.query = watched as typeof client.query;
}

const statementNames = new Map<string, string>();

function statementName(sql: string): string {
  let name = statementNames.get(sql);
  if (name === undefined) {
    name = createHash('sha1').update(sql).digest('base64url');
    statementNames.set(sql, name);
  }
  return name;
}
