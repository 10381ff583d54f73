import { expect, test } from 'vitest';
import { addDays, dayIn, usageRange } from './usage-range.ts';

const lateEvening = new Date('2026-11-24T23:30:00Z');

test('today is the day of the zone, not of the machine', () => {
  expect(dayIn('Pacific/Auckland', lateEvening)).toBe('2026-11-25');
  expect(dayIn('America/Los_Angeles', lateEvening)).toBe('2026-11-24');
});

test('a preset counts its days to today, both ends included', () => {
  expect(usageRange({ range: '7d', zone: 'UTC' }, lateEvening)).toMatchObject({
    from: '2026-11-18',
    to: '2026-11-24',
    preset: '7d',
  });
});

test('days chosen by hand come before a preset, and one alone does not count', () => {
  const chosen = { from: '2026-10-01', to: '2026-10-31', zone: 'UTC' };
  expect(usageRange({ ...chosen, range: '7d' }, lateEvening)).toMatchObject({
    from: '2026-10-01',
    to: '2026-10-31',
    preset: null,
  });
  expect(usageRange({ from: '2026-10-01', zone: 'UTC' }, lateEvening).preset).toBe('30d');
});

test('an unknown zone falls back to one that exists', () => {
  expect(() => new Intl.DateTimeFormat('en', { timeZone: usageRange({ zone: 'Mars/Base' }).timeZone })).not.toThrow();
});

test('a day later is a day later also where clocks change', () => {
  expect(addDays('2026-03-28', 2)).toBe('2026-03-30');
  expect(addDays('2026-03-01', -1)).toBe('2026-02-28');
});
