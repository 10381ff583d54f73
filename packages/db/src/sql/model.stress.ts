import fc from 'fast-check';
import { afterAll, it } from 'vitest';
import { createTestDatabase } from '../testing/test-database.ts';
import { anyCommands, runAtOnce, runInTurn } from './model-runs.ts';
import { runs } from './runs.ts';

const database = await createTestDatabase();
afterAll(database.drop);

it('one after the other, every command comes to what the model says', async () => {
  await fc.assert(
    fc.asyncProperty(anyCommands(150), async (commands) => {
      await runInTurn(database, commands);
    }),
    runs(120),
  );
});

it('at the same time, the books balance and match the answers given', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyCommands(60), { minLength: 8, maxLength: 16 }), async (batches) => {
      await runAtOnce(database, batches);
    }),
    runs(40),
  );
});
