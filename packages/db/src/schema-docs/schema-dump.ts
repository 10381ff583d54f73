import {
  schemaNames,
  supabaseRoles,
  type Catalog,
  type Grant,
  type Policy,
  type Role,
  type SqlFunction,
  type Table,
  type Trigger,
} from './catalog.ts';

/**
 * SQL that makes the schema in a database that has what Supabase brings (`supabase/shim.sql` elsewhere),
 * run by the role that shall own it. Structure only: rows, such as the first prices, come with the migrations.
 */
export function schemaDump(catalog: Catalog): string {
  const { roles, schemas, tables, triggers, functions } = catalog;
  const own = schemas.filter(({ name }) => name !== 'public');
  return [
    '-- The schema as all migrations together leave it. Written by `npm run docs`: do not edit, and do not apply it to a',
    '-- database that the migrations look after. It needs what Supabase brings (supabase/shim.sql elsewhere) and makes',
    '-- structure only: rows, such as the first prices, come with supabase/migrations/.',
    '',
    '-- Functions may name what is made after them.',
    'set check_function_bodies = off;',
    `set search_path = '';`,
    ...section('Roles', roles.flatMap(roleStatements)),
    ...section(
      'Schemas',
      own.flatMap(({ name }) => [`create schema ${name};`, `revoke all on schema ${name} from ${everybody(roles)};`]),
    ),
    ...section('Tables', tables.map(createTable)),
    ...section(
      'Functions',
      functions.map(({ definition }) => `${definition.trimEnd()};\n`),
    ),
    ...section('Defaults that call functions', tables.flatMap(lateDefaults)),
    ...section('Constraints', constraintStatements(tables)),
    ...section(
      'Indexes',
      tables.flatMap(({ indexes }) => indexes.map(({ definition }) => `${definition};`)),
    ),
    ...section('Triggers', triggers.flatMap(triggerStatements)),
    ...section('Row level security', tables.flatMap(policyStatements)),
    ...section('Grants', [
      ...schemas.flatMap(({ name, grants }) => grantStatements(`schema ${name}`, grants)),
      ...tables.flatMap((table) => tableGrants(table, roles)),
      ...functions.flatMap((each) => functionGrants(each, roles)),
    ]),
    ...section('Comments', commentStatements(catalog)),
    'reset search_path;',
    'reset check_function_bodies;',
    '',
  ].join('\n');
}

function section(title: string, statements: string[]): string[] {
  return ['', `-- ${title}`, '', ...statements, ''];
}

// Supabase's default privileges give its roles all rights on what is new in public.
function everybody(roles: Role[]): string {
  return [...supabaseRoles, ...roles.map(({ name }) => name)].join(', ');
}

function roleStatements({ name, canLogin, inherits, bypassesRls, memberOf }: Role): string[] {
  const attributes = [canLogin ? 'login' : 'nologin', !inherits && 'noinherit', bypassesRls && 'bypassrls']
    .filter(Boolean)
    .join(' ');
  return [
    [
      'do $$ begin',
      `  create role ${name} ${attributes};`,
      'exception when duplicate_object or unique_violation then null; -- Roles belong to the cluster.',
      'end $$;',
    ].join('\n'),
    ...memberOf.map((role) =>
      [
        'do $$ begin',
        `  if not pg_catalog.pg_has_role('${name}', '${role}', 'member') then`,
        `    grant ${role} to ${name};`,
        '  end if;',
        'exception when insufficient_privilege then',
        `  raise notice '${name} could not be made a member of ${role}: ask an administrator';`,
        'end $$;',
      ].join('\n'),
    ),
  ];
}

function createTable({ qualified, columns, options }: Table): string {
  const lines = columns.map((column) =>
    [
      `  ${column.quoted} ${column.type}`,
      column.identity !== '' && `generated ${column.identity === 'a' ? 'always' : 'by default'} as identity`,
      column.generated !== '' &&
        `generated always as (${column.default}) ${column.generated === 's' ? 'stored' : 'virtual'}`,
      column.generated === '' &&
        column.default !== null &&
        !callsOwnFunction(column.default) &&
        `default ${column.default}`,
      column.notNull && 'not null',
    ]
      .filter(Boolean)
      .join(' '),
  );
  const storage = options === null ? '' : ` with (${options.join(', ')})`;
  const hints = columns.flatMap(({ quoted, options: hint }) =>
    hint === null ? [] : [`alter table ${qualified} alter column ${quoted} set (${hint.join(', ')});\n`],
  );
  return [`create table ${qualified} (\n${lines.join(',\n')}\n)${storage};\n`, ...hints].join('');
}

// What a default calls must be there when it is set; functions in turn may take a table's row.
function callsOwnFunction(expression: string): boolean {
  return new RegExp(`\\b(${schemaNames.join('|')})\\.\\w+\\(`).test(expression);
}

function lateDefaults({ qualified, columns }: Table): string[] {
  return columns.flatMap(({ quoted, default: value, generated }) =>
    value !== null && generated === '' && callsOwnFunction(value)
      ? [`alter table ${qualified} alter column ${quoted} set default ${value};`]
      : [],
  );
}

// Keys before what refers to them.
function constraintStatements(tables: Table[]): string[] {
  return [false, true].flatMap((isForeign) =>
    tables.flatMap(({ qualified, constraints }) =>
      constraints
        .filter(({ kind }) => (kind === 'f') === isForeign)
        .map(({ quoted, definition }) => `alter table ${qualified} add constraint ${quoted} ${definition};`),
    ),
  );
}

function triggerStatements({ definition, enabled, table, quoted }: Trigger): string[] {
  const states = { O: null, A: 'enable always', D: 'disable', R: 'enable replica' };
  const state = states[enabled];
  return [`${definition};`, ...(state === null ? [] : [`alter table ${table} ${state} trigger ${quoted};`])];
}

function policyStatements({ qualified, rowSecurity, policies }: Table): string[] {
  return [
    ...(rowSecurity ? [`alter table ${qualified} enable row level security;`] : []),
    ...policies.map((policy) => createPolicy(qualified, policy)),
  ];
}

function createPolicy(table: string, { quoted, permissive, command, roles, using, check }: Policy): string {
  return [
    `create policy ${quoted} on ${table}${permissive ? '' : ' as restrictive'} for ${command} to ${roles.join(', ')}`,
    using !== null && ` using (${using})`,
    check !== null && ` with check (${check})`,
    ';',
  ]
    .filter(Boolean)
    .join('');
}

function grantStatements(on: string, grants: Grant[]): string[] {
  return grants.map(
    ({ grantee, privileges }) => `grant ${privileges.join(', ').toLowerCase()} on ${on} to ${grantee};`,
  );
}

function tableGrants({ qualified, grants, columns }: Table, roles: Role[]): string[] {
  const byColumns = new Map<string, string[]>();
  for (const { quoted, grants: ofColumn } of columns) {
    for (const { grantee, privileges } of ofColumn) {
      for (const privilege of privileges) {
        const key = `${privilege.toLowerCase()} ${grantee}`;
        byColumns.set(key, [...(byColumns.get(key) ?? []), quoted]);
      }
    }
  }
  return [
    `revoke all on table ${qualified} from ${everybody(roles)};`,
    ...grantStatements(`table ${qualified}`, grants),
    ...[...byColumns].map(([key, names]) => {
      const [privilege, grantee] = key.split(' ');
      return `grant ${privilege} (${names.join(', ')}) on table ${qualified} to ${grantee};`;
    }),
  ];
}

function functionGrants({ identity, grants }: SqlFunction, roles: Role[]): string[] {
  return [
    `revoke all on function ${identity} from ${everybody(roles)};`,
    ...grantStatements(`function ${identity}`, grants),
  ];
}

function commentStatements({ schemas, tables, functions }: Catalog): string[] {
  const comment = (on: string, text: string | null) =>
    text === null ? [] : [`comment on ${on} is '${text.replaceAll("'", "''")}';`];
  return [
    ...schemas.filter(({ name }) => name !== 'public').flatMap((each) => comment(`schema ${each.name}`, each.comment)),
    ...tables.flatMap((table) => [
      ...comment(`table ${table.qualified}`, table.comment),
      ...table.columns.flatMap((each) => comment(`column ${table.qualified}.${each.quoted}`, each.comment)),
      ...table.constraints.flatMap((each) => comment(`constraint ${each.quoted} on ${table.qualified}`, each.comment)),
      ...table.indexes.flatMap((each) => comment(`index ${table.schema}.${each.quoted}`, each.comment)),
      ...table.policies.flatMap((each) => comment(`policy ${each.quoted} on ${table.qualified}`, each.comment)),
    ]),
    ...functions.flatMap((each) => comment(`function ${each.identity}`, each.comment)),
  ];
}
