import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Catalog } from './catalog.ts';
import { replacePart } from './markdown.ts';
import { functionRights, policyTable, tableRights } from './policy-tables.ts';
import { schemaDump } from './schema-dump.ts';
import { schemaPage } from './schema-page.ts';

/** The project's root, from src and from dist alike. */
export const root = fileURLToPath(new URL('../../../../', import.meta.url));

export interface GeneratedFile {
  /** From the root. */
  path: string;
  content: string;
}

/** Every file that follows from the catalog, as it should be now; written parts of the others stay as they are. */
export async function generateFiles(catalog: Catalog): Promise<GeneratedFile[]> {
  const benchmark = await readFile(`${root}docs/benchmarks/indexes.md`, 'utf8');
  const inShort = /<!-- begin summary -->([\s\S]*)<!-- end summary -->/.exec(benchmark)?.[1] ?? '';
  const parts: Record<string, Record<string, string>> = {
    'docs/database-rls-policies.md': {
      policies: policyTable(catalog),
      'table rights': tableRights(catalog),
      'function rights': functionRights(catalog),
    },
    'docs/database-review-summary.md': { 'index figures': inShort },
    'docs/REVIEW-COMPLETE.md': { 'index figures': inShort },
  };
  const pages = Object.entries(parts).map(async ([path, named]) => {
    let content = await readFile(`${root}${path}`, 'utf8');
    for (const [name, part] of Object.entries(named)) {
      content = replacePart(content, name, part);
    }
    return { path, content };
  });
  return [
    { path: 'docs/database-schema.md', content: schemaPage(catalog) },
    { path: 'supabase/schema.sql', content: schemaDump(catalog) },
    ...(await Promise.all(pages)),
  ];
}
