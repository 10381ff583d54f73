import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import pg from 'pg';
import { type SqlStatement, splitStatements } from './sql-statements.ts';

export interface MigrateOptions {
  /** Of the role that shall own the objects: `postgres` on Supabase. Not through a pooler in transaction mode. */
  url: string;
  /** Where the `<version>_<name>.sql` files are. */
  directory: string;
  /** Stop after this version; for tests that need an older state. */
  through?: string;
  onProgress?: (message: string) => void;
}

/** What a migration run refuses or fails with. The database is as it was before the file named. */
export class MigrationError extends Error {
  override name = 'MigrationError';
}

interface MigrationFile {
  version: string;
  name: string;
  path: string;
  text: string;
}

// "reel" and "desk" as numbers; any pair does that no other program of the database uses.
const lockKey = [0x7265656c, 0x6465736b];

/**
 * Applies the migrations that the database has not got yet, each in a transaction of its own, and
 * records them where the Supabase CLI does, so that `supabase db push` and this agree. Any number of
 * callers may run it at once. Answers the versions that this call applied; raises `MigrationError`.
 */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  const { url, directory, through, onProgress } = options;
  const files = await readMigrations(directory);
  const client = new pg.Client({ connectionString: url, application_name: 'reeldesk migrate' });
  await client.connect();
  try {
    await inLockedTransaction(client, () => createHistory(client));
    const recorded = await readHistory(client);
    const pending = checkHistory(files, recorded).filter(({ version }) => through === undefined || version <= through);
    const applied: string[] = [];
    for (const file of pending) {
      const done = await inLockedTransaction(client, async () => {
        if ((await readHistory(client)).has(file.version)) {
          return false;
        }
        onProgress?.(`Applying ${file.version}_${file.name}`);
        await apply(client, file);
        return true;
      });
      if (done) {
        applied.push(file.version);
      }
    }
    return applied;
  } finally {
    await client.end();
  }
}

async function readMigrations(directory: string): Promise<MigrationFile[]> {
  const files: MigrationFile[] = [];
  // By code unit, as the CLI orders them: 20251007_ comes before 20251008000000_.
  for (const fileName of (await readdir(directory)).filter((name) => name.endsWith('.sql')).toSorted()) {
    const path = relative(process.cwd(), join(directory, fileName));
    const [, version, name] = /^(\d+)_(.*)\.sql$/.exec(fileName) ?? [];
    if (version === undefined || name === undefined) {
      throw new MigrationError(
        `${path} has no version. Name it <YYYYMMDDHHMMSS>_<what_it_does>.sql, or take it out of the folder.`,
      );
    }
    const rival = files.find((file) => file.version.startsWith(version) || version.startsWith(file.version));
    if (rival) {
      throw new MigrationError(
        `${rival.path} and ${path} share the version ${version}. Give one of them another date or time.`,
      );
    }
    const text = (await readFile(join(directory, fileName), 'utf8')).replaceAll('\r\n', '\n');
    files.push({ version, name, path, text });
  }
  return files;
}

async function createHistory(client: pg.Client): Promise<void> {
  const { rows } = await client.query(
    `select pg_catalog.to_regclass('supabase_migrations.schema_migrations') as found`,
  );
  if (rows[0].found === null) {
    await client.query('create schema if not exists supabase_migrations');
    await client.query(
      'create table supabase_migrations.schema_migrations (version text not null primary key, statements text[], name text)',
    );
  }
}

async function readHistory(client: pg.Client): Promise<Map<string, string[] | null>> {
  const { rows } = await client.query<{ version: string; statements: string[] | null }>(
    'select version, statements from supabase_migrations.schema_migrations',
  );
  return new Map(rows.map(({ version, statements }) => [version, statements]));
}

/** The files still to apply, in order; refuses when history and files tell different stories. */
function checkHistory(files: MigrationFile[], recorded: Map<string, string[] | null>): MigrationFile[] {
  const newest = [...recorded.keys()].toSorted().at(-1) ?? '';
  for (const version of recorded.keys()) {
    if (!files.some((file) => file.version === version)) {
      throw new MigrationError(
        `The database has the migration ${version}, but there is no file of it. ` +
          'Update this checkout to one that has it; a newer Reeldesk has been started on this database.',
      );
    }
  }
  return files.filter((file) => {
    const statements = recorded.get(file.version);
    if (statements === undefined) {
      if (file.version < newest) {
        throw new MigrationError(
          `${file.path} is older than ${newest}, which the database has already. Rename it to a newer version, so that it is applied after.`,
        );
      }
      return true;
    }
    if (statements !== null && !consistsOf(file.text, statements)) {
      throw new MigrationError(
        `${file.path} has changed since it was applied to this database. Restore the file (git checkout -- ${file.path}) ` +
          'and write the change as a new migration.',
      );
    }
    return false;
  });
}

/** Whether a text is these statements with nothing but blanks and semicolons between: whoever split it, and how. */
export function consistsOf(text: string, statements: string[]): boolean {
  let at = 0;
  const skipBetween = () => {
    while (/[\s;]/.test(text.charAt(at))) {
      at += 1;
    }
  };
  for (const statement of statements) {
    skipBetween();
    const expected = statement.replaceAll('\r\n', '\n').replace(/^[\s;]+|[\s;]+$/g, '');
    if (!text.startsWith(expected, at)) {
      return false;
    }
    at += expected.length;
  }
  skipBetween();
  return at === text.length;
}

async function apply(client: pg.Client, file: MigrationFile): Promise<void> {
  const statements = splitStatements(file.text);
  for (const statement of statements) {
    if (
      /^(begin|start\s+transaction|commit|end|rollback|abort|savepoint|release|prepare\s+transaction)\b/i.test(
        statement.code,
      )
    ) {
      throw new MigrationError(
        `${file.path}:${statement.codeLine}: ${firstLines(statement.code)}\n` +
          'Each migration runs in one transaction already. Take the statement out.',
      );
    }
  }
  for (const statement of statements) {
    try {
      await client.query(statement.sql);
    } catch (error) {
      throw failed(file, statement, error);
    }
  }
  // Its last words may have been set role …: the record is written as the one who came.
  await client.query('reset role');
  await client.query(
    'insert into supabase_migrations.schema_migrations (version, name, statements) values ($1, $2, $3)',
    [file.version, file.name, statements.map(({ sql }) => sql)],
  );
}

function failed(file: MigrationFile, statement: SqlStatement, error: unknown): unknown {
  if (!(error instanceof pg.DatabaseError)) {
    return error;
  }
  const before = statement.sql.slice(0, Math.max(0, Number(error.position ?? 1) - 1));
  const line = error.position === undefined ? statement.codeLine : statement.line + before.split('\n').length - 1;
  const facts = [
    `${file.path}:${line}: ${error.message}`,
    firstLines(statement.code).replaceAll(/^/gm, '  '),
    error.detail && `Detail: ${error.detail}`,
    error.hint && `Hint: ${error.hint}`,
    error.where && `Where: ${error.where}`,
    `Nothing of this file was applied (SQLSTATE ${error.code}). Correct it and run the migrations again.`,
  ];
  return new MigrationError(facts.filter(Boolean).join('\n'), { cause: error });
}

function firstLines(code: string): string {
  const lines = code.split('\n');
  return lines.length > 3 ? `${lines.slice(0, 3).join('\n')}\n…` : code;
}

// A lock of the transaction, not of the session: it can't be left behind in a pooler's connection.
async function inLockedTransaction<T>(client: pg.Client, run: () => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    await client.query('set local statement_timeout = 0');
    await client.query('select pg_catalog.pg_advisory_xact_lock($1, $2)', lockKey);
    // Who waits long for a table's lock makes everybody after him wait too.
    await client.query(`set local lock_timeout = '10s'`);
    const answer = await run();
    await client.query('reset role');
    await client.query('reset all');
    await client.query('commit');
    return answer;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}
