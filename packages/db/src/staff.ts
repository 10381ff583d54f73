import { z } from 'zod';
import { callFunction, readAsStaff, readRows, type Actor } from './actor.ts';
import type { Database } from './client.ts';
import { ReeldeskError } from './errors.ts';
import { Prisma } from './generated/client.ts';
import { staffMember, staffRole, type StaffMember, type StaffRole } from './shapes.ts';

/** Everybody with a role at the desk, admins first. For admins. */
export async function listStaff(db: Database, actor: Actor): Promise<{ items: StaffMember[] }> {
  return readAsStaff(db, actor, async (tx, reader) => {
    if (reader === 'analyst') {
      throw new ReeldeskError('forbidden', 'You may not do this.', {
        hint: 'Staff are managed by an admin; ask one of them.',
      });
    }
    const items = await readRows(
      tx,
      Prisma.sql`
        select s.user_id, p.email, s.role, s.created_at
        from public.staff_members s left join public.profiles p on p.id = s.user_id
        order by s.role, p.email, s.user_id`,
      staffMember,
    );
    return { items };
  });
}

const granted = z.object({ userId: z.guid(), role: staffRole });

/** Makes somebody an admin or analyst. For admins, never for themselves. */
export async function grantStaffRole(
  db: Database,
  actor: Actor,
  input: { userId: string; role: StaffRole },
): Promise<z.infer<typeof granted>> {
  return callFunction(db, actor, 'grant_staff_role', [Prisma.sql`${input.userId}::uuid`, input.role], granted);
}

/** Takes somebody's role away, at once. For admins, never their own; raises `staff_member_not_found`. */
export async function revokeStaffRole(db: Database, actor: Actor, input: { userId: string }): Promise<void> {
  await callFunction(db, actor, 'revoke_staff_role', [Prisma.sql`${input.userId}::uuid`], z.looseObject({}));
}
