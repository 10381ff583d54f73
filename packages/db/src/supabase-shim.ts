import { readFile } from 'node:fs/promises';
import pg from 'pg';

// From src and from dist alike.
const shimFile = new URL('../../../supabase/shim.sql', import.meta.url);

/** The logins that the shim makes. They can't sign in over TCP before they have a password. */
export type LoginRole = 'postgres' | 'authenticator' | 'reeldesk_api';

/**
 * Gives a database what hosted Supabase has and it lacks: roles, schema `auth`, default privileges.
 * `url` is a superuser's. Changes nothing that is there, so it may run again, and at once in several
 * databases of a cluster; never meant for Supabase itself.
 */
export async function applySupabaseShim(options: { url: string }): Promise<void> {
  const sql = await readFile(shimFile, 'utf8');
  await asSuperuser(options.url, async (client) => {
    await client.query(sql);
  });
}

/** Sets the password of a login; `url` is a superuser's. */
export async function setLoginPassword(url: string, role: LoginRole, password: string): Promise<void> {
  await asSuperuser(url, async (client) => {
    await client.query(`alter role ${client.escapeIdentifier(role)} password ${client.escapeLiteral(password)}`);
  });
}

// Roles belong to the cluster, where PostgreSQL does not queue those who change the same one: an
// update of the same catalogue row fails. A table shared by all its databases keeps them in line.
async function asSuperuser(url: string, run: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'reeldesk shim' });
  await client.connect();
  try {
    await client.query('begin');
    await client.query('lock table pg_catalog.pg_authid in share row exclusive mode');
    await run(client);
    await client.query('commit');
  } finally {
    await client.end();
  }
}
