import { makeApiKey } from '@reeldesk/db/keys';
import { apiKeyRole } from '@reeldesk/db/shapes';
import { z } from 'zod';
import type { Config } from './env.ts';
import { findLogin, withOwnerConnection } from './owner-connection.ts';
import { StartError } from './port.ts';

const days = z.coerce.number().int().min(1).max(36_500);

/**
 * Makes an API key in the name of an admin and answers it, with its id. `role` is `backend` or `staff`; without
 * `expiresInDays` it ends with the admin's role.
 */
export async function createApiKeyByCommand(
  config: Config,
  [email, role, name, expiresInDays]: string[],
): Promise<{ id: string; key: string }> {
  const parsedRole = apiKeyRole.safeParse(role);
  const parsedDays = days.optional().safeParse(expiresInDays);
  if (email === undefined || name === undefined || !parsedRole.success || !parsedDays.success) {
    throw new StartError('Use it like this: create-api-key <email> <backend|staff> <name> [days]');
  }
  return withOwnerConnection(config, 'create-api-key', async (client) => {
    const madeBy = await findLogin(client, email);
    const { rows: admins } = await client.query(
      `select from public.staff_members where user_id = $1 and role = 'admin'`,
      [madeBy],
    );
    if (admins.length === 0) {
      throw new StartError(`${email} is no admin, and a key is always an admin's. Run grant-admin first.`);
    }
    const { key, keyHash, prefix } = makeApiKey();
    const { rows } = await client.query<{ id: string }>(
      `select private.make_api_key($1, $2, $3, now() + $4 * interval '1 day', decode($5, 'hex'), $6) ->> 'id' as id`,
      [madeBy, name, parsedRole.data, parsedDays.data ?? null, keyHash, prefix],
    );
    return { id: rows[0]!.id, key };
  });
}

/** Ends a key at once; raises `StartError` when there is none with this id. */
export async function revokeApiKeyByCommand(config: Config, [id]: string[]): Promise<void> {
  if (!z.guid().safeParse(id).success) {
    throw new StartError('Use it like this: revoke-api-key <id>. The dashboard lists the ids; create-api-key said it.');
  }
  await withOwnerConnection(config, 'revoke-api-key', async (client) => {
    await client.query('select private.end_api_key($1)', [id]).catch((error: Error) => {
      throw (error as { code?: string }).code === 'PT404' ? new StartError(error.message) : error;
    });
  });
}
