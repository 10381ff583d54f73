import { readAsStaff, readRows, type Actor } from './actor.ts';
import type { Database } from './client.ts';
import { cursorShapes, decodeCursor, toPage } from './cursor.ts';
import { ReeldeskError } from './errors.ts';
import { Prisma } from './generated/client.ts';
import { auditEntry, type AuditEntry } from './shapes.ts';

/** The audit log, newest first: all of it, or of one account, target, actor, action or time. For admins. */
export async function listAuditLog(
  db: Database,
  actor: Actor,
  input: {
    userId?: string | undefined;
    targetId?: string | undefined;
    action?: string | undefined;
    actorId?: string | undefined;
    /** At this moment or later. */
    createdFrom?: string | undefined;
    /** Before this moment. */
    createdBefore?: string | undefined;
    limit: number;
    cursor?: string | null | undefined;
  },
): Promise<{ items: AuditEntry[]; nextCursor: string | null }> {
  const after = decodeCursor(input.cursor, cursorShapes.timeAndId);
  return readAsStaff(db, actor, async (tx, reader) => {
    if (reader === 'analyst') {
      throw new ReeldeskError('forbidden', 'You may not do this.', {
        hint: 'The audit log is for admins; ask one of them.',
      });
    }
    const rows = await readRows(
      tx,
      Prisma.sql`
        select a.id, a.actor_id, p.email as actor_email, a.actor_role, a.action, a.target_type, a.target_id, a.user_id,
          a.reason, a.note, a.amount, a.request_id, a.before, a.after, a.created_at
        from public.audit_log a left join public.profiles p on p.id = a.actor_id
        where true
          ${input.userId ? Prisma.sql`and a.user_id = ${input.userId}::uuid` : Prisma.empty}
          ${input.targetId ? Prisma.sql`and a.target_id = ${input.targetId}` : Prisma.empty}
          ${input.action ? Prisma.sql`and a.action = ${input.action}` : Prisma.empty}
          ${input.actorId ? Prisma.sql`and a.actor_id = ${input.actorId}::uuid` : Prisma.empty}
          ${input.createdFrom ? Prisma.sql`and a.created_at >= ${input.createdFrom}::timestamptz` : Prisma.empty}
          ${input.createdBefore ? Prisma.sql`and a.created_at < ${input.createdBefore}::timestamptz` : Prisma.empty}
          ${after ? Prisma.sql`and (a.created_at, a.id) < (${after[0]}::timestamptz, ${after[1]}::uuid)` : Prisma.empty}
        order by a.created_at desc, a.id desc limit ${input.limit + 1}::integer`,
      auditEntry,
    );
    return toPage(rows, input.limit, (row) => [row.createdAt, row.id]);
  });
}
