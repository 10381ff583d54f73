import { readdir } from 'node:fs/promises';
import { migrate, MigrationError } from '@reeldesk/db/migrate';
import { seedDemoData } from '@reeldesk/db/demo-data';
import { applySupabaseShim } from '@reeldesk/db/supabase-shim';
import pg from 'pg';
import { withClient } from './embedded/local-database.ts';
import { maskUrl, type Config } from './env.ts';
import { migrationsDirectory } from './migrations-directory.ts';
import { StartError } from './port.ts';

export interface ExternalDatabaseOptions extends Pick<Config, 'demoData' | 'demoSeed'> {
  url: string;
  directUrl: string;
  onProgress: (message: string) => void;
}

interface Facts {
  login: string;
  isSuperuser: boolean;
  mayCreate: boolean;
  hasAuth: boolean;
  hasSchema: boolean;
  serverVersion: number;
}

/**
 * Brings a given database to this version where its login may, else checks that it is there.
 * Answers advice for the operator; raises `StartError`.
 */
export async function prepareExternalDatabase(options: ExternalDatabaseOptions): Promise<string[]> {
  const { url, directUrl, onProgress } = options;
  const facts = await readFacts(directUrl);
  if (facts.serverVersion < 150_000) {
    throw new StartError(
      `${maskUrl(directUrl)} is PostgreSQL ${Math.floor(facts.serverVersion / 10_000)}. Reeldesk needs 15 or newer.`,
    );
  }
  if (!facts.hasAuth) {
    if (!facts.isSuperuser) {
      throw new StartError(
        `${maskUrl(directUrl)} has no schema auth, and its login ${facts.login} may not make what Supabase has. ` +
          'Set DIRECT_URL to a superuser for the first start, or use a Supabase project.',
      );
    }
    onProgress('Adding what Supabase has and this database lacks');
    await applySupabaseShim({ url: directUrl });
  }
  if (facts.mayCreate || !facts.hasAuth) {
    await migrateOrExplain(directUrl, onProgress);
  }
  await checkSchemaIsCurrent(directUrl, facts);
  if (options.demoData === 'on') {
    await seedDemoData({
      url: directUrl,
      onProgress,
      ...(options.demoSeed !== undefined && { seed: options.demoSeed }),
    });
  }
  const { login } = url === directUrl ? facts : await readFacts(url);
  return login === 'reeldesk_api'
    ? []
    : [
        `The server logs in as ${login}, who may do more than it needs. ` +
          "Better: alter role reeldesk_api password '…'; then DATABASE_URL with reeldesk_api, and this address as DIRECT_URL.",
      ];
}

async function migrateOrExplain(url: string, onProgress: (message: string) => void): Promise<void> {
  try {
    await migrate({ url, directory: migrationsDirectory, onProgress });
  } catch (error) {
    throw error instanceof MigrationError ? new StartError(error.message, { cause: error }) : error;
  }
}

// By the catalog: to_regclass needs a right on the schema.
function tableOf(schema: string, name: string): string {
  return `select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = '${schema}' and c.relname = '${name}'`;
}

async function checkSchemaIsCurrent(url: string, { login }: Facts): Promise<void> {
  const { hasSchema } = await readFacts(url);
  const version = hasSchema
    ? await withClient(url, async (client) => {
        const { rows } = await client.query<{ version: string | null }>('select reeldesk.schema_version() as version');
        return rows[0]?.version ?? null;
      })
    : null;
  const files = (await readdir(migrationsDirectory)).filter((name) => name.endsWith('.sql')).toSorted();
  const newest = files.at(-1)?.split('_')[0] ?? '';
  // Without a record somebody has brought the schema here by hand, and answers for it.
  if (!hasSchema || (version !== null && version < newest)) {
    throw new StartError(
      `The database has not the schema of this version, and its login ${login} may not bring it there. ` +
        "Set DIRECT_URL to the schema's owner (postgres on Supabase), or run: supabase db push",
    );
  }
}

async function readFacts(url: string): Promise<Facts> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'reeldesk start',
    connectionTimeoutMillis: 10_000,
  });
  try {
    await client.connect();
  } catch (error) {
    throw new StartError(
      `${maskUrl(url)} does not answer: ${(error as Error).message || (error as NodeJS.ErrnoException).code}. Check the address, and that the database runs.`,
    );
  }
  try {
    const { rows } = await client.query<Facts>(`
      select current_user as login,
        (select rolsuper from pg_catalog.pg_roles where rolname = current_user) as "isSuperuser",
        pg_catalog.has_database_privilege(current_database(), 'create') as "mayCreate",
        exists (${tableOf('auth', 'users')}) as "hasAuth",
        exists (${tableOf('reeldesk', 'sessions')}) as "hasSchema",
        current_setting('server_version_num')::integer as "serverVersion"`);
    const [facts] = rows;
    if (!facts) {
      throw new Error('The database answered nothing.');
    }
    return facts;
  } finally {
    await client.end();
  }
}
