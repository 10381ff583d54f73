import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { seedDemoData } from '../demo-data.ts';
import { migrate } from '../migrate.ts';
import { applySupabaseShim, setLoginPassword } from '../supabase-shim.ts';

/**
 * What a test's database is a copy of: `migrated` has the whole schema and no rows, `demo` the demo data
 * too, `old` only the initial schema, `shimmed` nothing but what hosted Supabase brings.
 */
export type Template = 'migrated' | 'demo' | 'old' | 'shimmed';

/** Where the project's migrations lie, from src and from dist alike. */
export const migrationsDirectory = fileURLToPath(new URL('../../../../supabase/migrations/', import.meta.url));

const initialSchema = '20251001000000';

/** The `postgres://…` of another login or database of the test cluster; all its logins have the superuser's password. */
export function clusterUrl(login: string | null, database: string): string {
  const given = process.env['REELDESK_TEST_CLUSTER_URL'];
  if (given === undefined) {
    throw new Error('There is no test cluster. Run the tests with vitest, whose globalSetup starts it.');
  }
  const url = new URL(given);
  url.username = login ?? url.username;
  url.pathname = database;
  return url.href;
}

/** Makes the database that a template stands for, unless there is one, and answers its name. */
export async function ensureTemplate(admin: pg.ClientBase, template: Template): Promise<string> {
  const name = `reeldesk_template_${template}`;
  if (await exists(admin, name)) {
    return name;
  }
  const base =
    template === 'shimmed' ? null : await ensureTemplate(admin, template === 'demo' ? 'migrated' : 'shimmed');
  // One maker per template; whoever waited finds it done.
  await admin.query('select pg_advisory_lock(hashtext($1))', [name]);
  try {
    if (!(await exists(admin, name))) {
      const unfinished = `${name}_unfinished`;
      await admin.query(`drop database if exists ${unfinished} with (force)`);
      await admin.query(`create database ${unfinished} template ${base ?? 'template0'}`);
      await admin.query(`alter database ${unfinished} owner to ${base === null ? 'current_user' : 'postgres'}`);
      await fill(unfinished, template);
      await admin.query(`alter database ${unfinished} rename to ${name}`);
    }
  } finally {
    await admin.query('select pg_advisory_unlock(hashtext($1))', [name]);
  }
  return name;
}

async function exists(admin: pg.ClientBase, name: string): Promise<boolean> {
  const { rowCount } = await admin.query('select from pg_database where datname = $1', [name]);
  return rowCount === 1;
}

async function fill(database: string, template: Template): Promise<void> {
  const url = clusterUrl('postgres', database);
  switch (template) {
    case 'shimmed': {
      const superuserUrl = clusterUrl(null, database);
      await applySupabaseShim({ url: superuserUrl });
      for (const role of ['postgres', 'authenticator', 'reeldesk_api'] as const) {
        await setLoginPassword(superuserUrl, role, new URL(superuserUrl).password);
      }
      return;
    }
    case 'old':
      await migrate({ url, directory: migrationsDirectory, through: initialSchema });
      return;
    case 'migrated':
      await migrate({ url, directory: migrationsDirectory });
      return;
    case 'demo':
      await seedDemoData({ url });
      return;
  }
}
