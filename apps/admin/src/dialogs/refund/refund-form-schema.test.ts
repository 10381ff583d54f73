import { DEFAULT_REFUND_REASON } from '@reeldesk/api/contract/refunds';
import { expect, test } from 'vitest';
import { refundFormSchema } from './refund-form-schema.ts';

test.each(['0', '-1', '1.5', '16', '', 'ten'])('an amount of %j is refused where 15 are left', (amount) => {
  expect(refundFormSchema(15, false).safeParse({ amount, reason: 'Late' }).success).toBe(false);
});

test('an amount up to what is left is taken as a number', () => {
  expect(refundFormSchema(15, false).parse({ amount: ' 15 ', reason: 'Late' })).toEqual({ amount: 15, reason: 'Late' });
});

test('the default reason is untrue for a completed video, and none is no reason', () => {
  const completed = refundFormSchema(15, true);
  expect(completed.safeParse({ amount: '5', reason: DEFAULT_REFUND_REASON }).success).toBe(false);
  expect(completed.safeParse({ amount: '5', reason: '  ' }).success).toBe(false);
  expect(refundFormSchema(15, false).safeParse({ amount: '5', reason: DEFAULT_REFUND_REASON }).success).toBe(true);
});
