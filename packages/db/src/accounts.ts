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
    // One list of ids, not three conditions: so that accounts are looked up by it.
    return Prisma.sql`and p.id in (select ${search}::uuid
      union select t.user_id from public.credit_transactions t where t.video_id = ${search}::uuid
      union select v.user_id from public.videos v where v.id = ${search}::uuid)`;
  }
  if (reader === 'analyst') {
    throw new ReeldeskError('invalid_input', 'search must be an account id or a video id.', {
      details: { field: 'search' },
      hint: 'Analysts see no e-mail addresses; an admin can look the account up by e-mail.',
    });
  }
  return Prisma.sql`and lower(p.email) like ${emailPattern(search)}`;
}

const emailPattern = (search: string) => `${search.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')}%`;

const FEW = 1_000;

/**
 * As `searchCondition`, for a page of them. Row level security keeps the planner from knowing how many accounts an
 * e-mail finds: few are found by their index and sorted, many by walking the list in its order.
 */
async function pageCondition(tx: Prisma.TransactionClient, search: string, reader: Reader): Promise<Prisma.Sql> {
  const condition = searchCondition(search, reader);
  if (uuid.safeParse(search).success) {
    return condition;
  }
  // The limit as a figure: as a parameter, a plan for any limit would look cheaper than the index does.
  const found = await readRows(
    tx,
    Prisma.sql`select e.id from public.profiles e where lower(e.email) like ${emailPattern(search)} limit ${Prisma.raw(String(FEW + 1))}`,
    account.pick({ id: true }),
  );
  return found.length > FEW ? condition : Prisma.sql`and p.id = any (${found.map(({ id }) => id)}::uuid[])`;
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
    const found = input.search ? await pageCondition(tx, input.search, reader) : Prisma.empty;
    const rows = await readRows(
      tx,
      Prisma.sql`
        select ${accountColumns(reader)} from public.profiles p
        where true
          ${found}
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
          -- One index each, which answers by itself.
          select (select count(*)::integer from public.videos v where v.user_id = p.id and v.deleted_at is null) as total_videos,
            (select count(*)::integer from public.videos v
              where v.user_id = p.id and v.deleted_at is null and v.status = 'pending') as videos_pending,
            (select count(*)::integer from public.videos v
              where v.user_id = p.id and v.deleted_at is null and v.status = 'processing') as videos_processing,
            (select count(*)::integer from public.videos v where v.user_id = p.id and v.deleted_at is not null) as videos_deleted
        ) v
        cross join lateral (
          -- The largest blocks of the rollups, and what is not in them yet.
          select coalesce(sum(e.credits_out), 0) as credits_charged, coalesce(sum(e.credits_in), 0) as credits_refunded
          from (
            select s.credits_out, s.credits_in
            from (
              select min(k.starts_at) as first_at, max(k.starts_at) as last_at from usage.account_sums k
              where k.days = 512 and (select usage.live_from()) > '0'
            ) kept
            cross join lateral generate_series(kept.first_at, kept.last_at, make_interval(hours => 512 * 24)) b (starts_at)
            join usage.account_sums s on s.days = 512 and s.starts_at = b.starts_at and s.user_id = p.id
            union all
            select case t.type when 'charge' then -t.amount else 0 end, case t.type when 'refund' then t.amount else 0 end
            from usage.live_entries() t where t.user_id = p.id and t.type in ('charge', 'refund')
          ) e
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
