import fc from 'fast-check';
import { expect } from 'vitest';
import type { Caller } from '../testing/caller.ts';
import type { TestDatabase } from '../testing/test-database.ts';
import { ask, type Outcome } from './calls.ts';
import { callOf, type Command, LedgerModel } from './model.ts';
import { expectBooksMatch } from './storm.ts';

const number = fc.nat({ max: 11 });
const key = fc.option(fc.constantFrom('a', 'b'), { freq: 3 });
const arbitraries = {
  create: fc.record({
    do: fc.constant('create' as const),
    account: number,
    seconds: fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 1, max: 12 }) },
      { weight: 1, arbitrary: fc.constantFrom(null, 0, -1, 300, 301) },
    ),
    resolution: fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom('1920x1080', '1280x720') },
      { weight: 1, arbitrary: fc.constant('1x1') },
    ),
    prompt: fc.oneof(
      { weight: 9, arbitrary: fc.constant('A beautiful sunset') },
      { weight: 1, arbitrary: fc.constant(' ') },
    ),
    key,
    by: fc.constantFrom('backend' as const, 'owner' as const, 'owner' as const, 'other' as const),
  }),
  status: fc.record({
    do: fc.constantFrom('start' as const, 'start' as const, 'complete' as const, 'fail' as const),
    video: number,
  }),
  refund: fc.record({
    do: fc.constant('refund' as const),
    video: number,
    amount: fc.option(fc.integer({ min: -1, max: 12 }), { freq: 2 }),
    reason: fc.constantFrom('Wrong colours', 'Wrong colours', 'Video generation failed', ' '),
    key,
    by: fc.constantFrom('backend' as const, 'admin' as const, 'admin' as const, 'owner' as const),
  }),
  adjust: fc.record({
    do: fc.constant('adjust' as const),
    account: number,
    amount: fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: -20, max: 80 }) },
      { weight: 1, arbitrary: fc.constantFrom(2 ** 31 - 1, -(2 ** 31)) },
    ),
    key,
    by: fc.constantFrom('backend' as const, 'admin' as const, 'admin' as const, 'owner' as const),
  }),
  visibility: fc.record({
    do: fc.constantFrom('delete' as const, 'restore' as const),
    video: number,
    by: fc.constantFrom('owner' as const, 'owner' as const, 'admin' as const, 'other' as const),
  }),
  purge: fc.record({ do: fc.constant('purge' as const) }),
  again: fc.record({ do: fc.constant('again' as const), earlier: fc.nat({ max: 30 }) }),
};

/** A command, or one of the earlier ones once more: a client that got no answer, for instance. */
export type Step = Command | { do: 'again'; earlier: number };

/** Commands by weight; after shrinking, the shortest list that still fails is printed. */
export function anyCommands(maxLength: number): fc.Arbitrary<Step[]> {
  const { create, status, refund, adjust, visibility, purge, again } = arbitraries;
  return fc.array(
    fc.oneof(
      { weight: 6, arbitrary: create },
      { weight: 7, arbitrary: status },
      { weight: 6, arbitrary: refund },
      { weight: 4, arbitrary: adjust },
      { weight: 4, arbitrary: visibility },
      { weight: 1, arbitrary: purge },
      { weight: 4, arbitrary: again },
    ),
    { maxLength, size: 'max' },
  );
}

/** The steps with every `again` resolved, from the first step on. */
function commandsOf(steps: Step[]): Command[] {
  const commands: Command[] = [];
  for (const step of steps) {
    const command = step.do === 'again' ? commands[commands.length - 1 - (step.earlier % commands.length)] : step;
    commands.push(...(command === undefined ? [] : [command]));
  }
  return commands;
}

export interface World {
  database: TestDatabase;
  accountIds: string[];
  callerOf: (command: Command, ownerId: string | undefined) => Caller;
}

/** Fresh accounts in a database of which nothing can be taken back: what is deleted is purged, so that a purge counts its own. */
export async function createWorld(database: TestDatabase, accounts: number): Promise<World> {
  const { asBackend, asUser, createAccount } = database;
  await ask(asBackend, callOf({ do: 'purge' }, [], []));
  const admin = await createAccount({ role: 'admin' });
  const other = await createAccount();
  const accountIds: string[] = [];
  for (let n = 0; n < accounts; n++) {
    accountIds.push((await createAccount()).id);
  }
  return {
    database,
    accountIds,
    callerOf: (command, ownerId) => {
      const by = 'by' in command ? command.by : 'backend';
      return by === 'backend'
        ? asBackend
        : asUser(by === 'admin' ? admin.id : by === 'other' ? other.id : (ownerId ?? accountIds[0]!));
    },
  };
}

/** Runs the commands one after the other; each answer has to be the model's. */
export async function runInTurn(database: TestDatabase, steps: Step[]): Promise<Outcome[]> {
  const { accountIds, callerOf } = await createWorld(database, 2);
  const model = new LedgerModel(accountIds.length);
  const outcomes: Outcome[] = [];
  for (const command of commandsOf(steps)) {
    const owner =
      'account' in command
        ? command.account % accountIds.length
        : 'video' in command
          ? model.video(command.video)?.account
          : 0;
    const made = callOf(
      command,
      accountIds,
      model.videos.map(({ id }) => id),
    );
    const actual = await ask(callerOf(command, accountIds[owner ?? 0]), made);
    expect(actual, JSON.stringify(command)).toMatchObject(model.apply(command, actual));
    outcomes.push(actual);
  }
  const balances = await database.asOwner.query<{ id: string; credits: number }>(
    'select id, credits from profiles where id = any ($1)',
    [accountIds],
  );
  const creditsOf = new Map(balances.map(({ id, credits }) => [id, credits]));
  expect(accountIds.map((id) => creditsOf.get(id))).toEqual(model.credits);
  await expectBooksMatch(database, accountIds, outcomes, 0);
  return outcomes;
}

/** Runs batches of commands at the same time, one connection for each; the books have to balance and match the answers. */
export async function runAtOnce(database: TestDatabase, batches: Step[][]): Promise<Outcome[]> {
  const { accountIds, callerOf } = await createWorld(database, 3);
  const outcomes: Outcome[] = [];
  for (const accountId of accountIds) {
    outcomes.push(
      await ask(
        database.asBackend,
        callOf(
          { do: 'adjust', account: accountIds.indexOf(accountId), amount: 60, key: null, by: 'backend' },
          accountIds,
          [],
        ),
      ),
    );
  }
  const videoIds: string[] = [];
  const ownerOf = new Map<string, string>();
  await Promise.all(
    batches.map(async (steps) => {
      for (const command of commandsOf(steps)) {
        const owner =
          'account' in command
            ? accountIds[command.account % accountIds.length]!
            : 'video' in command
              ? ownerOf.get(videoIds[command.video % videoIds.length] ?? '')
              : undefined;
        const outcome = await ask(callerOf(command, owner), callOf(command, accountIds, videoIds));
        outcomes.push(outcome);
        if (command.do === 'create' && 'answer' in outcome && typeof outcome.answer === 'object') {
          const id = String(outcome.answer['video_id']);
          videoIds.push(...(ownerOf.has(id) ? [] : [id]));
          ownerOf.set(id, owner!);
        }
      }
    }),
  );
  await expectBooksMatch(database, accountIds, outcomes, 0);
  return outcomes;
}
