import type { UsageEntry } from '@reeldesk/api/contract/usage';
import { expect, test } from 'vitest';
import { toStatementRows } from './statement-rows.ts';

test('each balance is the one before it plus the amount, up to the balance of the moment', () => {
  const entries = [
    { entryNo: 2, amount: -15 },
    { entryNo: 3, amount: 15 },
    { entryNo: 1, amount: 100 },
  ] as UsageEntry[];
  expect(toStatementRows(entries, 100).map(({ entryNo, balanceAfter }) => [entryNo, balanceAfter])).toEqual([
    [3, 100],
    [2, 85],
    [1, 100],
  ]);
});
