import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cursorShapes, decodeCursor, encodeCursor, toPage } from './cursor.ts';
import { ReeldeskError } from './errors.ts';

test('a position comes back as it went, microseconds included', () => {
  const position = ['2026-01-02T03:04:05.123456+00:00', '0191d3a0-1c2d-7e3f-8a4b-5c6d7e8f9a0b'] as const;
  expect(decodeCursor(encodeCursor(position), cursorShapes.timeAndId)).toEqual(position);
  expect(decodeCursor(encodeCursor([7]), cursorShapes.entryNumber)).toEqual([7]);
});

test('no cursor is the first page', () => {
  expect(decodeCursor(null, cursorShapes.timeAndId)).toBeNull();
  expect(decodeCursor(undefined, cursorShapes.entryNumber)).toBeNull();
});

test("a cursor of another list, or no cursor at all, is refused as the caller's mistake", () => {
  const refused = (cursor: string) => () => decodeCursor(cursor, cursorShapes.timeAndId);
  for (const cursor of [
    '',
    'x',
    encodeCursor([7]),
    encodeCursor(['2026-01-02', 'no id']),
    encodeCursor(['now()', '0']),
    btoa('{}'),
  ]) {
    expect(refused(cursor)).toThrow(expect.objectContaining({ reason: 'invalid_input', details: { field: 'cursor' } }));
  }
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (cursor) => {
      expect(refused(cursor)).toThrow(ReeldeskError);
    }),
  );
});

test('a page tells by one row to spare whether there is a next one', () => {
  const position = (row: number) => [row];
  expect(toPage([1, 2, 3], 2, position)).toEqual({ items: [1, 2], nextCursor: encodeCursor([2]) });
  expect(toPage([1, 2], 2, position)).toEqual({ items: [1, 2], nextCursor: null });
  expect(toPage([], 2, position)).toEqual({ items: [], nextCursor: null });
});
