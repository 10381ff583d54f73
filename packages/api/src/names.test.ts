import { readdir, readFile } from 'node:fs/promises';
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
  const directory = `${root}apps/admin/src/`;
  const files = await readdir(directory, { recursive: true });
  const strangers: string[] = [];
  let hooks = 0;
  for (const file of files.filter((path) => /(^|\/)use-[^/]*(?<!\.test)\.tsx?$/.test(path))) {
    const code = await readFile(directory + file, 'utf8');
    for (const [, hook, body] of code.matchAll(/^(?:export )?function use(\w+)([\s\S]*?)^}$/gm)) {
      const called = [...body!.matchAll(/\btrpc\s*\.\w+\s*\.(\w+)\s*\.(?:query|infiniteQuery|mutation)Options\(/g)];
      hooks += called.length > 0 ? 1 : 0;
      const name = hook!.charAt(0).toLowerCase() + hook!.slice(1);
      // It may call others too, to undo what it did or to read anew what it changed.
      if (called.length > 0 && !called.some(([, procedure]) => procedure === name)) {
        strangers.push(`${file}: use${hook}`);
      }
    }
  }
  expect(hooks).toBeGreaterThan(15);
  expect(strangers).toEqual([]);
});
