import { supabaseRoles, type Catalog, type Table } from './catalog.ts';
import { code, markdownTable } from './markdown.ts';

/** Every policy of every table, as the page about them shows it. */
export function policyTable({ tables }: Catalog): string {
  return markdownTable(
    ['Table', 'Policy', 'To', 'For', 'Rows'],
    tables.flatMap(({ qualified, policies }) =>
      policies.map(({ name, command, roles, using, check, permissive }) => [
        code(qualified),
        code(name) + (permissive ? '' : ' (restrictive)'),
        roles.map(code).join(', '),
        command,
        [
          using !== null && code(using.replaceAll(/\s+/g, ' ')),
          check !== null && `new rows: ${code(check.replaceAll(/\s+/g, ' '))}`,
        ]
          .filter(Boolean)
          .join('; '),
      ]),
    ),
  );
}

/** What each role may do with each table, before policies: rights it was granted, some of them on columns alone. */
export function tableRights({ tables, roles }: Catalog): string {
  const names = [...supabaseRoles, ...roles.map(({ name }) => name)];
  return markdownTable(
    ['Table', ...names.map(code)],
    tables.map((table) => [code(table.qualified), ...names.map((role) => rightsOf(table, role))]),
  );
}

function rightsOf({ grants, columns }: Table, role: string): string {
  const whole = grants.find(({ grantee }) => grantee === role)?.privileges ?? [];
  const partly = columns.filter((column) => column.grants.some(({ grantee }) => grantee === role));
  const texts = [
    whole.join(', ').toLowerCase(),
    partly.length > 0 && `select of ${partly.length} of ${columns.length} columns`,
  ];
  return texts.filter(Boolean).join('; ') || '–';
}

/** Who may call which function of `public`, the Data API's. */
export function functionRights({ functions, roles }: Catalog): string {
  const names = [...supabaseRoles, ...roles.map(({ name }) => name)];
  return markdownTable(
    ['Function', ...names.map(code)],
    functions
      .filter(({ schema }) => schema === 'public')
      .map(({ name, grants }) => [
        code(name),
        ...names.map((role) => (grants.some(({ grantee }) => grantee === role) ? 'yes' : '–')),
      ]),
  );
}
