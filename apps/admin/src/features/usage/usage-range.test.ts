import { expect, test } from 'vitest';
import { addDays, dayIn, problemOf, usageRange, weekStartOf } from './usage-range.ts';

const lateEvening = new Date('2026-11-24T23:30:00Z');
const read = (search: Parameters<typeof usageRange>[0]) => usageRange(search, lateEvening, 'en-US');

test('today is the day of the zone, not of the machine', () => {
  expect(dayIn('Pacific/Auckland', lateEvening)).toBe('2026-11-25');
  expect(dayIn('America/Los_Angeles', lateEvening)).toBe('2026-11-24');
});

test('a preset counts its days to today, both ends included', () => {
  expect(read({ range: '7d', zone: 'UTC' })).toMatchObject({ from: '2026-11-18', to: '2026-11-24', preset: '7d' });
  expect(read({ range: 'today', zone: 'UTC' })).toMatchObject({ from: '2026-11-24', to: '2026-11-24', unit: 'hour' });
});

test('days chosen by hand come before a preset, and one alone does not count', () => {
  const chosen = { from: '2026-10-01', to: '2026-10-31', zone: 'UTC' };
  expect(read({ ...chosen, range: '7d' })).toMatchObject({ from: '2026-10-01', to: '2026-10-31', preset: null });
  expect(read({ from: '2026-10-01', zone: 'UTC' }).preset).toBe('30d');
});

test('an unknown zone, or an offset, falls back to a zone that exists', () => {
  for (const zone of ['Mars/Base', '+05:30']) {
    const { timeZone } = read({ zone });
    expect(timeZone).not.toBe(zone);
    expect(() => new Intl.DateTimeFormat('en', { timeZone })).not.toThrow();
  }
});

test('a day later is a day later also where clocks change', () => {
  expect(addDays('2026-03-28', 2)).toBe('2026-03-30');
  expect(addDays('2026-03-01', -1)).toBe('2026-02-28');
});

test('the longer the range, the larger its unit, unless one is asked for', () => {
  expect(read({ range: '90d' }).unit).toBe('day');
  expect(read({ range: '12m' }).unit).toBe('week');
  expect(read({ range: '12m', unit: 'month' }).unit).toBe('month');
});

test('weeks begin as the language has it', () => {
  expect(weekStartOf('de-DE')).toBe(1);
  expect(weekStartOf('en-US')).toBe(7);
  expect(weekStartOf('en-US@posix')).toBe(1);
});

test('a range that the server would refuse is not asked for', () => {
  expect(problemOf(read({ from: '2026-02-02', to: '2026-02-01' }))).toBe('swapped');
  expect(problemOf(read({ from: '2026-01-01', to: '2026-12-31', unit: 'hour' }))).toBe('too_many');
  expect(problemOf(read({ from: '2026-01-01', to: '2026-12-31', unit: 'day' }))).toBeNull();
});
