import { z } from 'zod';
import { callFunction, callShared, parseAs, readAsStaff, readRows, type Actor } from './actor.ts';
import type { Database } from './client.ts';
import { cursorShapes, decodeCursor, encodeCursor, toPage } from './cursor.ts';
import { Prisma } from './generated/client.ts';
import {
  accountEntry,
  creditInfo,
  creditsAdjusted,
  int32,
  ledgerEntry,
  type AccountEntry,
  type LedgerEntry,
} from './shapes.ts';

/** Balance in credits and counts of active videos. For the owner, staff, the back end. */
export async function getCreditInfo(
  db: Database,
  actor: Actor,
  input: { userId: string },
): Promise<z.infer<typeof creditInfo>> {
  return callShared(db, actor, 'get_credit_info', [input.userId], null, parseAs(creditInfo), true);
}

/** The balance at a moment, entries of that very moment included. For the owner, staff, the back end. */
export async function balanceAt(
  db: Database,
  actor: Actor,
  input: { userId: string; at: string },
): Promise<{ balance: number }> {
  const args = [Prisma.sql`${input.userId}::uuid`, Prisma.sql`${input.at}::timestamptz`];
  return { balance: await callFunction(db, actor, 'balance_at', args, int32, true) };
}

/** The running ledger of an account, newest first. For the owner, staff, the back end; notes for admins only. */
export async function creditStatement(
  db: Database,
  actor: Actor,
  input: { userId: string; limit: number; cursor?: string | null | undefined },
): Promise<{ items: LedgerEntry[]; nextCursor: string | null }> {
  const before = decodeCursor(input.cursor, cursorShapes.entryNumber);
  const items = await callFunction(
    db,
    actor,
    'credit_statement',
    [
      Prisma.sql`${input.userId}::uuid`,
      Prisma.sql`${before?.[0] ?? null}::integer`,
      Prisma.sql`${input.limit}::integer`,
    ],
    z.array(ledgerEntry),
    true,
  );
  // entry_no has no gap, so the last row says by itself whether there are earlier ones.
  const last = items.at(-1);
  return { items, nextCursor: last !== undefined && last.entryNo > 1 ? encodeCursor([last.entryNo]) : null };
}

/**
 * The running ledger of an account as it stands, or as it stood at a moment (entries of that very moment included),
 * newest first, with who made each entry and what he noted. For staff; e-mail and notes for admins alone.
 */
export async function listAccountEntries(
  db: Database,
  actor: Actor,
  input: { userId: string; at?: string | undefined; limit: number; cursor?: string | null | undefined },
): Promise<{ items: AccountEntry[]; nextCursor: string | null }> {
  const before = decodeCursor(input.cursor, cursorShapes.entryNumber);
  // The next page goes on from an entry: what the moment was is told by the first one.
  const start = before
    ? Prisma.sql`t.entry_no < ${before[0]}::integer`
    : input.at === undefined
      ? Prisma.sql`true`
      : Prisma.sql`t.entry_no <= (select usage.last_entry_at(${input.userId}::uuid, ${input.at}::timestamptz))`;
  return readAsStaff(db, actor, async (tx, reader) => {
    const byAdmin =
      reader === 'analyst'
        ? Prisma.sql`null::text as actor_email, null::text as note`
        : Prisma.sql`(select p.email from public.profiles p where p.id = t.actor_id) as actor_email,
            (select a.note from public.audit_log a where a.transaction_id = t.id) as note`;
    const rows = await readRows(
      tx,
      Prisma.sql`
        select t.id, t.entry_no, t.amount, t.balance_after, t.type, t.video_id, t.actor_id, ${byAdmin}, t.reason, t.created_at
        from public.credit_transactions t
        where t.user_id = ${input.userId}::uuid and ${start}
        order by t.entry_no desc limit ${input.limit + 1}::integer`,
      accountEntry,
    );
    return toPage(rows, input.limit, (row) => [row.entryNo]);
  });
}

/** What the ledger holds about one video, newest first: its charge and its refunds; neither has a note. For staff. */
export async function listVideoEntries(
  db: Database,
  actor: Actor,
  input: { videoId: string },
): Promise<{ items: LedgerEntry[] }> {
  return readAsStaff(db, actor, async (tx) => ({
    items: await readRows(
      tx,
      Prisma.sql`
        select t.id, t.entry_no, t.amount, t.balance_after, t.type, t.video_id, t.actor_id, t.reason,
          null::text as note, t.created_at
        from public.credit_transactions t where t.video_id = ${input.videoId}::uuid
        order by t.created_at desc, t.entry_no desc limit 500`,
      ledgerEntry,
    ),
  }));
}

/** Adds or takes credits by hand. For admins, not on their own account, and the back end. */
export async function adjustCredits(
  db: Database,
  actor: Actor,
  input: {
    userId: string;
    amount: number;
    reasonCode: string;
    note?: string | null | undefined;
    idempotencyKey?: string | undefined;
  },
): Promise<z.infer<typeof creditsAdjusted>> {
  return callFunction(
    db,
    actor,
    'adjust_credits',
    [
      Prisma.sql`${input.userId}::uuid`,
      Prisma.sql`${input.amount}::integer`,
      input.reasonCode,
      input.note ?? null,
      input.idempotencyKey ?? null,
    ],
    creditsAdjusted,
    input.idempotencyKey !== undefined,
  );
}
