import { expect, test } from 'vitest';
import { formatCredits, formatRelative, formatShare, formatSigned } from './format.ts';

test('credits that moved are always signed, with a real minus', () => {
  expect(formatSigned(1234)).toBe('+1,234');
  expect(formatSigned(-15)).toBe('−15');
  expect(formatSigned(0)).toBe('0');
  expect(formatCredits(-1234)).toBe('−1,234');
});

test('relative time uses the largest unit that fits', () => {
  const now = Date.parse('2026-11-24T12:00:00Z');
  expect(formatRelative('2026-11-24T11:59:30Z', now)).toBe('30 seconds ago');
  expect(formatRelative('2026-11-24T11:00:00Z', now)).toBe('1 hour ago');
  expect(formatRelative('2026-11-23T12:00:00Z', now)).toBe('yesterday');
  expect(formatRelative('2026-10-24T12:00:00Z', now)).toBe('last month');
});

test('a share of nothing is no number', () => {
  expect(formatShare(1, 4)).toBe('25%');
  expect(formatShare(0, 0)).toBe('–');
});
