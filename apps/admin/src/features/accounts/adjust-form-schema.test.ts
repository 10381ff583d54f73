import { expect, test } from 'vitest';
import { adjustFormSchema } from './adjust-form-schema.ts';

const rest = { reasonCode: 'goodwill', note: '' };

test.each([
  ['20', 20],
  ['+20', 20],
  ['-20', -20],
  ['−20', -20],
])('%j is read as %i', (amount, credits) => {
  expect(adjustFormSchema.parse({ ...rest, amount })).toEqual({ amount: credits, reasonCode: 'goodwill', note: null });
});

test.each(['0', '', '1.5', 'many', '3000000000'])('an amount of %j is refused', (amount) => {
  expect(adjustFormSchema.safeParse({ ...rest, amount }).success).toBe(false);
});

test('a reason that the ledger does not know is refused', () => {
  expect(adjustFormSchema.safeParse({ ...rest, amount: '1', reasonCode: '' }).success).toBe(false);
});
