import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, type Database, type DatabaseOptions } from '@reeldesk/db/client';
import { createLiveUpdates, type LiveUpdates, type LiveUpdatesOptions } from '@reeldesk/db/live-updates';
import type { StaffRole } from '@reeldesk/db/shapes';
import { clusterUrl } from '@reeldesk/db/testing/templates';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import pg from 'pg';
import { z } from 'zod';
import { createApp, type AppOptions } from '../app.ts';
import { createBearerReader } from '../auth/bearer.ts';
import { createSessionStore } from '../auth/session-store.ts';
import { createSignInLimit, signInLimits } from '../auth/sign-in-limit.ts';
import { createSupabaseAuth } from '../auth/supabase-auth.ts';
import { prepareLocalDatabase } from '../embedded/local-database.ts';
import { createLogger } from '../http/log.ts';
import { startLocalSupabase } from '../embedded/local-supabase.ts';

export const testKeys = {
  jwtSecret: 'a-secret-of-tests-that-is-long-enough-for-hs256',
  publishableKey: 'sb_publishable_0000000000000000000000_00000000',
  secretKey: 'sb_secret_0000000000000000000000_00000000',
  sessionSecret: 'a-session-secret-of-tests-that-is-long-enough',
};

export interface Person {
  id: string;
  email: string;
  password: string;
}

export interface TestServer {
  app: FastifyInstance;
  /** Where it listens. */
  url: string;
  db: Database;
  live: LiveUpdates;
  /** `postgres://…` of `reeldesk_api`. */
  apiUrl: string;
  /** The schema's owner. */
  owner: pg.Pool;
  /** Past every trigger, to break what the product can't. */
  openSuperuser(): Promise<pg.Client>;
  /** Everything logged so far. */
  log(): string;
  /** The paths that were called at Supabase Auth for browser sessions. */
  authCalls: string[];
  /** Set to make Supabase Auth unreachable. */
  auth: { isDown: boolean };
  signUp(role?: StaffRole): Promise<Person>;
  /** Signs in and answers the `Cookie` header. */
  signIn(person: Person): Promise<string>;
  /** `GET /trpc/session.getSession` with these headers: the caller as the server knows him. */
  whoAmI(headers: Record<string, string>): Promise<LightMyRequestResponse>;
  /** Another server on the same database. */
  startSecond(app?: Partial<AppOptions>): Promise<FastifyInstance>;
  close(): Promise<void>;
}

/** The origin of `app.inject`'s requests. */
export const ownOrigin = 'http://localhost:80';

const signedUp = z.object({ user: z.object({ id: z.string() }) });

export interface TestServerOptions {
  limits?: typeof signInLimits;
  app?: Partial<AppOptions>;
  database?: Partial<DatabaseOptions>;
  live?: Partial<LiveUpdatesOptions>;
}

/** The server with the local Supabase, on a database of its own, listening on a free port. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const databaseName = `server_${randomUUID().replaceAll('-', '')}`;
  const { password } = new URL(clusterUrl(null, databaseName));
  const urls = await prepareLocalDatabase({
    superuserUrl: (name) => clusterUrl(null, name),
    databaseName,
    passwords: { postgres: password, reeldesk_api: password, authenticator: password, supabase_auth_admin: password },
    onProgress: () => undefined,
  });
  const directory = await mkdtemp(join(tmpdir(), 'reeldesk-server-test-'));
  const adminDirectory = await makeAdmin(directory);
  const lines: string[] = [];
  const logger = createLogger('trace', { write: (line: string) => void lines.push(line) });
  const supabase = startLocalSupabase({
    ...testKeys,
    authDatabaseUrl: urls.supabase_auth_admin,
    dataApiDatabaseUrl: urls.authenticator,
    siteUrl: 'http://127.0.0.1',
    mailFile: join(directory, 'mail.jsonl'),
    onError: (kind) => logger.info({ kind }, 'The local Supabase refused a request'),
  });
  const db = createDatabase({ url: urls.reeldesk_api, ...options.database });
  const makeLive = () => createLiveUpdates({ db, url: options.database?.url ?? urls.reeldesk_api, ...options.live });
  const live = makeLive();
  const authCalls: string[] = [];
  const authState = { isDown: false };
  const auth = createSupabaseAuth({
    url: 'http://127.0.0.1',
    publishableKey: testKeys.publishableKey,
    fetch: async (request) => {
      const { pathname, search } = new URL(request.url);
      authCalls.push(pathname + search);
      if (authState.isDown) {
        throw new TypeError('fetch failed');
      }
      return supabase.auth(request);
    },
  });
  const readBearer = createBearerReader({
    ...testKeys,
    supabaseUrl: 'http://127.0.0.1',
    useJwks: false,
    issuerIsOptional: true,
  });
  const make = (streams: LiveUpdates, more: Partial<AppOptions> = {}) =>
    createApp({
      db,
      auth,
      readBearer,
      sessions: createSessionStore(db, auth, testKeys.sessionSecret),
      localSupabase: supabase,
      adminDirectory,
      logger,
      signInLimit: createSignInLimit(options.limits ?? signInLimits),
      live: streams,
      ...options.app,
      ...more,
    });
  const app = await make(live);
  const others: FastifyInstance[] = [];
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const owner = new pg.Pool({ connectionString: urls.postgres });

  return {
    app,
    url,
    db,
    live,
    apiUrl: urls.reeldesk_api,
    owner,
    openSuperuser: async () => {
      const client = new pg.Client({ connectionString: clusterUrl(null, databaseName) });
      await client.connect();
      return client;
    },
    log: () => lines.join(''),
    authCalls,
    auth: authState,
    signUp: async (role) => {
      const person = { email: `${randomUUID()}@reeldesk.example`, password: randomUUID() };
      const response = await app.inject({
        method: 'POST',
        url: '/auth/v1/signup',
        headers: { apikey: testKeys.publishableKey },
        payload: person,
      });
      const { user } = signedUp.parse(response.json());
      if (role) {
        await owner.query('insert into staff_members (user_id, role) values ($1, $2)', [user.id, role]);
      }
      return { id: user.id, ...person };
    },
    signIn: async ({ email, password: typed }) => {
      const response = await app.inject({
        method: 'POST',
        url: '/session',
        headers: { origin: ownOrigin },
        payload: { email, password: typed },
      });
      const [cookie] = response.cookies;
      if (!cookie) {
        throw new Error(`No cookie: ${response.body}`);
      }
      return `${cookie.name}=${cookie.value}`;
    },
    whoAmI: (headers) => app.inject({ url: '/trpc/session.getSession', headers }),
    startSecond: async (more) => {
      const second = await make(makeLive(), more);
      others.push(second);
      return second;
    },
    close: async () => {
      await Promise.all([app, ...others].map((one) => one.close()));
      await Promise.all([db.$disconnect(), owner.end(), supabase.close()]);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function makeAdmin(directory: string): Promise<string> {
  const admin = join(directory, 'admin');
  await mkdir(join(admin, 'assets'), { recursive: true });
  await mkdir(join(admin, 'types'));
  await writeFile(join(admin, 'index.html'), `<!doctype html><title>Reeldesk</title>${' '.repeat(2000)}`);
  await writeFile(join(admin, 'assets', 'main-abc123.js'), 'export {};\n'.repeat(200));
  await writeFile(join(admin, 'types', 'main.d.ts'), 'export {};\n');
  return admin;
}
