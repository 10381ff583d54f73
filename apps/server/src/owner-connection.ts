import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { z } from 'zod';
import type { Config } from './env.ts';
import { StartError } from './port.ts';

const connection = z.object({ databaseUrl: z.string() });

/** Connects as the schema's owner, for a command of an operator, and ends the connection afterwards. */
export async function withOwnerConnection<T>(
  config: Config,
  command: string,
  run: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const url = config.database.kind === 'external' ? config.database.directUrl : await readEmbeddedUrl(config.dataDir);
  const client = new pg.Client({ connectionString: url, application_name: `reeldesk ${command}` });
  try {
    await client.connect();
    return await run(client);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') {
      throw new StartError(
        'The database does not answer. Start it first: the built-in one runs as long as npm start does.',
      );
    }
    throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The id of somebody who has signed up; raises `StartError` when there is nobody with this address. */
export async function findLogin(client: pg.Client, email: string): Promise<string> {
  const { rows } = await client.query<{ id: string }>('select id from auth.users where lower(email) = lower($1)', [
    email,
  ]);
  const [user] = rows;
  if (!user) {
    throw new StartError(
      `Nobody with the address ${email} has signed up. Sign up at Supabase Auth first, then run this again.`,
    );
  }
  return user.id;
}

async function readEmbeddedUrl(dataDir: string): Promise<string> {
  const text = await readFile(join(dataDir, 'connection.json'), 'utf8').catch(() => null);
  if (text === null) {
    throw new StartError('There is no built-in database yet. Run npm start first, and leave it running.');
  }
  return connection.parse(JSON.parse(text)).databaseUrl;
}
