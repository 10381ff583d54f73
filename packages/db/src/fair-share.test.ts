import { expect, test } from 'vitest';
import { createFairShare } from './fair-share.ts';

const ann = { kind: 'user', userId: 'ann' } as const;
const bob = { kind: 'user', userId: 'bob' } as const;
const backend = { kind: 'backend' } as const;

/** Calls that end when they are told to. */
function createCalls() {
  const begun: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  const call = (name: string) => () =>
    new Promise<string>((resolve, reject) => {
      begun.push(name);
      ends.set(name, (error) => (error ? reject(error) : resolve(name)));
    });
  return { begun, call, end: (name: string, error?: Error) => ends.get(name)?.(error) };
}

test('one person has so many calls at once, and others do not wait for his', async () => {
  const share = createFairShare(2);
  const { begun, call, end } = createCalls();
  const anns = ['a1', 'a2', 'a3', 'a4'].map((name) => share.run(ann, call(name)));
  const bobs = share.run(bob, call('b1'));
  const backends = ['x1', 'x2', 'x3'].map((name) => share.run(backend, call(name)));
  expect(begun).toEqual(['a1', 'a2', 'b1', 'x1', 'x2', 'x3']);
  expect(share.waiting()).toBe(2);
  end('b1');
  await bobs;
  expect(begun).not.toContain('a3');
  end('a2');
  await anns[1];
  await expect.poll(() => begun.at(-1)).toBe('a3');
  const late = share.run(ann, call('a5'));
  end('a1', new Error('failed'));
  await expect(anns[0]).rejects.toThrow('failed');
  // In the order in which they came, also after one that failed.
  await expect.poll(() => begun.at(-1)).toBe('a4');
  for (const name of ['a3', 'a4']) {
    end(name);
  }
  await expect.poll(() => begun.at(-1)).toBe('a5');
  for (const name of ['a5', 'x1', 'x2', 'x3']) {
    end(name);
  }
  await expect(Promise.all([...anns.slice(1), late, ...backends])).resolves.toEqual([
    'a2',
    'a3',
    'a4',
    'a5',
    'x1',
    'x2',
    'x3',
  ]);
  expect(share.waiting()).toBe(0);
});
