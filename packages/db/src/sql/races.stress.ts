import { randomInt } from 'node:crypto';
import { afterAll, expect, it } from 'vitest';
import { createTestDatabase } from '../testing/test-database.ts';
import { storm } from './storm.ts';

const database = await createTestDatabase();
afterAll(database.drop);

it.each([
  { connections: 24, callsEach: 600, accounts: 1 },
  { connections: 24, callsEach: 600, accounts: 3 },
  { connections: 24, callsEach: 600, accounts: 30 },
])('$connections connections, $callsEach calls each, over $accounts accounts', async (size) => {
  const seed = randomInt(2 ** 31);
  const outcomes = storm(database, { ...size, seed });
  await expect(
    outcomes.then(({ length }) => length),
    `seed ${seed}`,
  ).resolves.toBe(size.connections * size.callsEach);
});
