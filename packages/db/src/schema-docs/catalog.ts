import type pg from 'pg';

/** Who may do what, the owner left out; `public` stands for everybody. */
export interface Grant {
  grantee: string;
  privileges: string[];
}

interface Column {
  name: string;
  quoted: string;
  type: string;
  notNull: boolean;
  default: string | null;
  identity: '' | 'a' | 'd';
  generated: '' | 's' | 'v';
  /** What the planner is told about it, such as `n_distinct=-0.001`. */
  options: string[] | null;
  comment: string | null;
  grants: Grant[];
}

interface Constraint {
  name: string;
  quoted: string;
  kind: 'p' | 'u' | 'x' | 'c' | 'f';
  definition: string;
  /** Of a foreign key: the table it points to. */
  target: string | null;
  comment: string | null;
}

interface Index {
  name: string;
  quoted: string;
  definition: string;
  comment: string | null;
}

export interface Policy {
  name: string;
  quoted: string;
  permissive: boolean;
  command: 'all' | 'select' | 'insert' | 'update' | 'delete';
  roles: string[];
  using: string | null;
  check: string | null;
  comment: string | null;
}

export interface Table {
  schema: string;
  name: string;
  qualified: string;
  comment: string | null;
  rowSecurity: boolean;
  options: string[] | null;
  columns: Column[];
  constraints: Constraint[];
  indexes: Index[];
  policies: Policy[];
  grants: Grant[];
}

export interface Trigger {
  name: string;
  quoted: string;
  /** The table, with its schema; one of `auth` too when it calls a function of ours. */
  table: string;
  enabled: 'O' | 'A' | 'D' | 'R';
  definition: string;
}

export interface SqlFunction {
  schema: string;
  name: string;
  /** `schema.name(argument types)`, as GRANT names it. */
  identity: string;
  arguments: string;
  result: string;
  kind: 'f' | 'p' | 'a' | 'w';
  volatility: 'immutable' | 'stable' | 'volatile';
  isDefiner: boolean;
  definition: string;
  comment: string | null;
  grants: Grant[];
}

interface Schema {
  name: string;
  comment: string | null;
  grants: Grant[];
}

export interface Role {
  name: string;
  canLogin: boolean;
  inherits: boolean;
  bypassesRls: boolean;
  memberOf: string[];
}

/** What the product's four schemas hold, each list in a stable order. */
export interface Catalog {
  roles: Role[];
  schemas: Schema[];
  tables: Table[];
  triggers: Trigger[];
  functions: SqlFunction[];
}

/** In the order in which the pages show them. */
export const schemaNames = ['public', 'private', 'desk', 'reeldesk'];

/** Roles that Supabase brings; those beside them are the product's own. */
export const supabaseRoles = ['public', 'anon', 'authenticated', 'service_role'];

const grantsOf = (acl: string, owner: string) => `
  (select coalesce(json_agg(json_build_object('grantee', g.grantee, 'privileges', g.privileges) order by g.grantee), '[]')
  from (
    select coalesce(r.rolname, 'public') as grantee, array_agg(a.privilege_type order by a.privilege_type) as privileges
    from aclexplode(${acl}) a left join pg_roles r on r.oid = a.grantee
    where a.grantee <> ${owner} group by 1
  ) g)`;

/** Reads the catalog of a migrated database. Raises for kinds of objects that the pages do not know. */
export async function readCatalog(client: pg.ClientBase): Promise<Catalog> {
  await client.query('begin read only');
  try {
    // With an empty path PostgreSQL writes every name with its schema.
    await client.query(`set local search_path = ''`);
    await refuseUnknownKinds(client);
    const read = async <T>(sql: string): Promise<T[]> => {
      const { rows } = await client.query<{ row: T }>(`select to_json(q) as row from (${sql}) q`, [schemaNames]);
      return rows.map(({ row }) => row);
    };
    const schemas = await read<Schema>(schemaQuery);
    const tables = await read<Table>(tableQuery);
    const triggers = await read<Trigger>(triggerQuery);
    const functions = await read<SqlFunction>(functionQuery);
    const grantees = [...schemas, ...tables, ...functions].flatMap(({ grants }) =>
      grants.map(({ grantee }) => grantee),
    );
    const own = [...new Set(grantees)].filter((name) => !supabaseRoles.includes(name)).toSorted();
    const { rows: roles } = await client.query<Role>(roleQuery, [own]);
    return { roles, schemas, tables, triggers, functions };
  } finally {
    await client.query('rollback');
  }
}

async function refuseUnknownKinds(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ found: string }>(
    `select 'relation ' || c.oid::regclass as found from pg_class c
      where c.relnamespace = any ($1::regnamespace[]) and c.relkind not in ('r', 'i')
        and not (c.relkind = 'S' and exists (
          select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'i'))
    union all select 'type ' || t.oid::regtype from pg_type t
      where t.typnamespace = any ($1::regnamespace[]) and t.typtype <> 'c' and t.typelem = 0
    union all select 'procedure ' || p.oid::regprocedure from pg_proc p
      where p.pronamespace = any ($1::regnamespace[]) and p.prokind <> 'f'
    union all select 'default privileges in ' || d.defaclnamespace::regnamespace from pg_default_acl d
      where d.defaclnamespace = any ($1::regnamespace[]) and d.defaclnamespace <> 'public'::regnamespace`,
    [schemaNames],
  );
  if (rows.length > 0) {
    const found = rows.map((row) => row.found).join(', ');
    throw new Error(
      `The schema pages do not know yet how to show: ${found}. Teach packages/db/src/schema-docs/ this kind.`,
    );
  }
}

const schemaQuery = `
  select n.nspname as name, obj_description(n.oid, 'pg_namespace') as comment, ${grantsOf('n.nspacl', 'n.nspowner')} as grants
  from pg_namespace n where n.nspname = any ($1) order by array_position($1, n.nspname::text)`;

const columnQuery = `
  select a.attname as name, quote_ident(a.attname) as quoted, format_type(a.atttypid, a.atttypmod) as type,
    a.attnotnull as "notNull", pg_get_expr(d.adbin, d.adrelid) as default, a.attidentity as identity,
    a.attgenerated as generated, a.attoptions as options, col_description(c.oid, a.attnum) as comment, ${grantsOf('a.attacl', 'c.relowner')} as grants
  from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attnum`;

// NOT NULL has been a constraint of its own since PostgreSQL 18; the columns tell it.
const constraintQuery = `
  select k.conname as name, quote_ident(k.conname) as quoted, k.contype as kind, pg_get_constraintdef(k.oid) as definition,
    case when k.contype = 'f' then k.confrelid::regclass::text end as target, obj_description(k.oid, 'pg_constraint') as comment
  from pg_constraint k where k.conrelid = c.oid and k.contype in ('p', 'u', 'x', 'c', 'f')
  order by array_position(array['p', 'u', 'x', 'c', 'f'], k.contype::text), k.conname`;

const indexQuery = `
  select i.relname as name, quote_ident(i.relname) as quoted, pg_get_indexdef(i.oid) as definition,
    obj_description(i.oid, 'pg_class') as comment
  from pg_index x join pg_class i on i.oid = x.indexrelid
  where x.indrelid = c.oid and not exists (select from pg_constraint k where k.conindid = i.oid and k.contype in ('p', 'u', 'x'))
  order by i.relname`;

const policyQuery = `
  select p.polname as name, quote_ident(p.polname) as quoted, p.polpermissive as permissive,
    case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end as command,
    array(select coalesce(r.rolname, 'public') from unnest(p.polroles) o left join pg_roles r on r.oid = o order by 1) as roles,
    pg_get_expr(p.polqual, p.polrelid) as using, pg_get_expr(p.polwithcheck, p.polrelid) as check,
    obj_description(p.oid, 'pg_policy') as comment
  from pg_policy p where p.polrelid = c.oid order by p.polname`;

const listOf = (query: string) => `(select coalesce(json_agg(l), '[]') from (${query}) l)`;

const tableQuery = `
  select n.nspname as schema, c.relname as name, c.oid::regclass::text as qualified,
    obj_description(c.oid, 'pg_class') as comment, c.relrowsecurity as "rowSecurity", c.reloptions as options,
    ${listOf(columnQuery)} as columns, ${listOf(constraintQuery)} as constraints, ${listOf(indexQuery)} as indexes,
    ${listOf(policyQuery)} as policies, ${grantsOf(`coalesce(c.relacl, acldefault('r', c.relowner))`, 'c.relowner')} as grants
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = any ($1) and c.relkind = 'r' order by array_position($1, n.nspname::text), c.relname`;

const triggerQuery = `
  select t.tgname as name, quote_ident(t.tgname) as quoted, t.tgrelid::regclass::text as table, t.tgenabled as enabled,
    pg_get_triggerdef(t.oid) as definition
  from pg_trigger t join pg_proc p on p.oid = t.tgfoid join pg_namespace n on n.oid = p.pronamespace
  where not t.tgisinternal and n.nspname = any ($1) order by t.tgrelid::regclass::text, t.tgname`;

const functionQuery = `
  select n.nspname as schema, p.proname as name, p.oid::regprocedure::text as identity, pg_get_function_arguments(p.oid) as arguments,
    pg_get_function_result(p.oid) as result, p.prokind as kind,
    case p.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end as volatility,
    p.prosecdef as "isDefiner", pg_get_functiondef(p.oid) as definition, obj_description(p.oid, 'pg_proc') as comment,
    ${grantsOf(`coalesce(p.proacl, acldefault('f', p.proowner))`, 'p.proowner')} as grants
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where n.nspname = any ($1) order by array_position($1, n.nspname::text), p.proname, p.oid::regprocedure::text`;

const roleQuery = `
  select r.rolname as name, r.rolcanlogin as "canLogin", r.rolinherit as inherits, r.rolbypassrls as "bypassesRls",
    array(select g.rolname::text from pg_auth_members m join pg_roles g on g.oid = m.roleid where m.member = r.oid
      group by 1 order by 1) as "memberOf"
  from pg_roles r where r.rolname = any ($1) order by r.rolname`;
