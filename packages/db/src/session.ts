import { z } from 'zod';
import { readAs, readRows, type Actor } from './actor.ts';
import type { Database } from './client.ts';
import { Prisma } from './generated/client.ts';
import type { StaffRole } from './shapes.ts';

/** Who the caller is to the database: kind, id, e-mail, and role at the desk (`null` for everybody else). */
export async function getSession(
  db: Database,
  actor: Actor,
): Promise<{ kind: 'anon' | 'user' | 'backend'; userId: string | null; email: string | null; role: StaffRole | null }> {
  if (actor.kind === 'anon' || actor.kind === 'backend') {
    return { kind: actor.kind, userId: null, email: null, role: null };
  }
  return readAs(db, actor, async (tx, reader) => {
    const role = reader === 'admin' || reader === 'analyst' ? reader : null;
    const kind = reader === 'backend' ? 'backend' : 'user';
    // His own address, whatever his role may read of others.
    if (kind === 'user') {
      await tx.$queryRaw(Prisma.sql`select set_config('role', 'authenticated', true)`);
    }
    const [own] = await readRows(
      tx,
      Prisma.sql`
        select c.id as user_id, (select p.email from public.profiles p where p.id = c.id) as email
        from (select current_setting('request.jwt.claim.sub')::uuid as id) c`,
      z.object({ userId: z.guid(), email: z.string().nullable() }),
    );
    return { kind, userId: own!.userId, email: own!.email, role };
  });
}

/** Whether the database answers and holds the schema. Throws when it does not. */
export async function checkReady(db: Database): Promise<void> {
  await db.$queryRaw(Prisma.sql`select reeldesk.ready()`);
}
