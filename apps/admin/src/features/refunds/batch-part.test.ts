import { expect, test } from 'vitest';
import { amountOf, partOf } from './batch-part.ts';

const charge = (creditsCharged: number, creditsRefundable = creditsCharged) => ({ creditsCharged, creditsRefundable });

test('all that is left, a number of credits, or a percentage of the charge in whole credits', () => {
  expect(amountOf({ kind: 'all' }, charge(15, 9))).toBe(9);
  expect(amountOf({ kind: 'credits', credits: 5 }, charge(15))).toBe(5);
  expect(amountOf({ kind: 'credits', credits: 20 }, charge(15, 9))).toBe(9);
  expect(amountOf({ kind: 'percent', percent: 50 }, charge(15))).toBe(7);
  expect(amountOf({ kind: 'percent', percent: 50 }, charge(15, 3))).toBe(3);
  expect(amountOf({ kind: 'percent', percent: 1 }, charge(99))).toBe(0);
  expect(amountOf({ kind: 'percent', percent: 100 }, charge(99))).toBe(99);
});

test('a percentage is its share but for less than a whole credit, and never more than is left', () => {
  for (const charged of [...Array.from({ length: 300 }, (_, n) => n + 1), 2_147_483_647]) {
    for (let percent = 1; percent <= 100; percent++) {
      const whole = amountOf({ kind: 'percent', percent }, charge(charged));
      const share = BigInt(charged) * BigInt(percent);
      expect(BigInt(whole) * 100n <= share && BigInt(whole + 1) * 100n > share, `${percent} % of ${charged}`).toBe(
        true,
      );
      const left = Math.floor(charged / 3);
      expect(amountOf({ kind: 'percent', percent }, charge(charged, left))).toBe(Math.min(whole, left));
    }
  }
});

test('what is typed is a whole number from 1 on, and a percentage at most 100', () => {
  expect(partOf('all', 'x')).toEqual({ kind: 'all' });
  expect(partOf('credits', ' 7 ')).toEqual({ kind: 'credits', credits: 7 });
  expect(partOf('percent', '100')).toEqual({ kind: 'percent', percent: 100 });
  for (const typed of ['', '0', '-1', '1.5', '1e3', '101', 'ten']) {
    expect(partOf('percent', typed), typed).toBeNull();
  }
  expect(partOf('credits', '101')).toEqual({ kind: 'credits', credits: 101 });
});
