import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { consistsOf } from './migrate.ts';
import { splitStatements } from './sql-statements.ts';
import { migrationsDirectory } from './testing/templates.ts';

const split = (text: string) => splitStatements(text).map(({ sql }) => sql);

test.each([
  ['a string', `select ';'; select 'it''s;'`, [`select ';'`, `select 'it''s;'`]],
  [
    'an escape string',
    String.raw`select E'\';'; select e'\\'; select 1`,
    [String.raw`select E'\';'`, String.raw`select e'\\'`, 'select 1'],
  ],
  ['a name that only ends in e', `select type'a\\'; select 1`, [`select type'a\\'`, 'select 1']],
  ['a quoted name', `select 1 as "a;""b;"; select 2`, [`select 1 as "a;""b;"`, 'select 2']],
  ['a dollar quote', 'do $$ begin; end $$; select 1', ['do $$ begin; end $$', 'select 1']],
  ['a tagged dollar quote', 'do $a$ $$;$$ ; $b$ $a$; select 1', ['do $a$ $$;$$ ; $b$ $a$', 'select 1']],
  ['no dollar quote in a name', 'select a$b$c; select d$b$e', ['select a$b$c', 'select d$b$e']],
  ['a parameter', 'select $1; select $2', ['select $1', 'select $2']],
  ['a line comment', '-- a; b\nselect 1; -- c; d\nselect 2', ['-- a; b\nselect 1', '-- c; d\nselect 2']],
  ['nested comments', '/* a; /* b; */ c; */ select 1; select 2', ['/* a; /* b; */ c; */ select 1', 'select 2']],
  ['a quote in a comment', `-- it's\nselect 1; /* " $$ */ select 2`, [`-- it's\nselect 1`, '/* " $$ */ select 2']],
  [
    'brackets',
    'create rule r as on insert to t do (select 1; select 2); select 3',
    ['create rule r as on insert to t do (select 1; select 2)', 'select 3'],
  ],
  [
    'a body of BEGIN ATOMIC',
    'create function f() returns int begin atomic select 1; select case when true then 2 end; end; select 3',
    ['create function f() returns int begin atomic select 1; select case when true then 2 end; end', 'select 3'],
  ],
  ['nothing', ' ;; \n; ', []],
])('semicolons are not taken for the end in %s', (_, text, statements) => {
  expect(split(text)).toEqual(statements);
});

test('a statement knows its line, and that of its first word', () => {
  const statements = splitStatements('-- why\n\nselect 1;\n\n\n/* more */\nselect\n  2;\n-- the end\n');
  expect(statements).toEqual([
    { sql: '-- why\n\nselect 1', line: 1, codeLine: 3, code: 'select 1' },
    { sql: '/* more */\nselect\n  2', line: 6, codeLine: 7, code: 'select\n  2' },
    { sql: '-- the end', line: 9, codeLine: 9, code: '' },
  ]);
});

test('whatever the text, its statements are all of it but blanks and semicolons', () => {
  const piece = fc.constantFrom(
    ';',
    ' ',
    '\n',
    "'",
    '"',
    '$$',
    '$a$',
    '--',
    '/*',
    '*/',
    '(',
    ')',
    'begin',
    'atomic',
    'end',
    'case',
    'x',
    'é',
    '\\',
    'E',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const text = pieces.join('');
      expect(consistsOf(text, split(text))).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test('our own migrations are split where a line begins a statement, and nowhere else', async () => {
  for (const fileName of await readdir(migrationsDirectory)) {
    const text = await readFile(join(migrationsDirectory, fileName), 'utf8');
    const statements = splitStatements(text);
    expect(statements.length).toBeGreaterThan(0);
    expect(
      text.match(/^(create|alter|drop|insert|update|grant|revoke|comment|do|with|select|analyze)\b/gm)?.length,
    ).toBeGreaterThanOrEqual(statements.length - 1);
    expect(
      consistsOf(
        text,
        statements.map(({ sql }) => sql),
      ),
    ).toBe(true);
  }
});
