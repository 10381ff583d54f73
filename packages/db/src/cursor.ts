import { z } from 'zod';
import { ReeldeskError } from './errors.ts';
import { Prisma } from './generated/client.ts';

const timeAndId = z.tuple([z.iso.datetime({ offset: true }), z.guid()]);
const entryNumber = z.tuple([z.int().min(1).max(2_147_483_647)]);

const numberAndId = z.tuple([z.int().min(-2_147_483_648).max(2_147_483_647), z.guid()]);

export const cursorShapes = { timeAndId, entryNumber, numberAndId };

/** How a keyset page compares and sorts, as SQL. */
export function keysetOrder(direction: 'ascending' | 'descending'): { after: Prisma.Sql; by: Prisma.Sql } {
  return direction === 'ascending'
    ? { after: Prisma.sql`>`, by: Prisma.sql`asc` }
    : { after: Prisma.sql`<`, by: Prisma.sql`desc` };
}

/** Where a page ended, as an opaque string: the values its order compares. */
export function encodeCursor(values: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/** The values of a cursor, or `null` for the first page; `invalid_input` when it is none of ours. */
export function decodeCursor<T>(cursor: string | null | undefined, shape: z.ZodType<T>): T | null {
  if (cursor === null || cursor === undefined) {
    return null;
  }
  try {
    return shape.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch {
    throw new ReeldeskError('invalid_input', 'cursor is not one of this list.', {
      details: { field: 'cursor' },
      hint: 'Use nextCursor of the page before, or leave it out for the first page.',
    });
  }
}

/** Splits rows read with one to spare into a page and the cursor of the next. */
export function toPage<T>(
  rows: readonly T[],
  limit: number,
  position: (row: T) => readonly (string | number)[],
): { items: T[]; nextCursor: string | null } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? encodeCursor(position(last)) : null };
}
