import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { createTestDatabase } from '../testing/test-database.ts';
import type { Outcome } from './calls.ts';
import { anyCommands, runAtOnce, runInTurn } from './model-runs.ts';
import { runs } from './runs.ts';

const database = await createTestDatabase();
afterAll(database.drop);

it('one after the other, every command comes to what the model says', async () => {
  const met = new Set<string>();
  const note = (outcomes: Outcome[]) => {
    const transactions = new Set<unknown>();
    for (const outcome of outcomes) {
      const id =
        'answer' in outcome && typeof outcome.answer === 'object' ? outcome.answer['transaction_id'] : undefined;
      met.add('reason' in outcome ? outcome.reason : transactions.has(id) ? 'a replay' : 'an answer');
      transactions.add(id ?? outcome);
    }
  };
  await fc.assert(
    fc.asyncProperty(anyCommands(80), async (commands) => note(await runInTurn(database, commands))),
    runs(40),
  );
  // A sequence that only ever meets refusals would agree with any model.
  expect([...met]).toEqual(
    expect.arrayContaining([
      'an answer',
      'a replay',
      'insufficient_credits',
      'invalid_status_change',
      'idempotency_key_reused',
    ]),
  );
}, 180_000);

it('at the same time, the books balance and match the answers given', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyCommands(30), { minLength: 4, maxLength: 8 }), async (batches) => {
      await runAtOnce(database, batches);
    }),
    runs(8),
  );
}, 180_000);
