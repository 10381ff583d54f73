import type { Catalog, Grant, SqlFunction, Table, Trigger } from './catalog.ts';
import { code, grantsText, markdownTable } from './markdown.ts';

/** `docs/database-schema.md`. */
export function schemaPage(catalog: Catalog): string {
  const { roles, schemas, tables, triggers, functions } = catalog;
  return [
    '# Database schema',
    '',
    '> Written by `npm run docs` from the catalog of a database to which all migrations have been applied. Do not edit:',
    '> `packages/db/src/schema-docs/schema-docs.test.ts` fails when this page and the catalog differ.',
    '',
    'Who sees which rows, with examples: [database-rls-policies.md](database-rls-policies.md). The same as SQL, function',
    'bodies included: [`supabase/schema.sql`](../supabase/schema.sql). How it came about: `supabase/migrations/`.',
    '',
    '## Overview',
    '',
    markdownTable(
      ['Schema', 'What it is', 'Tables', 'Functions', 'Rights'],
      schemas.map(({ name, comment, grants }) => [
        `[${name}](#schema-${name})`,
        name === 'public' ? "What the Data API serves: the product's tables and functions." : (comment ?? ''),
        String(tables.filter(({ schema }) => schema === name).length),
        String(functions.filter(({ schema }) => schema === name).length),
        grantsText(grants) || 'owner only',
      ]),
    ),
    '',
    'Roles beside those of Supabase:',
    '',
    markdownTable(
      ['Role', 'Attributes', 'May become'],
      roles.map(({ name, canLogin, inherits, bypassesRls, memberOf }) => [
        code(name),
        [canLogin ? 'login' : 'nologin', !inherits && 'noinherit', bypassesRls && 'bypassrls']
          .filter(Boolean)
          .join(', '),
        memberOf.map(code).join(', ') || '–',
      ]),
    ),
    '',
    ...diagram(tables),
    ...schemas.flatMap(({ name }) => schemaSection(name, catalog)),
    ...foreignTriggers(catalog, triggers),
    '',
  ]
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n');
}

function diagram(tables: Table[]): string[] {
  const name = ({ schema, name: table }: { schema: string; name: string }) =>
    schema === 'public' ? table : `${schema}_${table}`;
  const lines = tables.flatMap((table) =>
    table.constraints
      .filter(({ kind }) => kind === 'f')
      .map(({ target, definition }) => {
        const [schema = '', targetName = ''] = (target ?? '').split('.');
        const columns = /\(([^)]*)\)/.exec(definition)?.[1] ?? '';
        return `  ${name({ schema, name: targetName })} ||--o{ ${name(table)} : "${columns}"`;
      }),
  );
  return ['Foreign keys:', '', '```mermaid', 'erDiagram', ...lines, '```', ''];
}

function schemaSection(schema: string, { tables, triggers, functions }: Catalog): string[] {
  const ownTables = tables.filter((table) => table.schema === schema);
  const ownFunctions = functions.filter((each) => each.schema === schema);
  return [
    `## Schema ${schema}`,
    '',
    ...ownTables.flatMap((table) =>
      tableSection(
        table,
        triggers.filter((trigger) => trigger.table === table.qualified),
      ),
    ),
    ...(ownFunctions.length === 0
      ? []
      : [
          `### Functions of ${schema}`,
          '',
          markdownTable(
            ['Function', 'Is', 'Runs as', 'May be called by', 'What it does'],
            ownFunctions.map(functionRow),
          ),
          '',
        ]),
  ];
}

function tableSection(table: Table, triggers: Trigger[]): string[] {
  const { schema, name, comment, rowSecurity, options, columns, constraints, indexes, policies, grants } = table;
  return [
    `### ${schema}.${name}`,
    '',
    comment ?? '',
    '',
    markdownTable(
      ['Column', 'Type', 'Null', 'Default', 'What it is'],
      columns.map((column) => [
        code(column.name),
        column.type,
        column.notNull ? 'no' : 'yes',
        column.identity === '' ? code(column.default) : 'identity',
        column.comment ?? '',
      ]),
    ),
    '',
    ...(constraints.length === 0 ? [] : ['Constraints:', '']),
    ...constraints.map(
      (each) => `- ${code(each.name)}: ${code(each.definition)}${each.comment === null ? '' : ` – ${each.comment}`}`,
    ),
    '',
    ...(indexes.length === 0 ? [] : ['Indexes, beside those of keys:', '']),
    ...indexes.map(
      (each) =>
        `- ${code(each.name)}: ${code(shortIndex(each.definition))}${each.comment === null ? '' : ` – ${each.comment}`}`,
    ),
    '',
    ...(triggers.length === 0 ? [] : ['Triggers:', '']),
    ...triggers.map(triggerLine),
    '',
    rowSecurity
      ? `- Row level security: on${policies.length === 0 ? ', without a policy: no row for anybody but the owner.' : '.'}`
      : '- Row level security: off.',
    ...(policies.length === 0
      ? []
      : [
          `- Policies: ${policies.map((each) => `${code(each.name)} (${each.command} to ${each.roles.join(', ')})`).join(', ')}.`,
        ]),
    `- Grants: ${grantsText([...grants, ...columnGrants(table)]) || 'none'}.`,
    ...columns.flatMap(({ name: column, options: hint }) =>
      hint === null ? [] : [`- The planner is told of ${code(column)}: ${code(hint.join(', '))}.`],
    ),
    ...(options === null ? [] : [`- Storage: ${code(options.join(', '))}.`]),
    '',
  ];
}

function columnGrants({ columns }: Table): Grant[] {
  const byGrantee = new Map<string, string[]>();
  for (const { name, grants } of columns) {
    for (const { grantee, privileges } of grants) {
      for (const privilege of privileges) {
        const key = `${grantee} ${privilege}`;
        byGrantee.set(key, [...(byGrantee.get(key) ?? []), name]);
      }
    }
  }
  return [...byGrantee].map(([key, names]) => {
    const [grantee = '', privilege = ''] = key.split(' ');
    return { grantee, privileges: [`${privilege} of ${names.join(', ')}`] };
  });
}

function shortIndex(definition: string): string {
  const [head = '', rest = ''] = definition.split(/ ON \S+ USING /);
  return `${head.startsWith('CREATE UNIQUE') ? 'unique ' : ''}${rest}`;
}

function triggerLine({ name, definition, enabled }: Trigger): string {
  const what = /(BEFORE|AFTER|INSTEAD OF) (.*?) ON .* EXECUTE FUNCTION (.*)$/.exec(definition);
  const when = what === null ? definition : `${what[1]?.toLowerCase()} ${what[2]?.toLowerCase()}: ${what[3]}`;
  return `- ${code(name)}: ${code(when)}${enabled === 'A' ? ', always' : enabled === 'D' ? ', disabled' : ''}`;
}

function functionRow({ name, arguments: args, result, volatility, isDefiner, comment, grants }: SqlFunction): string[] {
  return [
    code(`${name}(${args})`) + ` returns ${code(result)}`,
    volatility,
    isDefiner ? 'its owner (security definer)' : 'the caller',
    grants.map(({ grantee }) => code(grantee)).join(', ') || 'owner only',
    comment ?? '',
  ];
}

function foreignTriggers({ tables }: Catalog, triggers: Trigger[]): string[] {
  const foreign = triggers.filter(({ table }) => !tables.some(({ qualified }) => qualified === table));
  if (foreign.length === 0) {
    return [];
  }
  return [
    '## Triggers on tables of Supabase',
    '',
    ...foreign.map((each) => `${triggerLine(each)} on ${code(each.table)}`),
    '',
  ];
}
