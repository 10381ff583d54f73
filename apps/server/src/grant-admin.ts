import type { Config } from './env.ts';
import { findLogin, withOwnerConnection } from './owner-connection.ts';

/** Makes the person with this e-mail address an admin; for the first one, whom no other admin can appoint. */
export async function grantAdmin(config: Config, email: string): Promise<string> {
  return withOwnerConnection(config, 'grant-admin', async (client) => {
    const id = await findLogin(client, email);
    await client.query(
      `insert into public.staff_members (user_id, role) values ($1, 'admin') on conflict (user_id) do update set role = 'admin'`,
      [id],
    );
    return id;
  });
}
