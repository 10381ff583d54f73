import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { createTestDatabase } from '@reeldesk/db/testing/test-database';
import { afterAll, expect, test } from 'vitest';
import { definitions } from './definitions.ts';
import { root } from './docs/files.ts';

const database = await createTestDatabase();
afterAll(database.drop);
const names = definitions.map(({ path }) => path.split('.')[1]!);

test('a procedure that writes has the name of the SQL function behind it', async () => {
  const rows = await database.asOwner.query<{ name: string }>(
    `select proname as name from pg_proc where pronamespace in ('public'::regnamespace, 'desk'::regnamespace)`,
  );
  const functions = new Set(rows.map(({ name }) => name));
  const writing = definitions.filter(({ type }) => type === 'mutation').map(({ path }) => path.split('.')[1]!);
  const without = writing.filter(
    (name) => !functions.has(name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)),
  );
  // Many refunds are many calls of one function.
  expect(without).toEqual(['refundManyVideoCredits']);
});

test('no name stands for two procedures, so that one search finds the whole of each', () => {
  expect(new Set(names).size).toBe(names.length);
});

test("the dashboard's hooks that call a procedure have its name", async () => {
  const files = await readdir(`${root}apps/admin/src/features`, { recursive: true });
  const calling = [];
  for (const file of files.filter((path) => /(^|\/)use-[^/]*(?<!\.test)\.ts$/.test(path))) {
    const code = await readFile(`${root}apps/admin/src/features/${file}`, 'utf8');
    if (/\btrpc\.\w+\.\w+\s*\.(q|infiniteQ|m)\w*Options\(/.test(code)) {
      calling.push(basename(file));
    }
  }
  const called = calling.map((file) =>
    file.replaceAll(/^use-|\.ts$/g, '').replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
  );
  expect(called.length).toBeGreaterThan(5);
  expect(called.filter((name) => !names.includes(name))).toEqual([]);
});
