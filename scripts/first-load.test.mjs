import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FIRST_LOAD_BUDGET_BYTES, measureScripts, totalBytes } from './first-load.mjs';
import { root } from './paths.mjs';

const dist = join(root, 'apps/admin/dist');
// `npm test` builds it first; a part of the tests runs without.
const isBuilt = existsSync(join(dist, 'index.html'));

describe('the first load of the dashboard', () => {
  it.skipIf(!isBuilt)('stays within its budget, and charts are no part of it', () => {
    const { first, later } = measureScripts(dist);
    expect(first.length).toBeGreaterThan(2);
    expect(totalBytes(first)).toBeLessThanOrEqual(FIRST_LOAD_BUDGET_BYTES);
    const charts = later.filter(({ bytes }) => bytes > 80_000);
    expect(charts.map(({ path }) => path)).toEqual([expect.stringMatching(/chart/i)]);
  });
});

describe('measuring scripts', () => {
  let folder;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'reeldesk-scripts-'));
    mkdirSync(join(folder, 'assets'));
    const write = (name, text) => writeFileSync(join(folder, name), text);
    write('index.html', '<script src="/theme.js"></script><script type="module" src="/assets/main.js"></script>');
    write('theme.js', 'theme();');
    write(
      'assets/main.js',
      'import{a as b}from"./one.js";import"./two.js";const page=()=>import(`./page.js`);b(page);',
    );
    write('assets/one.js', 'export*from"./three.js";');
    write('assets/two.js', 'two();');
    write('assets/three.js', 'export{a};');
    write('assets/page.js', 'page();');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('counts what is imported on the way, and not what comes later', () => {
    const { first, later } = measureScripts(folder);
    expect(first.map(({ path }) => path).toSorted()).toEqual([
      'assets/main.js',
      'assets/one.js',
      'assets/three.js',
      'assets/two.js',
      'theme.js',
    ]);
    expect(later.map(({ path }) => path)).toEqual(['assets/page.js']);
    expect(totalBytes(first)).toBeGreaterThan(100);
  });
});
