import { expect, test } from 'vitest';
import { toCsv } from './csv.ts';

test('figures stay figures, and text that would run as a formula does not', () => {
  expect(toCsv(['day', 'net'], [['2026-11-24', -5]])).toBe('day,net\n2026-11-24,-5\n');
  expect(toCsv(['reason'], [['=cmd()'], ['-5 credits'], ['@x']])).toBe("reason\n'=cmd()\n'-5 credits\n'@x\n");
});

test('commas, quotes and line ends stay within their cell', () => {
  expect(
    toCsv(
      ['a', 'b'],
      [
        ['x, "y"', 'two\nlines'],
        [null, 0],
      ],
    ),
  ).toBe('a,b\n"x, ""y""","two\nlines"\n,0\n');
});
