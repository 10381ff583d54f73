import type pg from 'pg';

/** Three years up to here; fixed, so that two runs read the same rows. */
export const historyEnd = new Date('2026-10-01T00:00:00Z');
export const historyStart = new Date('2023-10-01T00:00:00Z');

const indexNames = `
  select c.conname as name, t.relname as table_name, n.nspname as schema_name, pg_get_constraintdef(c.oid) as definition, true as is_constraint
  from pg_constraint c join pg_class t on t.oid = c.conrelid join pg_namespace n on n.oid = t.relnamespace
  where c.contype in ('u') and t.oid in ('public.credit_transactions'::regclass, 'usage.video_ends'::regclass)
  union all
  select i.relname, t.relname, n.nspname, pg_get_indexdef(x.indexrelid), false
  from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
  join pg_namespace n on n.oid = t.relnamespace
  where t.oid in ('public.credit_transactions'::regclass, 'usage.video_ends'::regclass)
    and not exists (select from pg_constraint c where c.conindid = x.indexrelid)`;

/**
 * Fills an empty, migrated database with that many ledger rows over the three years: nine charges in ten rows, some
 * refunds and purchases. As superuser in a database of its own: the ledger's triggers are off meanwhile, and its
 * indexes are made at the end, since it would take hours otherwise.
 */
export async function loadLedger(client: pg.Client, rows: number): Promise<void> {
  const accounts = Math.max(200, Math.round(rows / 500 / 20) * 20);
  const indexes = (await client.query(indexNames)).rows as {
    name: string;
    table_name: string;
    schema_name: string;
    definition: string;
    is_constraint: boolean;
  }[];
  await client.query(
    `set session_replication_role = replica; set timezone = 'UTC'; set maintenance_work_mem = '512MB'`,
  );
  for (const table of ['public.credit_transactions', 'public.profiles', 'usage.video_ends']) {
    await client.query(`alter table ${table} disable trigger all`);
  }
  for (const index of indexes) {
    const table = `${index.schema_name}.${index.table_name}`;
    await client.query(
      index.is_constraint
        ? `alter table ${table} drop constraint ${index.name}`
        : `drop index ${index.schema_name}.${index.name}`,
    );
  }
  await client.query(
    `insert into public.profiles (id, user_id, credits, email, ledger_entries, created_at, updated_at)
    select md5('account ' || a)::uuid, md5('account ' || a)::uuid, (a * 37) % 2000, 'account' || a || '@reeldesk.example', 1,
      $2::timestamptz + a * (($3::timestamptz - $2::timestamptz) / $1::integer), now()
    from generate_series(0, $1::integer - 1) a`,
    [accounts, historyStart, historyEnd],
  );
  // Which of twenty a row is: 1 gives back the charge that its account got one row earlier, 2 is a purchase.
  await client.query(
    `insert into public.credit_transactions (
      id, user_id, entry_no, amount, balance_after, type, video_id, actor_id, reason, video_type, resolution, quality, created_at, xid
    )
    select lpad(to_hex(i), 32, '0')::uuid, md5('account ' || i % a)::uuid, i / a + 1,
      case k when 1 then 1 + (i - a) % 30 when 2 then 200 else -(1 + i % 30) end, 1000,
      case k when 1 then 'refund' when 2 then 'adjustment' else 'charge' end,
      case k when 2 then null when 1 then md5('video ' || i - a)::uuid else md5('video ' || i)::uuid end, null,
      case k when 1 then case when i % 3 = 0 then 'Bad quality' else 'Video generation failed' end when 2 then 'purchase' else 'Video generation' end,
      case when k = 2 then null when v % 3 = 0 then 'image_to_video' else 'text_to_video' end,
      case when k = 2 then null else (array['1280x720', '1920x1080', '3840x2160'])[1 + v / 3 % 3] end,
      case when k = 2 then null else (array['draft', 'standard', 'high'])[1 + v / 9 % 3] end,
      $3::timestamptz + i * (($4::timestamptz - $3::timestamptz) / $1::integer), '1'
    from (
      select i, $2::integer as a, (i / $2::integer + i) % 20 as k,
        case when (i / $2::integer + i) % 20 = 1 then i - $2::integer else i end as v
      from generate_series($2::integer, $2::integer + $1::integer - 1) i
    ) r`,
    [rows, accounts, historyStart, historyEnd],
  );
  await client.query(
    `insert into usage.video_ends (video_id, user_id, ended_at, status, video_type, resolution, quality, credits, xid)
    select t.video_id, t.user_id, t.created_at + interval '2 minutes', case when t.entry_no % 10 = 0 then 'failed' else 'completed' end,
      t.video_type, t.resolution, t.quality, -t.amount, '1'
    from public.credit_transactions t where t.type = 'charge'`,
  );
  for (const index of indexes) {
    const table = `${index.schema_name}.${index.table_name}`;
    await client.query(
      index.is_constraint ? `alter table ${table} add constraint ${index.name} ${index.definition}` : index.definition,
    );
  }
  for (const table of ['public.credit_transactions', 'public.profiles', 'usage.video_ends']) {
    await client.query(`alter table ${table} enable trigger all`);
  }
  await client.query('reset session_replication_role');
  await client.query('vacuum (analyze) public.credit_transactions, public.profiles, usage.video_ends');
}
