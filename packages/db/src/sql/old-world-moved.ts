import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { expect } from 'vitest';
import { migrate } from '../migrate.ts';
import { splitStatements } from '../sql-statements.ts';
import type { Caller } from '../testing/caller.ts';
import { migrationsDirectory } from '../testing/templates.ts';
import type { TestDatabase } from '../testing/test-database.ts';
import { ledgerProblems } from './calls.ts';

type Row = Record<string, unknown> & { id: string };
type Table = 'profiles' | 'videos' | 'credit_transactions';
export type Snapshot = Record<Table, Row[]>;

export interface Repair {
  table_name: string;
  row_id: string;
  problem: string;
  repair: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

/** The two ways in: the project's runner, and `psql -f` without a transaction around it. */
export const waysIn = {
  'by the runner': ({ ownerUrl }: TestDatabase) => migrate({ url: ownerUrl, directory: migrationsDirectory }),
  'statement by statement': ({ ownerUrl }: TestDatabase) => applyInAutocommit(ownerUrl),
};

async function applyInAutocommit(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const [, ...names] = (await readdir(migrationsDirectory)).filter((name) => name.endsWith('.sql')).toSorted();
    for (const name of names) {
      for (const { sql } of splitStatements(await readFile(join(migrationsDirectory, name), 'utf8'))) {
        await client.query(sql);
      }
    }
  } finally {
    await client.end();
  }
}

/** All rows of the three tables as JSON, so that a time keeps its microseconds. */
export async function takeSnapshot(owner: Caller): Promise<Snapshot> {
  const read = async (table: Table) =>
    (await owner.query<{ row: Row }>(`select to_jsonb(t) as row from ${table} t order by id`)).map(({ row }) => row);
  return {
    profiles: await read('profiles'),
    videos: await read('videos'),
    credit_transactions: await read('credit_transactions'),
  };
}

export async function readRepairs(owner: Caller): Promise<Repair[]> {
  return owner.query<Repair>('select * from private.migration_repairs order by id');
}

/**
 * Nothing of the old database is lost: every row is still there or whole in the report, every value
 * that changed is in the report as it was, and nothing came in but what the report or the ledger names.
 */
export async function expectNothingLost(owner: Caller, old: Snapshot): Promise<void> {
  const now = await takeSnapshot(owner);
  const repairs = await readRepairs(owner);
  const made = repairs.filter(({ repair }) => repair.startsWith('account made'));
  const gone = repairs.filter(({ repair }) => repair === 'moved into this report');
  const openings = now.credit_transactions.filter(({ type }) => type === 'opening');

  expect(now.profiles).toHaveLength(old.profiles.length + made.length);
  expect(now.videos).toHaveLength(old.videos.length);
  expect(now.credit_transactions).toHaveLength(old.credit_transactions.length - gone.length + openings.length);

  const losses: string[] = [];
  for (const table of Object.keys(old) as Table[]) {
    const repairsOf = new Map<string, Repair[]>();
    for (const repair of repairs.filter(({ table_name }) => table_name === table)) {
      repairsOf.set(repair.row_id, [...(repairsOf.get(repair.row_id) ?? []), repair]);
    }
    const rows = new Map(now[table].map((row) => [row.id, row]));
    const movedTo = new Map(
      repairs.flatMap(({ table_name, repair, before, row_id }) =>
        table_name === table && repair === 'id set to user_id' ? [[String(before?.['id']), row_id] as const] : [],
      ),
    );
    for (const oldRow of old[table]) {
      const id = movedTo.get(oldRow.id) ?? oldRow.id;
      const row = rows.get(id);
      const told = repairsOf.get(id) ?? [];
      if (row === undefined) {
        if (!told.some(({ repair, before }) => repair === 'moved into this report' && contains(before, oldRow))) {
          losses.push(`${table} ${id} is gone: ${JSON.stringify(oldRow)}`);
        }
        continue;
      }
      for (const [column, value] of Object.entries(oldRow)) {
        if (
          !isKept(table, column, value, row) &&
          !told.some(({ before }) => before !== null && before[column] === value)
        ) {
          losses.push(
            `${table} ${id}.${column} was ${String(value)}, is ${String(row[column])}, and the report is silent`,
          );
        }
      }
    }
  }
  expect(losses).toEqual([]);
}

function contains(before: Record<string, unknown> | null, row: Row): boolean {
  return before !== null && Object.entries(row).every(([column, value]) => before[column] === value);
}

function isKept(table: Table, column: string, value: unknown, row: Row): boolean {
  if (table === 'credit_transactions' && column === 'description') {
    return row['reason'] === value || value === null || value === '';
  }
  if (table === 'credit_transactions' && column === 'type' && value === 'video_generation') {
    return row['type'] === 'charge';
  }
  return row[column] === value;
}

/** One opening row per account, first in its ledger; balances as they were, or 0; the books balance. */
export async function expectBooksOpened(owner: Caller, old: Snapshot): Promise<void> {
  expect(await ledgerProblems(owner)).toEqual([]);
  const accounts = await owner.query<{
    id: string;
    credits: number;
    openings: number;
    first: string;
    names: string[] | null;
  }>(
    `select p.id, p.credits, count(*) filter (where t.type = 'opening')::integer as openings,
      (array_agg(t.type order by t.entry_no))[1] as first,
      r.names
    from profiles p
    left join credit_transactions t on t.user_id = p.id
    left join (
      select row_id, array_agg(before ->> 'id') as names from private.migration_repairs
      where table_name = 'profiles' and before ? 'id' group by row_id
    ) r on r.row_id = p.id
    group by p.id, r.names`,
  );
  const oldCredits = new Map(old.profiles.map(({ id, credits }) => [id, Math.max(0, Number(credits ?? 0))]));
  const wrong = accounts.filter(({ id, credits, openings, first, names }) => {
    const before = oldCredits.get(names?.[0] ?? id);
    return openings !== 1 || first !== 'opening' || (before !== undefined && before !== credits);
  });
  expect(wrong).toEqual([]);
}

/** Constraints of the three tables that are still NOT VALID. */
export async function unvalidatedConstraints(owner: Caller): Promise<object[]> {
  return owner.query('select conrelid::regclass::text as table, conname from pg_constraint where not convalidated');
}
