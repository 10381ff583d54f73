import { readFile, writeFile } from 'node:fs/promises';
import { generateApiDocs, root } from './files.ts';

// Part of `npm run docs`: writes the pages that follow from the router and the catalogue.
for (const { path, content } of generateApiDocs()) {
  if ((await readFile(`${root}${path}`, 'utf8').catch(() => '')) !== content) {
    await writeFile(`${root}${path}`, content);
    console.log(`Written: ${path}`);
  }
}
