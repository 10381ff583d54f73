import { createHash } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from './generated/client.ts';

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
  /** Called for errors of idle connections, which end no call. */
  onPoolError?: (error: Error) => void;
}

export type Database = PrismaClient;

/** Opens a pool of connections; the first one is made by the first call. End it with `$disconnect()`. */
export function createDatabase(options: DatabaseOptions): Database {
  const { url, poolSize = 10, namedStatements = true, connectionTimeoutMs = 5_000, onPoolError } = options;
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: connectionTimeoutMs,
    application_name: 'reeldesk',
  });
  const adapter = new PrismaPg(pool, {
    disposeExternalPool: true,
    onPoolError: onPoolError ?? (() => undefined),
    ...(namedStatements && { statementNameGenerator: ({ sql }) => statementName(sql) }),
  });
  return new PrismaClient({
    adapter,
    errorFormat: 'minimal',
    // A report over years may take its time; Prisma's own limits are 2 seconds of waiting and 5 of work.
    transactionOptions: { maxWait: connectionTimeoutMs, timeout: 60_000 },
  });
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
