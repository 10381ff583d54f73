import { readRows, type Actor } from '../actor.ts';
import type { Database } from '../client.ts';
import { cursorShapes, decodeCursor, toPage } from '../cursor.ts';
import { Prisma } from '../generated/client.ts';
import type { EntryType } from '../shapes.ts';
import { checkRange, filterCondition, keyColumn, rangeRow, type UsageFilter, type UsageRange } from './range.ts';
import { accountInReach, readReportAs } from './reader.ts';
import { usageEntry, type UsageDimension, type UsageEntry } from './shapes.ts';

export interface UsageEntriesInput extends UsageRange {
  filter?: UsageFilter | undefined;
  /** Those whose dimension is not known: the series with the key `null`. */
  unknown?: UsageDimension | undefined;
  /** Charges and refunds unless given. */
  types?: EntryType[] | undefined;
  userId?: string | undefined;
}

/** The ledger rows that a report's figures for this range are the sum of, as `from public.credit_transactions t …`. */
export function usageEntriesSource(input: UsageEntriesInput): Prisma.Sql {
  const types = input.types?.length ? input.types : ['charge', 'refund'];
  return Prisma.sql`
    from public.credit_transactions t
    where t.created_at >= (select r.from_at from (${rangeRow(input)}) r)
      and t.created_at < (select r.to_at from (${rangeRow(input)}) r)
      and t.type in (${Prisma.join(types)}) ${filterCondition(input.filter ?? {}, 't')}
      ${input.unknown ? Prisma.sql`and ${keyColumn(input.unknown, 't')} is null` : Prisma.empty}
      ${input.userId === undefined ? Prisma.empty : Prisma.sql`and t.user_id = ${input.userId}::uuid`}`;
}

/**
 * The ledger rows behind a figure, newest first: with a bucket's bounds as range and the same filter, exactly its
 * rows. Staff see all accounts or one, anybody else his own.
 */
export async function listUsageEntries(
  db: Database,
  actor: Actor,
  input: UsageEntriesInput & { limit: number; cursor?: string | null | undefined },
): Promise<{ items: UsageEntry[]; nextCursor: string | null }> {
  checkRange(input);
  const after = decodeCursor(input.cursor, cursorShapes.timeAndId);
  return readReportAs(db, actor, async (tx, reader) => {
    const userId = await accountInReach(tx, reader, input.userId);
    const rows = await readRows(
      tx,
      Prisma.sql`
        select t.id, t.user_id, t.entry_no, t.type, t.amount, t.video_id, t.video_type, t.resolution, t.quality,
          t.reason, t.created_at
        ${usageEntriesSource({ ...input, userId })}
          ${after ? Prisma.sql`and (t.created_at, t.id) < (${after[0]}::timestamptz, ${after[1]}::uuid)` : Prisma.empty}
        order by t.created_at desc, t.id desc limit ${input.limit + 1}::integer`,
      usageEntry,
    );
    return toPage(rows, input.limit, (row) => [row.createdAt, row.id]);
  });
}
