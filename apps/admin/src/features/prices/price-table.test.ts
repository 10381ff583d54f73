import { expect, test } from 'vitest';
import { toPriceTable } from './price-table.ts';

test('sizes grow downwards, prices to the right, and what is not offered has no price', () => {
  const table = toPriceTable([
    { resolution: '1920x1080', quality: 'high', creditsPerSecond: 3 },
    { resolution: '1920x1080', quality: 'draft', creditsPerSecond: 1 },
    { resolution: '1280x720', quality: 'high', creditsPerSecond: 2 },
  ]);
  expect(table.qualities).toEqual(['draft', 'high']);
  expect(table.rows).toEqual([
    { resolution: '1280x720', prices: { high: 2 } },
    { resolution: '1920x1080', prices: { draft: 1, high: 3 } },
  ]);
});
