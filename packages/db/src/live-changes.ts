import { z } from 'zod';
import { readRows, type Reader } from './actor.ts';
import type { Database } from './client.ts';
import { ReeldeskError } from './errors.ts';
import { Prisma } from './generated/client.ts';

/** One change that somebody who looks on is told of. `stream` is about the stream itself: `ready` or `behind`. */
export interface LiveEvent {
  /** Where the stream goes on after this event: give it back as `lastEventId`. */
  id: string;
  kind: 'ledger' | 'video' | 'audit' | 'stream';
  /** Of an entry of the ledger its type, of a video what became of it, of the audit log the action. */
  type: string;
  userId: string | null;
  videoId: string | null;
  at: string;
}

/** A place in the order of changes: the transaction, and within it which table and row. */
export interface Position {
  xid: bigint;
  source: number;
  rowId: string;
}

/** Before all changes of a transaction. */
export function startOf(xid: bigint): Position {
  return { xid, source: 0, rowId: '' };
}

/** A position as the `id` of an event. */
export function formatPosition({ xid, source, rowId }: Position): string {
  return `${xid}.${source}.${rowId}`;
}

/** The position of an `id`; `invalid_input` when it is none of ours. */
export function parsePosition(id: string): Position {
  const [, xid, source, rowId] = /^(\d{1,19})\.([0-3])\.([\da-f-]{0,36})$/.exec(id) ?? [];
  if (xid === undefined || source === undefined || rowId === undefined) {
    throw new ReeldeskError('invalid_input', 'lastEventId is not of this stream.', {
      details: { field: 'lastEventId' },
      hint: 'Use the id of the last event, or leave it out to begin now.',
    });
  }
  return { xid: BigInt(xid), source: Number(source), rowId };
}

const change = z.object({
  xid: z.string(),
  source: z.int(),
  rowId: z.string(),
  kind: z.enum(['ledger', 'video', 'audit']),
  type: z.string(),
  userId: z.string().nullable(),
  videoId: z.string().nullable(),
  at: z.string(),
});

const sources = (reader: Reader): { number: number; rows: Prisma.Sql }[] => [
  {
    number: 1,
    rows: Prisma.sql`select t.xid, t.id::text as row_id, 'ledger' as kind, t.type, t.user_id, t.video_id, t.created_at as at
      from public.credit_transactions t`,
  },
  {
    number: 2,
    rows: Prisma.sql`select t.xid, t.id::text as row_id, 'video' as kind, t.type, t.user_id, t.video_id, t.at
      from live.video_changes t`,
  },
  ...(reader === 'admin' || reader === 'backend'
    ? [
        {
          number: 3,
          rows: Prisma.sql`select t.xid, t.id::text as row_id, 'audit' as kind, t.action as type, t.user_id,
              case when t.target_type = 'video' then t.target_id::uuid end as video_id, t.created_at as at
            from public.audit_log t`,
        },
      ]
    : []),
];

/**
 * The changes after a position of transactions before `to`, in order, as far as row level security shows them to
 * the caller whose transaction this is. At most `limit`: whoever gets so many has to ask on.
 */
export async function readChanges(
  tx: Parameters<Parameters<Database['$transaction']>[0]>[0],
  reader: Reader,
  after: Position,
  to: bigint,
  limit: number,
): Promise<LiveEvent[]> {
  const position = Prisma.sql`(${String(after.xid)}::xid8, ${after.source}::integer, ${after.rowId}::text)`;
  const parts = sources(reader).map(
    ({ number, rows }) => Prisma.sql`(
      ${rows}
      where t.xid >= ${String(after.xid)}::xid8 and t.xid < ${String(to)}::xid8
        and (t.xid, ${number}::integer, t.id::text collate "C") > ${position}
      order by t.xid, t.id::text collate "C" limit ${limit}::integer
    )`,
  );
  const numbered = parts.map((part, index) => Prisma.sql`select ${index + 1}::integer as source, p.* from ${part} p`);
  const found = await readRows(
    tx,
    Prisma.sql`select c.xid::text as xid, c.source, c.row_id, c.kind, c.type, c.user_id, c.video_id, c.at
      from (${Prisma.join(numbered, ' union all ')}) c
      order by c.xid, c.source, c.row_id collate "C" limit ${limit}::integer`,
    change,
  );
  return found.map(({ xid, source, rowId, ...rest }) => ({
    id: formatPosition({ xid: BigInt(xid), source, rowId }),
    ...rest,
  }));
}
