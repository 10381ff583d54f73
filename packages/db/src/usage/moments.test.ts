import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { createTestDatabase } from '../testing/test-database.ts';
import { labelOf, momentOf } from './moments.ts';

const database = await createTestDatabase();
afterAll(database.drop);

test('moments and labels are written as PostgreSQL writes them', async () => {
  const moments = fc.sample(
    fc.record({
      // From the year 1 to the year 10000.
      seconds: fc.integer({ min: -62_135_596_800, max: 253_402_300_800 }),
      micros: fc.oneof(fc.constantFrom(0, 1, 10, 500_000, 999_999), fc.integer({ min: 0, max: 999_999 })),
    }),
    2_000,
  );
  const rows = await database.asOwner.query<Record<'moment' | 'hour' | 'day' | 'month', string>>(
    `select to_json(m.at) #>> '{}' as moment, to_char(m.at, 'YYYY-MM-DD"T"HH24:MI') as hour, to_char(m.at, 'YYYY-MM-DD') as day,
      to_char(m.at, 'YYYY-MM') as month
    from (
      select n, to_timestamp(s) + u * interval '1 microsecond' as at
      from unnest($1::float8[], $2::integer[]) with ordinality v (s, u, n)
    ) m order by n`,
    [moments.map(({ seconds }) => seconds), moments.map(({ micros }) => micros)],
  );
  expect(
    moments.map(({ seconds, micros }) => ({
      moment: momentOf(seconds, micros),
      hour: labelOf(seconds, 'hour'),
      day: labelOf(seconds, 'day'),
      month: labelOf(seconds, 'month'),
    })),
  ).toEqual(rows);
});
