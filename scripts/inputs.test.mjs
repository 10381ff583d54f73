import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hashContents, hashStats, readStamp, writeStamp } from './inputs.mjs';

let base;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'reeldesk inputs '));
  mkdirSync(join(base, 'src/deep'), { recursive: true });
  writeFileSync(join(base, 'src/deep/a.ts'), 'a');
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

it('the same contents hash the same, whatever the times', () => {
  const before = hashContents(base, ['src', 'missing']);
  utimesSync(join(base, 'src/deep/a.ts'), 1, 1);
  expect(hashContents(base, ['missing', 'src'])).toBe(before);
});

it.each([
  ['changed', () => writeFileSync(join(base, 'src/deep/a.ts'), 'b')],
  ['added', () => writeFileSync(join(base, 'src/b.ts'), '')],
  ['removed', () => rmSync(join(base, 'src/deep/a.ts'))],
])('a file that is %s changes the hash', (_, change) => {
  const before = hashContents(base, ['src']);
  change();
  expect(hashContents(base, ['src'])).not.toBe(before);
});

it('what a build makes inside a folder of inputs is no input', () => {
  const before = hashContents(base, ['src']);
  mkdirSync(join(base, 'src/node_modules'));
  writeFileSync(join(base, 'src/node_modules/x.js'), '');
  expect(hashContents(base, ['src'])).toBe(before);
});

it('an output that is touched or missing is noticed', () => {
  const before = hashStats(base, ['src']);
  utimesSync(join(base, 'src/deep/a.ts'), 1, 1);
  const touched = hashStats(base, ['src']);
  expect(touched).not.toBe(before);
  rmSync(join(base, 'src/deep/a.ts'));
  expect(hashStats(base, ['src'])).not.toBe(touched);
});

it('a stamp that is missing or broken is none', () => {
  const path = join(base, 'stamps/one.json');
  expect(readStamp(path)).toBeUndefined();
  writeStamp(path, { inputs: 'x' });
  expect(readStamp(path)).toEqual({ inputs: 'x' });
  writeFileSync(path, '{');
  expect(readStamp(path)).toBeUndefined();
});
