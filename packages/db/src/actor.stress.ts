import { afterAll, test } from 'vitest';
import { expectCallersKeptApart } from './testing/callers-apart.ts';
import { createTestDatabase } from './testing/test-database.ts';

const database = await createTestDatabase();
afterAll(database.drop);

test('4,800 interleaved calls of different callers, refusals among them, leave no role, no claim and no foreign row', async () => {
  await expectCallersKeptApart(database, 25);
});
