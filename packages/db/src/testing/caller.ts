import type pg from 'pg';

type Row = Record<string, unknown>;

/** Runs SQL as somebody. */
export interface Caller {
  /** Runs one statement in a transaction of its own and answers its rows. */
  query<R extends object = Row>(sql: string, params?: readonly unknown[]): Promise<R[]>;
  /** Opens a transaction that stays open until it is told how to end. */
  begin(isolation?: 'read committed' | 'repeatable read' | 'serializable'): Promise<OpenTransaction>;
}

/** A transaction on a connection of its own; a test that leaves it open is ended with its database. */
export interface OpenTransaction {
  /** The backend's process id, as `pg_locks` and `pg_blocking_pids` name it. */
  pid: number;
  query<R extends object = Row>(sql: string, params?: readonly unknown[]): Promise<R[]>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

/** The claims of a signed-in person's token, as far as the database reads them. */
export function userClaims(userId: string): Record<string, string> {
  return { sub: userId, role: 'authenticated' };
}

/**
 * Somebody who comes through `pool`. With claims, the transaction is made his as PostgREST makes it:
 * role and claims set locally, the claims in both spellings.
 */
export function createCaller(pool: pg.Pool, claims: Record<string, string> | null): Caller {
  const begin: Caller['begin'] = async (isolation = 'read committed') => {
    const client = await pool.connect();
    const end = async (how: 'commit' | 'rollback') => {
      const { command } = await client.query(how).catch((error: unknown) => {
        client.release(true);
        throw error;
      });
      client.release();
      if (command !== how.toUpperCase()) {
        throw new Error('The transaction had failed, so it was rolled back instead of committed.');
      }
    };
    try {
      await client.query(`begin isolation level ${isolation}`);
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
      if (claims !== null) {
        await client.query(
          `select set_config('role', $1, true), set_config('request.jwt.claims', $2, true),
            set_config('request.jwt.claim.sub', $3, true), set_config('request.jwt.claim.role', $1, true)`,
          [claims['role'], JSON.stringify(claims), claims['sub'] ?? ''],
        );
      }
      return {
        pid: rows[0]!.pid,
        query: async <R extends object>(sql: string, params?: readonly unknown[]) =>
          (await client.query<R & pg.QueryResultRow>(sql, params && [...params])).rows,
        commit: () => end('commit'),
        rollback: () => end('rollback'),
      };
    } catch (error) {
      client.release(true);
      throw error;
    }
  };

  return {
    begin,
    query: async (sql, params) => {
      const transaction = await begin();
      try {
        const rows = await transaction.query(sql, params);
        await transaction.commit();
        return rows as never;
      } catch (error) {
        await transaction.rollback().catch(() => undefined);
        throw error;
      }
    },
  };
}
