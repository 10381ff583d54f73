import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withLock } from './lock.mjs';

const lockModule = fileURLToPath(new URL('lock.mjs', import.meta.url));
let folder;
let path;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeldesk lock '));
  path = join(folder, 'set-up.lock');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const spawnModule = (source) =>
  spawn(process.execPath, ['--input-type=module', '-e', source], { stdio: ['ignore', 'pipe', 'inherit'] });

it('processes that start at once go one after the other, also past a stale lock', async () => {
  writeFileSync(path, '999999999 1');
  const log = join(folder, 'log');
  const source = `
    import { appendFileSync } from 'node:fs';
    import { setTimeout } from 'node:timers/promises';
    import { withLock } from ${JSON.stringify(lockModule)};
    await withLock(${JSON.stringify(path)}, async () => {
      appendFileSync(${JSON.stringify(log)}, 'in ');
      await setTimeout(30);
      appendFileSync(${JSON.stringify(log)}, 'out ');
    });`;
  const codes = await Promise.all(Array.from({ length: 6 }, () => once(spawnModule(source), 'exit')));
  expect(codes).toEqual(Array.from({ length: 6 }, () => [0, null]));
  expect(readFileSync(log, 'utf8')).toBe('in out '.repeat(6));
  expect(existsSync(path)).toBe(false);
});

it('the lock of a killed process is taken over, that of a live one is waited for', async () => {
  const holder = spawnModule(`
    import { withLock } from ${JSON.stringify(lockModule)};
    await withLock(${JSON.stringify(path)}, () => {
      setInterval(() => {}, 1000);
      console.log('held');
      return new Promise(() => {});
    });`);
  await once(holder.stdout, 'data');
  let waitedFor;
  const result = await withLock(
    path,
    async () => 'mine',
    (pid) => {
      waitedFor = pid;
      holder.kill('SIGKILL');
    },
  );
  expect(result).toBe('mine');
  expect(waitedFor).toBe(holder.pid);
});

it('work that fails gives the lock back', async () => {
  await expect(withLock(path, async () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(existsSync(path)).toBe(false);
});
