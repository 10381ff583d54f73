import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { createTestDatabase } from '../testing/test-database.ts';
import type { Outcome } from './calls.ts';
import { anyCommands, runAtOnce, runInTurn, type Step } from './model-runs.ts';
import { runs } from './runs.ts';

const database = await createTestDatabase();
afterAll(database.drop);

// Tried first, so that what the run must have met does not hang on chance.
const generation = { do: 'create', account: 0, resolution: '1920x1080', prompt: 'A paper boat', key: null } as const;
const everyKind: Step[] = [
  { do: 'adjust', account: 0, amount: 20, key: 'a', by: 'backend' },
  { do: 'again', earlier: 0 },
  { do: 'adjust', account: 0, amount: 10, key: 'a', by: 'backend' },
  { ...generation, seconds: 12, by: 'owner' },
  { ...generation, seconds: 1, by: 'owner' },
  { do: 'complete', video: 0 },
];

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
    { ...runs(40), examples: [[everyKind]] },
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
