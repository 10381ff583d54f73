import type pg from 'pg';

interface Index {
  name: string;
  table: string;
  schema: string;
  definition: string;
  isConstraint: boolean;
}

/**
 * Runs `load` with the triggers of these tables off and without their indexes, which are made again afterwards: rows
 * by the million would take hours otherwise. For a superuser, in a database of its own.
 */
export async function loadInBulk(client: pg.Client, tables: readonly string[], load: () => Promise<void>) {
  const { rows } = await client.query<Index>(
    `select c.conname as name, t.relname as table, n.nspname as schema, pg_get_constraintdef(c.oid) as definition, true as "isConstraint"
    from pg_constraint c join pg_class t on t.oid = c.conrelid join pg_namespace n on n.oid = t.relnamespace
    where c.contype in ('u', 'f') and t.oid = any ($1::text[]::regclass[])
    union all
    select i.relname, t.relname, n.nspname, pg_get_indexdef(x.indexrelid), false
    from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
    join pg_namespace n on n.oid = t.relnamespace
    where t.oid = any ($1::text[]::regclass[]) and not exists (select from pg_constraint c where c.conindid = x.indexrelid)`,
    [tables],
  );
  await client.query(
    `set session_replication_role = replica; set timezone = 'UTC'; set maintenance_work_mem = '512MB'; set work_mem = '256MB'`,
  );
  for (const table of tables) {
    await client.query(`alter table ${table} disable trigger all`);
  }
  for (const { schema, table, name, isConstraint } of rows) {
    await client.query(
      isConstraint ? `alter table ${schema}.${table} drop constraint ${name}` : `drop index ${schema}.${name}`,
    );
  }
  await load();
  for (const { schema, table, name, definition, isConstraint } of rows) {
    await client.query(
      isConstraint ? `alter table ${schema}.${table} add constraint ${name} ${definition}` : definition,
    );
  }
  for (const table of tables) {
    await client.query(`alter table ${table} enable trigger all`);
  }
  await client.query('reset session_replication_role; reset work_mem');
}
