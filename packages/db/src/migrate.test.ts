import { copyFile, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { migrate, MigrationError } from './migrate.ts';
import { migrationsDirectory } from './testing/templates.ts';
import { createTestDatabase, type TestDatabase } from './testing/test-database.ts';

let database: TestDatabase;
let directory: string;

beforeEach(async () => {
  database = await createTestDatabase('shimmed');
  directory = await mkdtemp(join(tmpdir(), 'reeldesk-migrations-'));
});
afterEach(async () => {
  await database.drop();
  await rm(directory, { recursive: true });
});

async function write(files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(directory, name), text);
  }
}

const run = (through?: string) =>
  migrate({ url: database.ownerUrl, directory, ...(through !== undefined && { through }) });

async function history(): Promise<{ version: string; name: string; statements: string[] }[]> {
  return database.asOwner.query(
    'select version, name, statements from supabase_migrations.schema_migrations order by version collate "C"',
  );
}

async function tables(): Promise<string[]> {
  const rows = await database.asOwner.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1`,
  );
  return rows.map(({ name }) => name);
}

test("files are applied once, in the order of their versions, a date alone before its day's end", async () => {
  await write({
    '20250102000000_third.sql': 'alter table b add column c int;',
    '20250101_second.sql': 'create table b (id int);',
    '20241231235959_first.sql': 'create table a (id int);',
    'readme.md': 'not a migration',
  });
  expect(await run()).toEqual(['20241231235959', '20250101', '20250102000000']);
  expect(await run()).toEqual([]);
  await write({ '20250103000000_fourth.sql': 'create table d (id int);' });
  expect(await run()).toEqual(['20250103000000']);
  expect(await tables()).toEqual(['a', 'b', 'd']);
});

test('the record is the one that the Supabase CLI keeps', async () => {
  await write({
    '20250101000000_two_tables.sql': `-- why\ncreate table a (x text default ';');\n\ncreate table b (id int);\n`,
  });
  await run();
  expect(await history()).toEqual([
    {
      version: '20250101000000',
      name: 'two_tables',
      statements: [`-- why\ncreate table a (x text default ';')`, 'create table b (id int)'],
    },
  ]);
  const columns = await database.asOwner.query(
    `select column_name as name, data_type as type, is_nullable as nullable from information_schema.columns
    where table_schema = 'supabase_migrations' order by ordinal_position`,
  );
  expect(columns).toEqual([
    { name: 'version', type: 'text', nullable: 'NO' },
    { name: 'statements', type: 'ARRAY', nullable: 'YES' },
    { name: 'name', type: 'text', nullable: 'YES' },
  ]);
});

test('what the CLI applied is taken as applied, also where it recorded no statements', async () => {
  await write({
    '20250101000000_a.sql': 'create table a (id int);',
    '20250102000000_b.sql': 'create table b (id int);',
  });
  await run('20250101000000');
  await database.asOwner.query('update supabase_migrations.schema_migrations set statements = null');
  expect(await run()).toEqual(['20250102000000']);
});

test('of many callers at once all succeed, and each file is applied once', async () => {
  const callers = Array.from({ length: 20 }, () => migrate({ url: database.ownerUrl, directory: migrationsDirectory }));
  const applied = (await Promise.all(callers)).flat();
  const versions = (await readdir(migrationsDirectory)).map((name) => name.replace(/_.*/, '')).toSorted();
  expect(applied.toSorted()).toEqual(versions);
  expect((await history()).map(({ version }) => version)).toEqual(versions);
});

test('a run can stop at a version, and go on from there', async () => {
  await write({
    '20250101000000_a.sql': 'create table a (id int);',
    '20250102000000_b.sql': 'create table b (id int);',
  });
  expect(await run('20250101000000')).toEqual(['20250101000000']);
  expect(await tables()).toEqual(['a']);
  expect(await run()).toEqual(['20250102000000']);
});

describe('a run is refused, and changes nothing,', () => {
  beforeEach(async () => {
    await write({
      '20250101000000_a.sql': 'create table a (id int);',
      '20250102000000_b.sql': 'create table b (id int);',
    });
    await run();
  });

  async function expectRefusal(message: RegExp): Promise<void> {
    await write({ '20250105000000_next.sql': 'create table next (id int);' });
    const refusal = run();
    await expect(refusal).rejects.toThrow(MigrationError);
    await expect(refusal).rejects.toThrow(message);
    expect(await tables()).toEqual(['a', 'b']);
    expect((await history()).map(({ version }) => version)).toEqual(['20250101000000', '20250102000000']);
  }

  test('when an applied file has changed', async () => {
    await write({ '20250101000000_a.sql': 'create table a (id bigint);' });
    await expectRefusal(/20250101000000_a\.sql has changed since it was applied/);
  });

  test('when an applied file got a statement more', async () => {
    await write({ '20250101000000_a.sql': 'create table a (id int); create table c (id int);' });
    await expectRefusal(/20250101000000_a\.sql has changed/);
  });

  test('when an applied file is gone', async () => {
    await rm(join(directory, '20250101000000_a.sql'));
    await expectRefusal(/has the migration 20250101000000, but there is no file of it/);
  });

  test('when a new file is older than what was applied', async () => {
    await write({ '20250101120000_late.sql': 'create table late (id int);' });
    await expectRefusal(/20250101120000_late\.sql is older than 20250102000000/);
  });

  test('when two files share a version, or the date of one', async () => {
    await write({ '20250104_x.sql': 'select 1;', '20250104000000_y.sql': 'select 1;' });
    await expectRefusal(/20250104\D+share the version/);
  });

  test('when a file has no version', async () => {
    await write({ 'fix.sql': 'select 1;' });
    await expectRefusal(/fix\.sql has no version/);
  });
});

test('other blanks and ends of lines are no change', async () => {
  await write({ '20250101000000_a.sql': 'create table a (\n  id int\n);\nselect 1;\n' });
  await run();
  await write({ '20250101000000_a.sql': '\r\n\r\ncreate table a (\r\n  id int\r\n);\r\n\r\nselect 1\r\n' });
  expect(await run()).toEqual([]);
});

test('another name for the same version is no change', async () => {
  await write({ '20250101000000_a.sql': 'create table a (id int);' });
  await run();
  await rename(join(directory, '20250101000000_a.sql'), join(directory, '20250101000000_b.sql'));
  expect(await run()).toEqual([]);
});

describe('a failure', () => {
  test('takes all of its file back, keeps the files before, and names file, line and statement', async () => {
    await write({
      '20250101000000_good.sql': 'create table a (id int);',
      '20250102000000_bad.sql':
        'create table b (id int);\n\n-- a comment\ninsert into b\nselect no_such_column\nfrom b;\n',
      '20250103000000_never.sql': 'create table c (id int);',
    });
    const failure = run();
    await expect(failure).rejects.toThrow(MigrationError);
    await expect(failure).rejects.toThrow(/20250102000000_bad\.sql:5: column "no_such_column" does not exist/);
    await expect(failure).rejects.toThrow(/ {2}insert into b\n {2}select no_such_column/);
    expect(await tables()).toEqual(['a']);
    expect((await history()).map(({ version }) => version)).toEqual(['20250101000000']);

    await write({ '20250102000000_bad.sql': 'create table b (id int);' });
    expect(await run()).toEqual(['20250102000000', '20250103000000']);
  });

  test('without a position names the line where its statement begins', async () => {
    await write({
      '20250101000000_a.sql': `create table a (id int);\n\n-- too many\ndo $$ begin raise 'no' using hint = 'Do else.'; end $$;`,
    });
    await expect(run()).rejects.toThrow(/a\.sql:4: no\n[^]*Hint: Do else\.[^]*P0001/);
  });
});

test('a file that commits on its own is refused before anything of it runs', async () => {
  await write({ '20250101000000_a.sql': 'create table a (id int);\ncommit;\ncreate table b (id int);' });
  await expect(run()).rejects.toThrow(/a\.sql:2: commit\n/);
  expect(await tables()).toEqual([]);
});

test('what a file sets for its session does not reach the next', async () => {
  await write({
    '20250101000000_a.sql': `create schema other; set search_path = other; set role anon;`,
    '20250102000000_b.sql': 'create table b as select current_user::text as made_by;',
  });
  await run();
  expect(await database.asOwner.query('select made_by from public.b')).toEqual([{ made_by: 'postgres' }]);
});

test('our migrations are applied by a role that is no superuser, on data of the old schema', async () => {
  for (const name of await readdir(migrationsDirectory)) {
    await copyFile(join(migrationsDirectory, name), join(directory, name));
  }
  expect(await database.asOwner.query('select rolsuper from pg_roles where rolname = current_user')).toEqual([
    { rolsuper: false },
  ]);
  await run('20251001000000');
  await database.asOwner.query(`insert into auth.users (id) values ('00000000-0000-4000-8000-000000000001')`);
  await database.asOwner.query('update profiles set credits = 50');
  await run();
  expect(await database.asOwner.query('select credits, ledger_entries from profiles')).toEqual([
    { credits: 50, ledger_entries: 1 },
  ]);
});
