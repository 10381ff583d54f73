import { expect, test } from 'vitest';
import {
  keyOf,
  nextRows,
  ROWS_PER_CALL,
  stateOf,
  sumsOf,
  withAnswers,
  withFailedWaiting,
  withSent,
  type Batch,
} from './batch.ts';

const rows = Array.from({ length: ROWS_PER_CALL + 5 }, (_, n) => ({ videoId: `v${n}`, userId: 'u', amount: 2 }));
const batch: Batch = { id: 'b', startedAt: '2026-11-24T00:00:00Z', reason: 'Outage', rows, results: {}, sent: [] };
const refunded = (videoId: string, isReplayed = false) => ({
  outcome: 'refunded' as const,
  videoId,
  transactionId: 't',
  creditsRefunded: 2,
  isReplayed,
});
const refused = (videoId: string) => ({
  outcome: 'error' as const,
  videoId,
  error: { reason: 'already_refunded' as const, message: 'It is refunded.', hint: null, details: {} },
});

test('every row is asked for once, in calls of a few', () => {
  const first = nextRows(batch);
  expect(first).toEqual(rows.slice(0, ROWS_PER_CALL));
  const after = withAnswers(
    withSent(batch, first),
    first.map(({ videoId }) => refunded(videoId)),
  );
  expect(nextRows(after)).toEqual(rows.slice(ROWS_PER_CALL));
  expect(sumsOf(after)).toEqual({
    refunded: ROWS_PER_CALL,
    failed: 0,
    left: 5,
    unanswered: 0,
    creditsRefunded: 2 * ROWS_PER_CALL,
  });
});

test('what was on its way when the tab closed is asked for first, with the same key', () => {
  const closed = withSent(batch, rows.slice(3, 5));
  expect(sumsOf(closed)).toMatchObject({ left: rows.length, unanswered: 2 });
  expect(stateOf(closed, 'v3')).toBe('sent');
  expect(
    nextRows(closed)
      .slice(0, 3)
      .map(({ videoId }) => videoId),
  ).toEqual(['v3', 'v4', 'v0']);
  expect(keyOf(closed, 'v3')).toBe(keyOf(batch, 'v3'));
});

test('only what failed is tried again', () => {
  const done = withAnswers(withSent(batch, rows.slice(0, 3)), [refunded('v0'), refused('v1'), refunded('v2', true)]);
  expect([0, 1, 2, 3].map((n) => stateOf(done, `v${n}`))).toEqual(['refunded', 'failed', 'refunded', 'waiting']);
  const again = withFailedWaiting(done);
  expect(stateOf(again, 'v1')).toBe('waiting');
  expect(nextRows(again).map(({ videoId }) => videoId)).not.toContain('v0');
  expect(sumsOf(again)).toMatchObject({ refunded: 2, failed: 0 });
});

test('a row without an answer from the database is neither refunded nor failed', () => {
  const silent = { ...refused('v0'), error: { ...refused('v0').error, reason: 'unavailable' as const } };
  const after = withAnswers(withSent(batch, rows.slice(0, 1)), [silent]);
  expect(stateOf(after, 'v0')).toBe('sent');
  expect(nextRows(after)[0]?.videoId).toBe('v0');
});
