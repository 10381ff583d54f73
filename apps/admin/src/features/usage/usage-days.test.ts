import type { CreditUsageBucket } from '@reeldesk/api/contract/usage';
import { expect, test } from 'vitest';
import { toUsageDays, typesIn } from './usage-days.ts';

const bucket = (
  day: string,
  videoType: CreditUsageBucket['videoType'],
  used: number,
  refunded = 0,
): CreditUsageBucket => ({
  day,
  videoType,
  creditsUsed: used,
  creditsRefunded: refunded,
  charges: used > 0 ? 1 : 0,
  refunds: refunded > 0 ? 1 : 0,
});

test('each day is the sum of its types, and no credit is lost between them', () => {
  const buckets = [
    bucket('2026-11-01', 'text_to_video', 15),
    bucket('2026-11-01', 'image_to_video', 20, 5),
    bucket('2026-11-01', null, 1),
    bucket('2026-11-02', 'text_to_video', 0),
  ];
  const [first, second] = toUsageDays(buckets);
  expect(first).toMatchObject({
    text_to_video: 15,
    image_to_video: 20,
    unknown: 1,
    used: 36,
    refunded: 5,
    net: 31,
    charges: 3,
    refunds: 1,
  });
  expect(second).toMatchObject({ day: '2026-11-02', used: 0, net: 0 });
});

test('a type that the range does not know is not stacked', () => {
  expect(typesIn([bucket('2026-11-01', 'image_to_video', 1)])).toEqual(['image_to_video']);
  expect(typesIn([bucket('2026-11-01', null, 1), bucket('2026-11-01', 'text_to_video', 1)])).toEqual([
    'text_to_video',
    'unknown',
  ]);
});
