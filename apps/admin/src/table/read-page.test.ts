import { expect, test } from 'vitest';
import { readPage } from './read-page.ts';

/** A list of so many numbers whose cursor is the number to go on from. */
function listOf(length: number) {
  const calls: number[] = [];
  const read = async ({ limit, cursor }: { limit: number; cursor: string | null }) => {
    calls.push(limit);
    const from = Number(cursor ?? 0);
    const items = Array.from({ length: Math.min(limit, length - from) }, (_, n) => from + n);
    const end = from + items.length;
    return { items, nextCursor: end < length ? String(end) : null };
  };
  return { calls, read };
}

test('a page of 500 comes in calls of 200 at most, each row once, and leads on to the next', async () => {
  const { calls, read } = listOf(1_200);
  const { items, nextCursor } = await readPage({ limit: 500, cursor: '300' }, read);
  expect(items).toEqual(Array.from({ length: 500 }, (_, n) => 300 + n));
  expect(nextCursor).toBe('800');
  expect(calls).toEqual([200, 200, 100]);
});

test('a list that ends before is read to its end and no further', async () => {
  const { calls, read } = listOf(250);
  expect((await readPage({ limit: 500 }, read)).items).toHaveLength(250);
  expect(calls).toEqual([200, 200]);
  const whole = await readPage({ limit: 50 }, listOf(0).read);
  expect(whole).toEqual({ items: [], nextCursor: null });
});
