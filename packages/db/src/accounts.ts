import type { z } from 'zod';
import { readAsStaff, readRows, type Actor, type Reader } from './actor.ts';
import type { Database } from './client.ts';
import { cursorShapes, decodeCursor, keysetOrder, toPage } from './cursor.ts';
import { ReeldeskError } from './errors.ts';
import { Prisma } from './generated/client.ts';
import { account, accountDetails, uuid, type Account } from './shapes.ts';

function accountColumns(reader: Reader): Prisma.Sql {
  const email = reader === 'analyst' ? Prisma.sql`null::text as email` : Prisma.sql`p.email`;
  return Prisma.sql`p.id, ${email}, p.credits, p.ledger_entries, p.created_at, p.closed_at`;
}

/** The accounts that a search finds, as `and …` on `p`. Analysts may not read e-mails, so they can't search by them either. */
export function searchCondition(search: string, reader: Reader): Prisma.Sql {
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

export type AccountSort = 'newest' | 'oldest' | 'most_credits' | 'fewest_credits';

/** As `order by …` on `p`. */
export function accountOrder(sort: AccountSort = 'newest'): Prisma.Sql {
  const { by } = keysetOrder(isAscending(sort) ? 'ascending' : 'descending');
  return isByTime(sort) ? Prisma.sql`p.created_at ${by}, p.id ${by}` : Prisma.sql`p.credits ${by}, p.id ${by}`;
}

const isAscending = (sort: AccountSort) => sort === 'oldest' || sort === 'fewest_credits';
const isByTime = (sort: AccountSort) => sort === 'newest' || sort === 'oldest';

// No index on credits: it would make every charge write to one more index. A desk's sort may take its time.
function pageOf(input: { sort?: AccountSort | undefined; limit: number; cursor?: string | null | undefined }): {
  after: Prisma.Sql;
  position: (row: Account) => readonly (string | number)[];
} {
  const { sort = 'newest' } = input;
  const { after } = keysetOrder(isAscending(sort) ? 'ascending' : 'descending');
  if (isByTime(sort)) {
    const last = decodeCursor(input.cursor, cursorShapes.timeAndId);
    return {
      after: last
        ? Prisma.sql`and (p.created_at, p.id) ${after} (${last[0]}::timestamptz, ${last[1]}::uuid)`
        : Prisma.empty,
      position: (row) => [row.createdAt, row.id],
    };
  }
  const last = decodeCursor(input.cursor, cursorShapes.numberAndId);
  return {
    after: last ? Prisma.sql`and (p.credits, p.id) ${after} (${last[0]}::integer, ${last[1]}::uuid)` : Prisma.empty,
    position: (row) => [row.credits, row.id],
  };
}

/** Accounts, newest first unless asked otherwise, or those that a search finds. For staff. */
export async function listAccounts(
  db: Database,
  actor: Actor,
  input: {
    search?: string | undefined;
    sort?: AccountSort | undefined;
    /** `open`: somebody can sign in; `closed`: the login is gone. */
    state?: 'open' | 'closed' | undefined;
    /** Balance in credits, both inclusive. */
    minCredits?: number | undefined;
    maxCredits?: number | undefined;
    limit: number;
    cursor?: string | null | undefined;
  },
): Promise<{ items: Account[]; nextCursor: string | null }> {
  const page = pageOf(input);
  const { state, minCredits, maxCredits } = input;
  return readAsStaff(db, actor, async (tx, reader) => {
    const rows = await readRows(
      tx,
      Prisma.sql`
        select ${accountColumns(reader)} from public.profiles p
        where true
          ${input.search ? searchCondition(input.search, reader) : Prisma.empty}
          ${state ? Prisma.sql`and p.closed_at is ${Prisma.raw(state === 'open' ? 'null' : 'not null')}` : Prisma.empty}
          ${minCredits === undefined ? Prisma.empty : Prisma.sql`and p.credits >= ${minCredits}::integer`}
          ${maxCredits === undefined ? Prisma.empty : Prisma.sql`and p.credits <= ${maxCredits}::integer`}
          ${page.after}
        order by ${accountOrder(input.sort)} limit ${input.limit + 1}::integer`,
      account,
    );
    return toPage(rows, input.limit, page.position);
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
