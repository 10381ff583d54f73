import { describe, expect, test } from 'vitest';
import { compareRows, type ListPage } from './list-changes.ts';

const page = (ids: string, nextCursor: string | null = null): ListPage => ({
  items: ids.split('').map((id) => ({ id, status: 'old' })),
  nextCursor,
});
const idsOf = (rows: readonly Record<string, unknown>[]) => rows.map(({ id }) => id).join('');

describe('comparing a list that is shown with what it is now', () => {
  test('rows take their new values where they stand', () => {
    const fresh = {
      items: [
        { id: 'b', status: 'new' },
        { id: 'a', status: 'old' },
      ],
      nextCursor: null,
    };
    const changes = compareRows(page('ab'), fresh);
    expect(changes.items).toEqual([
      { id: 'a', status: 'old' },
      { id: 'b', status: 'new' },
    ]);
    expect(changes).toMatchObject({ newRows: 0, gone: [] });
  });

  test('rows that came in on top are counted, and those they push off the page are not gone', () => {
    const changes = compareRows(page('abcd', 'next'), page('xyab', 'next'));
    expect(idsOf(changes.items)).toBe('abcd');
    expect(changes).toMatchObject({ newRows: 2, isMore: false, gone: [] });
  });

  test('rows that left are gone, and those that moved up to fill the page are not new', () => {
    expect(compareRows(page('abcd', 'next'), page('acde', 'next'))).toMatchObject({ newRows: 0, gone: ['b'] });
    expect(compareRows(page('abcd'), page('acd'))).toMatchObject({ newRows: 0, gone: ['b'] });
  });

  test('a row that came in at the end of the last page is new', () => {
    expect(compareRows(page('ab'), page('abc'))).toMatchObject({ newRows: 1, gone: [] });
  });

  test('where nothing of the page is left, there is at least a page of new rows', () => {
    expect(compareRows(page('abc', 'next'), page('xyz', 'next'))).toMatchObject({ newRows: 3, isMore: true, gone: [] });
  });

  test('a list that is empty now has lost all that is shown', () => {
    expect(compareRows(page('ab'), page(''))).toMatchObject({ newRows: 0, gone: ['a', 'b'] });
  });
});
