import type pg from 'pg';
import { createIndex, indexSets, type IndexSet } from './index-sets.ts';
import { people } from './data.ts';

export const writeKinds = ['insert', 'status', 'delete'] as const;
export type WriteKind = (typeof writeKinds)[number];

export interface WriteFigures {
  /** Milliseconds of each round. */
  times: Record<WriteKind, number[]>;
  /** Bytes of write-ahead log per row, over all rounds. */
  walPerRow: Record<WriteKind, number>;
  /** Size of all indexes but the primary key, in bytes. */
  indexBytes: number;
}

export const writeRounds = 7;
export const rowsPerStep = 3000;

/** Copies `videos` once per index set, and writes the same rows to each copy, sets taking turns. Hints change no write. */
export async function measureWrites(client: pg.Client): Promise<Map<string, WriteFigures>> {
  const results = new Map<string, WriteFigures>();
  const sets = indexSets.filter(({ key }) => key !== 'no_hint');
  await client.query('create schema bench');
  await client.query(
    `create temporary table older as
    select (row_number() over () - 1) / ${rowsPerStep} as round, id
    from (select id from public.videos where deleted_at is null and status = 'completed' order by md5(id::text) limit ${writeRounds * rowsPerStep}) v`,
  );
  await client.query('analyze pg_temp.older');
  for (const set of sets) {
    await copyTable(client, set);
    const { rows } = await client.query<{ bytes: string }>(
      `select sum(pg_relation_size(indexrelid)) as bytes from pg_index where indrelid = 'bench.${set.key}'::regclass and not indisprimary`,
    );
    results.set(set.key, {
      times: { insert: [], status: [], delete: [] },
      walPerRow: { insert: 0, status: 0, delete: 0 },
      indexBytes: Number(rows[0]?.bytes ?? 0),
    });
  }
  await client.query('checkpoint');
  for (let round = 0; round < writeRounds; round++) {
    const turn = [...sets.slice(round % sets.length), ...sets.slice(0, round % sets.length)];
    for (const set of turn) {
      const figures = results.get(set.key);
      for (const kind of writeKinds) {
        const { milliseconds, walBytes } = await timed(client, steps[kind](`bench.${set.key}`, round));
        figures?.times[kind].push(milliseconds);
        if (figures) {
          figures.walPerRow[kind] += walBytes / rowsPerStep / writeRounds;
        }
      }
    }
  }
  return results;
}

async function copyTable(client: pg.Client, set: IndexSet): Promise<void> {
  const table = `bench.${set.key}`;
  await client.query(`create table ${table} (like public.videos including defaults including constraints)`);
  await client.query(`insert into ${table} select * from public.videos`);
  await client.query(`alter table ${table} add primary key (id)`);
  await client.query(`alter table ${table} add foreign key (user_id) references public.profiles (id) not valid`);
  for (const index of set.indexes) {
    await client.query(createIndex(index, table, `${set.key}_${index}`));
  }
  await client.query(`vacuum (analyze) ${table}`);
}

// Found by id in every copy alike: what is compared is the keeping of the indexes, not the finding.
const newIds = (round: number) =>
  `select md5('${round} ' || n)::uuid as id, n from generate_series(1, ${rowsPerStep}) n`;

/** A video's life: it is made, starts and completes; and some older ones are deleted. */
const steps: Record<WriteKind, (table: string, round: number) => string[]> = {
  insert: (table, round) => [
    `insert into ${table} (id, user_id, prompt, video_type, duration_seconds, resolution, quality, status, credits_used, created_at)
    select id, case when n % 5 = 0 then '${people.large}'::uuid else public.bench_account(1 + n % 500) end,
      'A lighthouse in a storm, seen from a small boat, take ' || n, 'text_to_video', 5, '1920x1080', 'high', 'pending', 15, clock_timestamp()
    from (${newIds(round)}) made`,
  ],
  status: (table, round) => [
    `update ${table} v set status = 'processing', started_at = now(), updated_at = now() from (${newIds(round)}) made where v.id = made.id`,
    `update ${table} v set status = 'completed', video_url = 'https://cdn.reeldesk.example/take.mp4', finished_at = now(), updated_at = now()
      from (${newIds(round)}) made where v.id = made.id`,
  ],
  delete: (table, round) => [
    `update ${table} v set deleted_at = now(), deleted_by = v.user_id, updated_at = now()
      from pg_temp.older c where c.round = ${round} and v.id = c.id`,
  ],
};

async function timed(client: pg.Client, statements: string[]): Promise<{ milliseconds: number; walBytes: number }> {
  const before = await walPosition(client);
  let milliseconds = 0;
  for (const statement of statements) {
    const started = performance.now();
    await client.query(statement);
    milliseconds += performance.now() - started;
  }
  const after = await walPosition(client);
  return { milliseconds, walBytes: after - before };
}

async function walPosition(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ position: string }>(`select pg_current_wal_insert_lsn() - '0/0' as position`);
  return Number(rows[0]?.position);
}
