import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { catalogue } from '../errors.ts';
import { migrationsDirectory } from '../testing/templates.ts';
import { createTestDatabase } from '../testing/test-database.ts';

const database = await createTestDatabase();
afterAll(database.drop);

const functions = await database.asOwner.query<{ name: string; body: string }>(
  `select p.oid::regprocedure::text as name, p.prosrc as body from pg_proc p
  where p.pronamespace in (select oid from pg_namespace where nspname in ('public', 'private', 'desk', 'reeldesk'))`,
);

/** Code to SQLSTATE, as the texts raise them. */
function raisedIn(texts: string[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const text of texts) {
    for (const [, sqlstate, code] of text.matchAll(/private\.raise_error\(\s*'(\w+)',\s*'(\w+)'/g)) {
      found.set(code!, (found.get(code!) ?? new Set()).add(sqlstate!));
    }
  }
  return found;
}

const inCatalog = raisedIn(functions.map(({ body }) => body));
const ofDatabase = Object.entries(catalogue).filter(([, { raisedBy }]) => raisedBy === 'database');

test('every code that a function raises is in the catalogue, and none of the catalogue is dead', async () => {
  // Migrations raise too, in blocks that leave no function behind.
  const files = (await readdir(migrationsDirectory)).filter((name) => name.endsWith('.sql'));
  const texts = await Promise.all(files.map((name) => readFile(join(migrationsDirectory, name), 'utf8')));
  const onlyInMigrations = [...raisedIn(texts).keys()].filter((code) => !inCatalog.has(code));
  expect(onlyInMigrations).toEqual(['old_data']);
  expect([...inCatalog.keys(), ...onlyInMigrations].toSorted()).toEqual(ofDatabase.map(([code]) => code).toSorted());
});

test('a code has one SQLSTATE, and it is the HTTP status of the catalogue', () => {
  for (const [code, sqlstates] of inCatalog) {
    // PostgREST can't answer 401 from a function: the API can, and does.
    const status = code === 'not_signed_in' ? 403 : catalogue[code as keyof typeof catalogue].status;
    expect([code, ...sqlstates]).toEqual([code, `PT${status}`]);
  }
});

test('one place raises: every other function calls it, with a code written out', () => {
  const raising = functions
    .filter(({ body }) => /\braise\s+(exception|using|sqlstate)\b/i.test(body))
    .map(({ name }) => name);
  // reeldesk.become refuses what only a fault of the API could ask for.
  expect(new Set(raising.map((name) => name.split('(')[0]))).toEqual(
    new Set(['private.raise_error', 'reeldesk.become']),
  );
  const calls = functions.flatMap(({ body }) => body.match(/private\.raise_error\(/g) ?? []).length;
  const written = functions.flatMap(
    ({ body }) => body.match(/private\.raise_error\(\s*'PT4\d\d',\s*'[a-z_]+',/g) ?? [],
  ).length;
  expect(written).toBe(calls);
});

test('DETAIL is the code with its figures, and HINT is what was passed', async () => {
  const sql = `select private.raise_error('PT402', 'insufficient_credits', 'Too few.', '{"credits": 1}', 'Buy some.')`;
  await expect(database.asOwner.query(sql)).rejects.toMatchObject({
    code: 'PT402',
    message: 'Too few.',
    detail: '{"code": "insufficient_credits", "credits": 1}',
    hint: 'Buy some.',
  });
});
