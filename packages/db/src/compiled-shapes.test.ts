import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { compiledShapes, compileShape } from './compiled-shapes.ts';

const id = '0191d3a0-1c2d-7e3f-8a4b-5c6d7e8f9a0b';
const values: unknown[] = [
  [id, id.toUpperCase(), `${id}0`, `{${id}}`, '00000000-0000-0000-0000-000000000000', '', ' ', 'Ω\u0000\uD800'],
  ['2026-11-30T01:02:03.123456+00:00', '2026-11-30T01:02:03Z', '2024-02-29T23:59:59-12:30', '2026-11-30'],
  ['2025-02-29T00:00:00Z', '2026-11-30T01:02:03', '2026-11-30T24:00:00Z', '12026-11-30T01:02:03Z'],
  ['text_to_video', 'image_to_video', 'pending', 'failed', 'opening', 'charge', 'refund', 'PENDING'],
  [0, -0, 1, -1, 1.5, 2_147_483_647, 2_147_483_648, -2_147_483_648, -2_147_483_649],
  [Number.MAX_SAFE_INTEGER, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, 1n, true, false, null, undefined],
  [{}, [], [id], new Date(0)],
].flat();

/** Rows that are mostly right, with a field that is missing, wrong or too many now and then. */
function rowsOf(shape: z.ZodObject): fc.Arbitrary<object> {
  const fields = Object.entries(shape.shape).map(([name, field]) => {
    const right = values.filter((value) => z.safeParse(field, value).success);
    const arbitrary = fc.oneof(
      { weight: 30, arbitrary: fc.constantFrom(...right) },
      { weight: 1, arbitrary: fc.constantFrom(...values) },
    );
    return [name, arbitrary] as const;
  });
  const row = fc.record(Object.fromEntries(fields), {
    requiredKeys: fields.map(([name]) => name).filter((_, index) => index > 0),
  });
  const more = fc.oneof({ weight: 5, arbitrary: fc.constant({}) }, fc.dictionary(fc.string(), fc.constant(1)));
  return fc.tuple(row, more).map(([own, others]) => ({ ...others, ...own }));
}

describe.each(compiledShapes.map((shape) => ({ shape, fields: Object.keys(shape.shape).join(', ') })))(
  'of $fields',
  ({ shape }) => {
    const plain = z.object(shape.shape);
    const compiled = z.object(shape.shape);
    compileShape(compiled);

    test('the compiled shape takes, corrects and refuses what the plain one does, in the same words', () => {
      let [taken, refused] = [0, 0];
      fc.assert(
        fc.property(rowsOf(shape), (row) => {
          const expected = plain.safeParse(row);
          const { success, data, error } = compiled.safeParse(row);
          expect({ success, data, issues: error?.issues }).toStrictEqual({
            success: expected.success,
            data: expected.data,
            issues: expected.error?.issues,
          });
          taken += Number(success);
          refused += Number(!success);
        }),
        { numRuns: 1_000 },
      );
      expect(taken).toBeGreaterThan(100);
      expect(refused).toBeGreaterThan(100);
      for (const value of values) {
        expect(compiled.safeParse(value).success).toBe(plain.safeParse(value).success);
      }
    });

    test('what is right passes as it is', () => {
      const right = fc.sample(
        rowsOf(shape).filter(
          (row) => plain.safeParse(row).success && Object.keys(row).length === Object.keys(shape.shape).length,
        ),
        20,
      );
      for (const row of right) {
        expect(compiled.parse(row)).toBe(row);
      }
    });
  },
);
