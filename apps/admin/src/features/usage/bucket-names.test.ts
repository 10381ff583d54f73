import { expect, test } from 'vitest';
import { bucketName, shortBucketName, weekdayName } from './bucket-names.ts';

test('each unit is named as people say it, whatever zone the browser is in', () => {
  expect(bucketName('2026-11-24T13:00', 'hour').replaceAll('\u202f', ' ')).toBe('Tue, Nov 24, 2026, 1:00 PM');
  expect(bucketName('2026-11-24', 'day')).toBe('Tue, Nov 24, 2026');
  expect(bucketName('2026-11-23', 'week')).toBe('Week of Mon, Nov 23, 2026');
  expect(bucketName('2026-11', 'month')).toBe('November 2026');
  expect(shortBucketName('2026-11', 'month')).toBe('Nov 26');
});

test('weeks are named by the day that begins them', () => {
  expect([1, 6, 7].map(weekdayName)).toEqual(['Monday', 'Saturday', 'Sunday']);
});
