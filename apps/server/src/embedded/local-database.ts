import { migrate } from '@reeldesk/db/migrate';
import { applySupabaseShim, setLoginPassword } from '@reeldesk/db/supabase-shim';
import pg from 'pg';
import { migrationsDirectory } from '../migrations-directory.ts';
import { createAuthSchema } from './local-supabase.ts';

const logins = ['postgres', 'reeldesk_api', 'authenticator', 'supabase_auth_admin'] as const;
type Login = (typeof logins)[number];

export interface LocalDatabaseOptions {
  /** The superuser's `postgres://…` for a database of the cluster. */
  superuserUrl(database: string): string;
  databaseName: string;
  passwords: Record<Login, string>;
  onProgress: (message: string) => void;
}

/** Makes the database unless it is there, with Supabase's schema and ours; answers each login's address. */
export async function prepareLocalDatabase(options: LocalDatabaseOptions): Promise<Record<Login, string>> {
  const { databaseName, passwords, onProgress } = options;
  await withClient(options.superuserUrl('postgres'), async (client) => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [databaseName]);
    if (rowCount === 0) {
      onProgress('Making the database');
      await client.query(`create database ${client.escapeIdentifier(databaseName)}`);
    }
  });
  const superuserUrl = options.superuserUrl(databaseName);
  const urls = Object.fromEntries(
    logins.map((login) => [login, withLogin(superuserUrl, login, passwords[login])]),
  ) as Record<Login, string>;
  await createAuthSchema(superuserUrl);
  await applySupabaseShim({ url: superuserUrl });
  for (const login of ['postgres', 'reeldesk_api', 'authenticator'] as const) {
    await setLoginPassword(superuserUrl, login, passwords[login]);
  }
  await migrate({ url: urls.postgres, directory: migrationsDirectory, onProgress });
  await withClient(superuserUrl, (client) => prepareSupabaseLogins(client, passwords.supabase_auth_admin));
  return urls;
}

// On hosted Supabase, too, Auth has a login of its own. The Data API's looks up whether the person and
// the sign-in of a token still exist; and it finds tables only by a right on them: REFERENCES reads nothing.
async function prepareSupabaseLogins(client: pg.Client, authPassword: string): Promise<void> {
  await client.query(`
    begin;
    lock table pg_catalog.pg_authid in share row exclusive mode;
    do $$
    begin
      if to_regrole('supabase_auth_admin') is null then
        create role supabase_auth_admin login noinherit;
      end if;
    end
    $$;
    alter role supabase_auth_admin password ${client.escapeLiteral(authPassword)};
    grant usage on schema auth to supabase_auth_admin;
    grant select, insert, update, delete on all tables in schema auth to supabase_auth_admin;
    grant usage on all sequences in schema auth to supabase_auth_admin;
    grant usage on schema auth, public to authenticator;
    grant select on auth.users, auth.sessions to authenticator;
    grant references on all tables in schema public to authenticator;
    commit;`);
}

function withLogin(url: string, login: string, password: string): string {
  const changed = new URL(url);
  changed.username = login;
  changed.password = encodeURIComponent(password);
  return changed.href;
}

/** Runs with a connection of its own, closed at the end. */
export async function withClient<T>(connectionString: string, run: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString, application_name: 'reeldesk start' });
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}
