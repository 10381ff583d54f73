import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createSharedStatements, type SharedAnswer, type SharedCall } from './shared-statements.ts';

const read = (name: string, person = name): SharedCall => ({ person, account: null, content: { name } });
const write = (name: string, account: string): SharedCall => ({ person: account, account, content: { name } });

/** Statements that end when they are told to, each with the names of its calls. */
function createStatements(options: { statementsAtOnce?: number; callsPerStatement?: number } = {}) {
  const sent: { names: string[]; waitsForRows: boolean; end: (answers?: SharedAnswer[] | Error) => void }[] = [];
  const statements = createSharedStatements({
    callsPerStatement: 4,
    statementsAtOnce: 1,
    lockTimeoutMs: 50,
    ...options,
    send: (calls, lockTimeoutMs) =>
      new Promise((resolve, reject) => {
        const names = calls.map(({ content }) => (content as { name: string }).name);
        const good = names.map((name) => ({ answer: name }));
        const end = (answers: SharedAnswer[] | Error = good) =>
          answers instanceof Error ? reject(answers) : resolve(answers);
        sent.push({ names, waitsForRows: lockTimeoutMs === 0, end });
      }),
  });
  return { statements, sent, names: () => sent.map(({ names }) => names.join(' ')) };
}

test('a call is sent at once; those that come while it is under way share the next statement', async () => {
  const { statements, sent, names } = createStatements();
  const calls = [statements.run(read('a'))];
  await setImmediate();
  calls.push(...['b', 'c'].map((name) => statements.run(read(name))));
  await setImmediate();
  expect(names()).toEqual(['a']);
  expect(statements.state()).toEqual({ waiting: 2, calls: 1, statements: 1 });
  sent[0]?.end();
  await calls[0];
  await expect.poll(names).toEqual(['a', 'b c']);
  sent[1]?.end();
  expect(await Promise.all(calls)).toEqual(['a', 'b', 'c'].map((answer) => ({ answer })));
  expect(statements.state()).toEqual({ waiting: 0, calls: 3, statements: 2 });
});

test('calls that arrive together are sent together', async () => {
  const { statements, sent, names } = createStatements({ statementsAtOnce: 2 });
  const calls = ['a', 'b', 'c', 'd', 'e'].map((name) => statements.run(read(name)));
  expect(names()).toEqual([]);
  await setImmediate();
  expect(names()).toEqual(['a b c d', 'e']);
  for (const { end } of sent) {
    end();
  }
  expect(await Promise.all(calls)).toHaveLength(5);
});

test('reads and writes do not wait for each other, and each have so many statements', async () => {
  const { statements, sent, names } = createStatements({ statementsAtOnce: 2 });
  const calls = [read('r1'), read('r2'), read('r3'), write('w1', 'x'), write('w2', 'y'), write('w3', 'z')];
  const answers: Promise<SharedAnswer>[] = [];
  for (const call of calls) {
    answers.push(statements.run(call));
    await setImmediate();
  }
  expect(names()).toEqual(['r1', 'r2', 'w1', 'w2']);
  sent[3]?.end();
  await expect.poll(names).toEqual(['r1', 'r2', 'w1', 'w2', 'w3']);
  sent[0]?.end();
  await expect.poll(() => sent.length).toBe(6);
  for (const { end } of sent) {
    end();
  }
  expect(await Promise.all(answers)).toHaveLength(6);
});

test('nobody has more than half of a statement while others wait, and all of it when nobody does', async () => {
  const { statements, sent, names } = createStatements();
  const first = statements.run(read('first'));
  await setImmediate();
  const loud = ['l1', 'l2', 'l3', 'l4', 'l5', 'l6', 'l7'].map((name) => statements.run(read(name, 'loud')));
  const quiet = statements.run(read('quiet'));
  sent[0]?.end();
  await first;
  await expect.poll(names).toEqual(['first', 'l1 l2 quiet l3']);
  sent[1]?.end();
  await quiet;
  await expect.poll(() => names().at(-1)).toBe('l4 l5 l6 l7');
  sent[2]?.end();
  expect(await Promise.all(loud)).toHaveLength(7);
});

test('an account is in one statement at a time: its calls wait in theirs, and hold up nobody', async () => {
  const { statements, sent, names } = createStatements({ statementsAtOnce: 2 });
  const calls = [write('x1', 'x'), write('x2', 'x'), write('y1', 'y'), write('x3', 'x')];
  const answers: Promise<SharedAnswer>[] = [];
  for (const call of calls) {
    answers.push(statements.run(call));
    await setImmediate();
  }
  expect(names()).toEqual(['x1', 'y1']);
  sent[1]?.end();
  await answers[2];
  expect(names()).toEqual(['x1', 'y1']);
  sent[0]?.end();
  await expect.poll(names).toEqual(['x1', 'y1', 'x2 x3']);
  sent[2]?.end();
  expect(await Promise.all(answers)).toHaveLength(4);
});

test('of a row that somebody else holds one call waits by itself, and the others come back after it', async () => {
  const { statements, sent, names } = createStatements();
  const answers = [statements.run(write('x1', 'x'))];
  await setImmediate();
  answers.push(...['x2', 'x3'].map((name) => statements.run(write(name, 'x'))));
  const other = statements.run(write('y1', 'y'));
  sent[0]?.end();
  await answers[0];
  await expect.poll(names).toEqual(['x1', 'x2 x3 y1']);
  sent[1]?.end([{ busy: '55P03' }, { busy: '55P03' }, { answer: 'y1' }]);
  expect(await other).toEqual({ answer: 'y1' });
  await expect.poll(names).toEqual(['x1', 'x2 x3 y1', 'x2']);
  expect(sent[2]?.waitsForRows).toBe(true);
  expect(sent[1]?.waitsForRows).toBe(false);
  // Meanwhile others are served, and one more call of the account waits with the rest.
  const late = statements.run(write('x4', 'x'));
  const another = statements.run(write('z1', 'z'));
  await expect.poll(() => names().at(-1)).toBe('z1');
  sent[3]?.end();
  await another;
  sent[2]?.end();
  await expect.poll(() => names().slice(4)).toEqual(['x3 x4']);
  sent[4]?.end();
  expect(await Promise.all([...answers, late])).toHaveLength(4);
});

test('when the one that waits for the row gets no answer, those behind it do not either', async () => {
  const { statements, sent } = createStatements();
  const first = statements.run(write('y', 'y'));
  await setImmediate();
  const [waits, behind] = [statements.run(write('x1', 'x')), statements.run(write('x2', 'x'))];
  sent[0]?.end();
  await first;
  await expect.poll(() => sent.length).toBe(2);
  sent[1]?.end([{ busy: '55P03' }, { busy: '55P03' }]);
  await expect.poll(() => sent.length).toBe(3);
  sent[2]?.end(new Error('timed out'));
  await expect(waits).rejects.toThrow('timed out');
  await expect(behind).rejects.toThrow('timed out');
  const next = statements.run(write('x3', 'x'));
  await expect.poll(() => sent.length).toBe(4);
  sent[3]?.end();
  expect(await next).toEqual({ answer: 'x3' });
});

test('a statement that fails is the end of its own calls alone', async () => {
  const { statements, sent, names } = createStatements();
  const calls = [statements.run(read('a'))];
  await setImmediate();
  calls.push(...['b', 'c'].map((name) => statements.run(read(name))));
  sent[0]?.end(new Error('cut'));
  await expect(calls[0]).rejects.toThrow('cut');
  await expect.poll(names).toEqual(['a', 'b c']);
  sent[1]?.end([{ error: { originalCode: 'PT402' } }, { answer: 'c' }]);
  expect(await Promise.all(calls.slice(1))).toEqual([{ error: { originalCode: 'PT402' } }, { answer: 'c' }]);
});
