import { expect, test } from 'vitest';
import { cursor, day, id, oneOf, searchOf, text } from './search-params.ts';

const search = searchOf({ q: text, cursor, account: id, from: day, state: oneOf(['open', 'refunded']) });

test('what makes no sense is undefined, so that it covers the address, and the rest stays', () => {
  expect(search({ q: ' a ', cursor: 7, account: 'x', from: '2026-02-30', state: 'lost', other: 1 })).toStrictEqual({
    q: 'a',
    cursor: undefined,
    account: undefined,
    from: undefined,
    state: undefined,
  });
});

test('what makes sense is taken as it is', () => {
  const given = { cursor: 'WyI', account: '01a20f2f-0000-4000-8000-000000000000', from: '2026-02-28', state: 'open' };
  expect(search(given)).toEqual(given);
});

test('a search for digits is text, though the router reads a number', () => {
  expect(search({ q: 123 })).toEqual({ q: '123' });
});
