import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { Actor } from '../actor.ts';
import { createDatabase, type Database } from '../client.ts';
import type { StaffRole } from '../shapes.ts';
import { createCaller, userClaims, type Caller } from './caller.ts';
import { clusterUrl, ensureTemplate, type Template } from './templates.ts';

export interface TestAccount {
  id: string;
  email: string;
  /** To call the wrappers of this package as this person. */
  actor: Actor;
}

export interface TestDatabase {
  name: string;
  /** Of `postgres`, who owns the schema and is no superuser. */
  ownerUrl: string;
  superuserUrl: string;
  /** Of `reeldesk_api`, the login of the API. */
  apiUrl: string;
  /** A pool as `reeldesk_api`, made by `createDatabase`. */
  db: Database;
  /** A signed-in person, as PostgREST would let him in; also for staff. */
  asUser: (userId: string) => Caller;
  /** Nobody signed in. */
  asAnon: Caller;
  /** The product's back end, as `service_role`. */
  asBackend: Caller;
  /** The schema's owner with a plain login, past row level security. */
  asOwner: Caller;
  /** For what nobody of the product may do: look at locks, end another's connection, change `auth`. */
  asSuperuser: Caller;
  /** Makes a login and so its account, with credits from the ledger and, when asked for, a role at the desk. */
  createAccount: (options?: { credits?: number; role?: StaffRole; email?: string }) => Promise<TestAccount>;
  /** Ends its connections and removes the database. */
  drop(): Promise<void>;
}

/**
 * A database of a test file's own, copied from a template in tens of milliseconds:
 *
 *     const database = await createTestDatabase();
 *     afterAll(database.drop);
 */
export async function createTestDatabase(template: Template = 'migrated'): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await withAdmin(async (admin) => {
    const source = await ensureTemplate(admin, template);
    await admin.query(`create database ${name} template ${source} owner postgres`);
  });
  const superuserUrl = clusterUrl(null, name);
  const ownerUrl = clusterUrl('postgres', name);
  const apiUrl = clusterUrl('reeldesk_api', name);
  const db = createDatabase({ url: apiUrl, connectionTimeoutMs: 30_000 });
  const owner = openPool(ownerUrl);
  const superuser = openPool(superuserUrl);
  const authenticator = openPool(clusterUrl('authenticator', name));
  const asOwner = createCaller(owner, null);
  const asBackend = createCaller(authenticator, { role: 'service_role' });

  return {
    name,
    ownerUrl,
    superuserUrl,
    apiUrl,
    db,
    asUser: (userId) => createCaller(authenticator, userClaims(userId)),
    asAnon: createCaller(authenticator, { role: 'anon' }),
    asBackend,
    asOwner,
    asSuperuser: createCaller(superuser, null),
    createAccount: async ({ credits = 0, role, email } = {}) => {
      const id = randomUUID();
      const address = email ?? `${id}@reeldesk.example`;
      await asOwner.query(
        `insert into auth.users (id, email, aud, role, created_at, updated_at)
        values ($1, $2, 'authenticated', 'authenticated', now(), now())`,
        [id, address],
      );
      if (credits !== 0) {
        await asBackend.query(`select adjust_credits($1, $2, 'purchase')`, [id, credits]);
      }
      if (role !== undefined) {
        await asOwner.query('insert into staff_members (user_id, role) values ($1, $2)', [id, role]);
      }
      return { id, email: address, actor: { kind: 'user', userId: id } };
    },
    drop: async () => {
      // By force and first of all: a test that failed may have left a transaction open, and calls
      // that wait for it. A pool would wait for their end for good.
      await withAdmin((admin) => admin.query(`drop database ${name} with (force)`));
      await db.$disconnect();
      for (const pool of [owner, superuser, authenticator]) {
        void pool.end();
      }
    },
  };
}

function openPool(connectionString: string): pg.Pool {
  const pool = new pg.Pool({ connectionString, max: 30, application_name: 'reeldesk test' });
  // Connections end together with their database.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

async function withAdmin<T>(run: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: clusterUrl(null, 'postgres') });
  await admin.connect();
  try {
    return await run(admin);
  } finally {
    await admin.end();
  }
}
