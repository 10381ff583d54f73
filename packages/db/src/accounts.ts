import type { z } from 'zod';
import { readAsStaff, readRows, type Actor, type Reader } from './actor.ts';
import type { Database } from './client.ts';
import { cursorShapes, decodeCursor, toPage } from './cursor.ts';
import { ReeldeskError } from './errors.ts';
import { Prisma } from './generated/client.ts';
import { account, accountDetails, uuid, type Account } from './shapes.ts';

function accountColumns(reader: Reader): Prisma.Sql {
  const email = reader === 'analyst' ? Prisma.sql`null::text as email` : Prisma.sql`p.email`;
  return Prisma.sql`p.id, ${email}, p.credits, p.ledger_entries, p.created_at, p.closed_at`;
}

// Analysts may not read e-mails, so they can't search by them either.
function searchCondition(search: string, reader: Reader): Prisma.Sql {
  if (uuid.safeParse(search).success) {
    return Prisma.sql`and (p.id = ${search}::uuid
      or p.id in (select t.user_id from public.credit_transactions t where t.video_id = ${search}::uuid)
      or p.id in (select v.user_id from public.videos v where v.id = ${search}::uuid))`;
  }
  if (reader === 'analyst') {
    throw new ReeldeskError('invalid_input', 'search must be an account id or a video id.', {
      details: { field: 'search' },
      hint: 'Analysts see no e-mail addresses; an admin can look the account up by e-mail.',
    });
  }
  const pattern = `${search.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')}%`;
  return Prisma.sql`and lower(p.email) like ${pattern}`;
}

/** Accounts, newest first, or those that a search finds. For staff. */
export async function listAccounts(
  db: Database,
  actor: Actor,
  input: { search?: string | undefined; limit: number; cursor?: string | null | undefined },
): Promise<{ items: Account[]; nextCursor: string | null }> {
  const after = decodeCursor(input.cursor, cursorShapes.timeAndId);
  return readAsStaff(db, actor, async (tx, reader) => {
    const rows = await readRows(
      tx,
      Prisma.sql`
        select ${accountColumns(reader)} from public.profiles p
        where true
          ${input.search ? searchCondition(input.search, reader) : Prisma.empty}
          ${after ? Prisma.sql`and (p.created_at, p.id) < (${after[0]}::timestamptz, ${after[1]}::uuid)` : Prisma.empty}
        order by p.created_at desc, p.id desc limit ${input.limit + 1}::integer`,
      account,
    );
    return toPage(rows, input.limit, (row) => [row.createdAt, row.id]);
  });
}

/** One account with counts of its active and deleted videos and its credits out and back. For staff. */
export async function getAccount(
  db: Database,
  actor: Actor,
  input: { userId: string },
): Promise<z.infer<typeof accountDetails>> {
  return readAsStaff(db, actor, async (tx, reader) => {
    const rows = await readRows(
      tx,
      Prisma.sql`
        select ${accountColumns(reader)}, v.*, t.*
        from public.profiles p
        cross join lateral (
          select count(*) filter (where deleted_at is null)::integer as total_videos,
            count(*) filter (where deleted_at is null and status = 'pending')::integer as videos_pending,
            count(*) filter (where deleted_at is null and status = 'processing')::integer as videos_processing,
            count(*) filter (where deleted_at is not null)::integer as videos_deleted
          from public.videos where user_id = p.id
        ) v
        cross join lateral (
          select coalesce(-sum(amount) filter (where type = 'charge'), 0) as credits_charged,
            coalesce(sum(amount) filter (where type = 'refund'), 0) as credits_refunded
          from public.credit_transactions where user_id = p.id
        ) t
        where p.id = ${input.userId}::uuid`,
      accountDetails,
    );
    const [found] = rows;
    if (!found) {
      throw new ReeldeskError('account_not_found', 'There is no such account.', {
        details: { userId: input.userId },
        hint: 'Check the account id.',
      });
    }
    return found;
  });
}
