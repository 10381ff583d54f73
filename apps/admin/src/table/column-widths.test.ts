import { expect, test } from 'vitest';
import { parseWidths, restColumn, tableWidth, toWidth, widthAfterKey } from './column-widths.ts';

test.each(['', 'nonsense', 'null', '[80]', '{"id": "wide", "credits": null}'])(
  'what was stored as %j gives no widths',
  (stored) => {
    expect(parseWidths(stored)).toEqual({});
  },
);

test('stored widths stay within what a column can have', () => {
  expect(parseWidths('{"id": 1, "credits": 120.4, "prompt": 1e6}')).toEqual({ id: 56, credits: 120, prompt: 960 });
  expect(toWidth(-5)).toBe(56);
});

test('the column drawn as wide as it can be takes the rest, else the first', () => {
  const columns = [{ id: 'a' }, { id: 'b', meta: { className: 'w-full max-w-0' } }, { id: 'c' }];
  expect(restColumn(columns)).toBe('b');
  expect(restColumn(columns.slice(2))).toBe('c');
});

test('a table is at least as wide as its columns, and has room after them where none takes the rest', () => {
  expect(tableWidth(['a', 'b', 'new'], { a: 100 }, 'b')).toEqual({ pixels: 100 + 208 + 140, hasRoom: false });
  expect(tableWidth(['a', 'b'], { a: 100, b: 300 }, 'b')).toEqual({ pixels: 400, hasRoom: true });
});

test('arrow keys change a width by a step, with Shift by more, and no further than it goes', () => {
  expect(widthAfterKey(100, 'ArrowRight', false)).toBe(116);
  expect(widthAfterKey(100, 'ArrowLeft', true)).toBe(56);
  expect(widthAfterKey(950, 'ArrowRight', true)).toBe(960);
  expect(widthAfterKey(100, 'Home', false)).toBe(56);
  expect(widthAfterKey(100, 'Tab', false)).toBeNull();
});
