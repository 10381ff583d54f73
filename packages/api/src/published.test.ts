import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { z } from 'zod';

const packages = fileURLToPath(new URL('../../', import.meta.url));

/** What a compiled module needs at run time, its own imports' imports too. */
async function importsOf(file: string, found = new Set<string>()): Promise<Set<string>> {
  if (found.has(file)) {
    return found;
  }
  found.add(file);
  const code = await readFile(file, 'utf8');
  for (const [, specifier = ''] of code.matchAll(/^(?:import|export)\s(?:[\w*\s{},$]*\sfrom\s)?['"]([^'"]+)['"]/gm)) {
    if (specifier.startsWith('.')) {
      await importsOf(join(dirname(file), specifier), found);
    } else if (specifier.startsWith('@reeldesk/db/')) {
      await importsOf(join(packages, 'db', 'dist', `${specifier.slice('@reeldesk/db/'.length)}.js`), found);
    } else {
      found.add(specifier);
    }
  }
  return found;
}

test('client and contract run in a browser: at run time they need zod and the tRPC client, nothing of Node', async () => {
  const contract = (await readdir(join(packages, 'api', 'dist', 'contract'))).filter((name) => name.endsWith('.js'));
  const all = new Set<string>();
  for (const file of ['client.js', ...contract.map((name) => join('contract', name))]) {
    await importsOf(join(packages, 'api', 'dist', file), all);
  }
  const foreign = [...all].filter((name) => !name.startsWith(packages));
  expect(foreign.toSorted()).toEqual(['@trpc/client', 'zod']);
  expect([...all].filter((name) => name.includes('generated') || name.endsWith('/db/dist/client.js'))).toEqual([]);
});

test('every entry of the package is there, with its types, as ES module', async () => {
  const manifest = z
    .object({
      type: z.literal('module'),
      exports: z.record(z.string(), z.object({ types: z.string(), default: z.string() })),
    })
    .parse(JSON.parse(await readFile(join(packages, 'api', 'package.json'), 'utf8')));
  expect(manifest.exports).toHaveProperty('./client');
  for (const [name, entry] of Object.entries(manifest.exports)) {
    for (const target of [entry.types, entry.default]) {
      const file = join(packages, 'api', target.replace('*', 'errors'));
      expect([name, (await readFile(file, 'utf8')).length > 0]).toEqual([name, true]);
    }
  }
});
