import type { LiveEvent } from '@reeldesk/api/contract/live';
import { expect, test } from 'vitest';
import { isAffected, isFollowed } from './affected.ts';
import type { ProcedurePath } from './procedure-path.ts';

const event = (kind: LiveEvent['kind'], rest: Partial<LiveEvent> = {}): LiveEvent => ({
  id: '1.1.',
  kind,
  type: 'charge',
  userId: 'u1',
  videoId: 'v1',
  at: '2026-01-01T00:00:00Z',
  ...rest,
});
const asked = (path: ProcedurePath, userId?: string, videoId?: string) => ({ path, userId, videoId });

test('a charge touches the figures, and of accounts and videos only those it is about', () => {
  const charge = [event('ledger')];
  expect(isAffected(asked('usage.creditUsage'), charge)).toBe(true);
  expect(isAffected(asked('accounts.getAccount', 'u1'), charge)).toBe(true);
  expect(isAffected(asked('accounts.getAccount', 'u2'), charge)).toBe(false);
  expect(isAffected(asked('credits.listAccountEntries', 'u2'), charge)).toBe(false);
  expect(isAffected(asked('refunds.previewRefund', undefined, 'v1'), charge)).toBe(true);
  expect(isAffected(asked('refunds.previewRefund', undefined, 'v2'), charge)).toBe(false);
  expect(isAffected(asked('audit.listAuditLog'), charge)).toBe(false);
  expect(isAffected(asked('staff.listStaff'), charge)).toBe(false);
});

test('what staff did touches the audit log, the trail of its video, and what it was done to', () => {
  const granted = [event('audit', { type: 'grant_staff_role', videoId: null })];
  expect(isAffected(asked('audit.listAuditLog'), granted)).toBe(true);
  expect(isAffected(asked('audit.listAuditLog', undefined, 'v1'), granted)).toBe(false);
  expect(isAffected(asked('staff.listStaff'), granted)).toBe(true);
  expect(isAffected(asked('keys.listApiKeys'), granted)).toBe(false);
  expect(isAffected(asked('usage.creditUsage'), granted)).toBe(false);
});

test('of many changes one is enough, and of none nothing is touched', () => {
  const many = [event('video', { userId: 'u2' }), event('video', { userId: 'u3' })];
  expect(isAffected(asked('videos.listVideos', 'u3'), many)).toBe(true);
  expect(isAffected(asked('videos.listVideos', 'u4'), many)).toBe(false);
  expect(isAffected(asked('usage.creditUsage'), [])).toBe(false);
});

test('what is not known, and what only a picker asks for, is not read again by itself', () => {
  expect(isFollowed('credits.balanceAt', false)).toBe(false);
  expect(isFollowed('accounts.listAccounts', false)).toBe(false);
  expect(isFollowed('accounts.listAccounts', true)).toBe(true);
});
