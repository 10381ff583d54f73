import { readFile, writeFile } from 'node:fs/promises';
import pg from 'pg';
import { startTestCluster } from '../testing/test-cluster.ts';
import { createTestDatabase } from '../testing/test-database.ts';
import { readCatalog } from './catalog.ts';
import { generateFiles, root } from './files.ts';

// `npm run docs`: writes what follows from the catalog; with --check it only says what is stale.
const isCheck = process.argv.includes('--check');

const cluster = await startTestCluster();
try {
  process.env['REELDESK_TEST_CLUSTER_URL'] = cluster.superuserUrl;
  const database = await createTestDatabase('migrated');
  const client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
  const catalog = await readCatalog(client);
  await client.end();
  await database.drop();
  const stale: string[] = [];
  for (const { path, content } of await generateFiles(catalog)) {
    if ((await readFile(`${root}${path}`, 'utf8').catch(() => '')) === content) {
      continue;
    }
    stale.push(path);
    if (!isCheck) {
      await writeFile(`${root}${path}`, content);
    }
  }
  console.log(
    stale.length === 0
      ? 'Everything is up to date.'
      : `${isCheck ? 'Stale, run npm run docs' : 'Written'}: ${stale.join(', ')}`,
  );
  process.exitCode = isCheck && stale.length > 0 ? 1 : 0;
} finally {
  await cluster.stop();
}
