import type pg from 'pg';

/** Every index of `videos` that was considered, beside its primary key. */
const definitions = {
  videos_user_id_idx: '(user_id)',
  videos_by_account: '(user_id, created_at desc, id desc)',
  videos_by_time: '(created_at desc, id desc)',
  videos_active_by_account: '(user_id, created_at desc, id desc) where deleted_at is null',
  videos_deleted_by_account: '(user_id, deleted_at desc, id desc) where deleted_at is not null',
  videos_deleted_by_time: '(deleted_at desc, id desc) where deleted_at is not null',
  videos_in_progress_by_time: "(created_at, id) where deleted_at is null and status in ('pending', 'processing')",
  videos_in_progress_by_account: "(user_id, status) where deleted_at is null and status in ('pending', 'processing')",
};

export type IndexName = keyof typeof definitions;

export interface IndexSet {
  key: string;
  title: string;
  indexes: IndexName[];
  /** Whether the planner is told that accounts are large, as the migrations tell it; else it knows their true number. */
  hasHint: boolean;
}

export const allIndexes = Object.keys(definitions) as IndexName[];

const partial: IndexName[] = [
  'videos_active_by_account',
  'videos_deleted_by_account',
  'videos_deleted_by_time',
  'videos_in_progress_by_account',
];
const chosen: IndexName[] = [...partial, 'videos_user_id_idx', 'videos_by_time', 'videos_in_progress_by_time'];
const without = (...names: IndexName[]) => chosen.filter((name) => !names.includes(name));

/** The first is what all others are compared with; `chosen` is what the migrations make. */
export const indexSets: IndexSet[] = [
  { key: 'old', title: 'the old index alone, on (user_id)', indexes: ['videos_user_id_idx'], hasHint: false },
  {
    key: 'full',
    title: 'a full index alone, on (user_id, created_at)',
    indexes: ['videos_by_account'],
    hasHint: false,
  },
  { key: 'partial', title: 'the four partial indexes alone', indexes: partial, hasHint: false },
  { key: 'chosen', title: 'what the migrations make', indexes: chosen, hasHint: true },
  { key: 'no_hint', title: 'chosen, the planner not told of large accounts', indexes: chosen, hasHint: false },
  {
    key: 'no_active',
    title: 'chosen, a full index (user_id, created_at) for the old and the active one',
    indexes: [...without('videos_active_by_account', 'videos_user_id_idx'), 'videos_by_account'],
    hasHint: true,
  },
  {
    key: 'no_progress',
    title: 'chosen, without the one of videos in progress by account',
    indexes: without('videos_in_progress_by_account'),
    hasHint: true,
  },
  {
    key: 'no_desk',
    title: "chosen, without the desk's, of videos in progress by time",
    indexes: without('videos_in_progress_by_time'),
    hasHint: true,
  },
  {
    key: 'full_too',
    title: 'chosen, a full index (user_id, created_at) for the old one',
    indexes: [...without('videos_user_id_idx'), 'videos_by_account'],
    hasHint: true,
  },
];

const largeAccounts = -0.001;

/** The statement that makes an index, on another table under another name when asked for. */
export function createIndex(index: IndexName, table = 'public.videos', name: string = index): string {
  return `create index ${name} on ${table} ${definitions[index]}`;
}

/** Raises when the migrations make other indexes than the set `chosen`, so that the page can't describe another schema. */
export async function checkChosenSet(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string; definition: string }>(`
    select c.relname as name, pg_get_indexdef(i.indexrelid) as definition
    from pg_index i join pg_class c on c.oid = i.indexrelid
    where i.indrelid = 'public.videos'::regclass and not i.indisprimary`);
  const expected = chosen.toSorted().join(', ');
  const found = rows
    .map(({ name }) => name)
    .toSorted()
    .join(', ');
  if (found !== expected) {
    throw new Error(
      `The migrations make other indexes (${found}) than bench/indexes/index-sets.ts calls chosen (${expected}).`,
    );
  }
  await client.query('create table bench_like_videos (like public.videos)');
  for (const { name, definition } of rows) {
    await client.query(createIndex(name as IndexName, 'bench_like_videos', 'bench_like'));
    const own = await client.query<{ definition: string }>(
      `select pg_get_indexdef('bench_like'::regclass) as definition`,
    );
    if (afterTable(own.rows[0]?.definition) !== afterTable(definition)) {
      throw new Error(`The migrations define ${name} otherwise than bench/indexes/index-sets.ts: ${definition}`);
    }
    await client.query('drop index bench_like');
  }
  await client.query('drop table bench_like_videos');
  const hint = await client.query<{ options: string[] | null }>(
    `select attoptions as options from pg_attribute where attrelid = 'public.videos'::regclass and attname = 'user_id'`,
  );
  if (hint.rows[0]?.options?.join() !== `n_distinct=${largeAccounts}`) {
    throw new Error('The migrations tell the planner something else about user_id than bench/indexes/index-sets.ts.');
  }
}

function afterTable(definition = ''): string {
  return definition.slice(definition.indexOf(' USING '));
}

/**
 * Lets the planner see the indexes of a set alone, and its knowledge of accounts, which is quicker than making
 * both anew for every round. Hidden indexes go on being maintained, so this serves reads alone. Needs a superuser.
 */
export async function showOnly(client: pg.Client, set: IndexSet, accounts: number): Promise<void> {
  await client.query(
    `update pg_catalog.pg_index set indisvalid = (c.relname = any ($1))
    from pg_catalog.pg_class c
    where c.oid = indexrelid and indrelid = 'public.videos'::regclass and not indisprimary`,
    [set.indexes],
  );
  await client.query(
    `update pg_catalog.pg_statistic set stadistinct = $1
    where starelid = 'public.videos'::regclass and staattnum = (
      select attnum from pg_catalog.pg_attribute where attrelid = 'public.videos'::regclass and attname = 'user_id')`,
    [set.hasHint ? largeAccounts : accounts],
  );
  await client.query('discard plans');
}
