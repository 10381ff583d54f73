import { access, readdir, readFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { readCatalog, type Catalog } from './catalog.ts';
import { generateFiles, root } from './files.ts';
import { schemaDump } from './schema-dump.ts';
import { schemaPage } from './schema-page.ts';

async function catalogOf(database: TestDatabase): Promise<Catalog> {
  const client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
  try {
    return await readCatalog(client);
  } finally {
    await client.end();
  }
}

let migrated: TestDatabase;
let catalog: Catalog;

beforeAll(async () => {
  migrated = await createTestDatabase('migrated');
  catalog = await catalogOf(migrated);
});
afterAll(() => migrated.drop());

describe('what is generated from the catalog', () => {
  test('every generated page is what the catalog says now (else: npm run docs)', async () => {
    for (const { path, content } of await generateFiles(catalog)) {
      expect(await readFile(join(root, path), 'utf8'), path).toBe(content);
    }
  });

  test('the dump makes the same schema in a database that has only what Supabase brings', async () => {
    const database = await createTestDatabase('shimmed');
    try {
      const client = new pg.Client({ connectionString: database.ownerUrl });
      await client.connect();
      try {
        await client.query(await readFile(join(root, 'supabase/schema.sql'), 'utf8'));
      } finally {
        await client.end();
      }
      const loaded = await catalogOf(database);
      expect(schemaPage(loaded)).toBe(schemaPage(catalog));
      expect(schemaDump(loaded)).toBe(schemaDump(catalog));
      expect(loaded).toEqual(catalog);
    } finally {
      await database.drop();
    }
  });

  test('what is made beside the migrations changes page and dump', async () => {
    const database = await createTestDatabase('migrated');
    try {
      await database.asOwner.query(
        `create policy "Late one" on public.videos for select to authenticated using (deleted_at is null)`,
      );
      await database.asOwner.query('grant select (email) on public.profiles to anon');
      const changed = await catalogOf(database);
      expect(schemaPage(changed)).toContain('`Late one` (select to authenticated)');
      expect(schemaDump(changed)).toContain('create policy "Late one" on public.videos for select to authenticated');
      expect(schemaDump(changed)).toContain('grant select (email) on table public.profiles to anon;');
    } finally {
      await database.drop();
    }
  });

  test('an object of a kind that the pages do not show is refused by name', async () => {
    const database = await createTestDatabase('migrated');
    try {
      await database.asOwner.query('create view public.open_videos as select id from public.videos');
      await expect(catalogOf(database)).rejects.toThrow('relation public.open_videos');
    } finally {
      await database.drop();
    }
  });
});

describe('what the documents say', () => {
  async function documents(): Promise<Array<{ path: string; text: string }>> {
    const names = await readdir(join(root, 'docs'), { recursive: true });
    const paths = names.filter((name) => name.endsWith('.md')).map((name) => join('docs', name));
    return Promise.all(paths.map(async (path) => ({ path, text: await readFile(join(root, path), 'utf8') })));
  }

  const exists = (path: string) =>
    access(join(root, path)).then(
      () => true,
      () => false,
    );

  test('every file that a document names is there', async () => {
    const missing: string[] = [];
    let named = 0;
    for (const { path, text } of await documents()) {
      const paths = [...text.matchAll(/`((?:packages|apps|supabase|docs|bench|scripts|prisma)\/[^`\s]*)`/g)].map(
        ([, found = '']) => found,
      );
      const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)].map(([, found = '']) =>
        normalize(join(dirname(path), found)),
      );
      for (const each of [...paths, ...links]) {
        named += 1;
        // `bench/dist/…` and the like are made by the build.
        const isWritten = !/[*<{…]|(^|\/)dist\//.test(each);
        if (isWritten && !(await exists(each.replace(/:\d+$/, '')))) {
          missing.push(`${path}: ${each}`);
        }
      }
    }
    expect(named).toBeGreaterThan(50);
    expect(missing).toEqual([]);
  });

  test('the quick reference promises no more lines than its files have', async () => {
    const page = await readFile(join(root, 'docs/database-enhancements-quickref.md'), 'utf8');
    const rows = [...page.matchAll(/^\| `([^`]+)` \|.*\| (\d+)\+ \|$/gm)];
    expect(rows.length).toBeGreaterThan(5);
    for (const [, path = '', lines] of rows) {
      const { length } = (await readFile(join(root, path), 'utf8')).trimEnd().split('\n');
      expect(length, path).toBeGreaterThanOrEqual(Number(lines));
    }
  });

  test('every SQL function that a document calls by name exists', async () => {
    const known = new Set(catalog.functions.map(({ name }) => name));
    const rows = await migrated.asOwner.query<{ name: string }>(
      `select proname as name from pg_proc where pronamespace in ('pg_catalog'::regnamespace, 'auth'::regnamespace)`,
    );
    rows.forEach(({ name }) => known.add(name));
    const unknown: string[] = [];
    for (const { path, text } of await documents()) {
      for (const [, name = ''] of text.matchAll(
        /`(?:(?:public|private|desk|reeldesk|auth)\.)?([a-z]+(?:_[a-z0-9]+)+)\(/g,
      )) {
        if (!known.has(name)) {
          unknown.push(`${path}: ${name}()`);
        }
      }
    }
    expect(unknown).toEqual([]);
  });
});
