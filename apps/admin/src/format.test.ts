import { expect, test } from 'vitest';
import { formatCredits, formatRelative, formatShare, formatSigned } from './format.ts';

test('credits that moved are always signed, with a real minus', () => {
  expect(formatSigned(1234)).toBe('+1,234');
  expect(formatSigned(-15)).toBe('−15');
  expect(formatSigned(0)).toBe('0');
  expect(formatCredits(-1234)).toBe('−1,234');
});

test('relative time uses the largest unit that still tells one row from the next', () => {
  const now = Date.parse('2026-11-24T12:00:00Z');
  expect(formatRelative('2026-11-24T11:59:30Z', now)).toBe('30 seconds ago');
  expect(formatRelative('2026-11-24T11:00:00Z', now)).toBe('1 hour ago');
  expect(formatRelative('2026-11-23T12:00:00Z', now)).toBe('yesterday');
  expect(formatRelative('2026-11-01T12:00:00Z', now)).toBe('23 days ago');
  expect(formatRelative('2026-10-24T12:00:00Z', now)).toBe('31 days ago');
  expect(formatRelative('2026-07-24T12:00:00Z', now)).toBe('4 months ago');
  expect(formatRelative('2024-11-24T12:00:00Z', now)).toBe('2 years ago');
  expect(formatRelative('2026-11-24T15:00:00Z', now)).toBe('in 3 hours');
});

test('a share of nothing is no number', () => {
  expect(formatShare(1, 4)).toBe('25%');
  expect(formatShare(0, 0)).toBe('–');
});
