import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '@reeldesk/db/embedded-postgres';
import { migrate } from '@reeldesk/db/migrate';
import { applySupabaseShim } from '@reeldesk/db/supabase-shim';
import pg from 'pg';
import { loadAccounts, loadVideos } from './indexes/data.ts';
import { checkChosenSet, indexSets } from './indexes/index-sets.ts';
import { measureReads, type ReadResults } from './indexes/measure-reads.ts';
import { measureWrites } from './indexes/measure-writes.ts';
import { readQueries } from './indexes/read-queries.ts';
import { writeReport } from './indexes/report.ts';

const help = `Usage: npm run bench:indexes -- [--videos 1000000] [--deleted 1,10,30,70] [--output <file>]

Measures the indexes of the table videos: lists, counts, writes, sizes. A full run takes about eight minutes on two cores.
`;

const { values } = parseArgs({
  options: {
    videos: { type: 'string', default: '1000000' },
    deleted: { type: 'string', default: '1,10,30,70' },
    output: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(help);
} else {
  await run(wholeNumber(values.videos), values.deleted.split(',').map(wholeNumber));
}

function wholeNumber(text: string): number {
  if (!/^[0-9]+$/.test(text)) {
    throw new Error(`${text} is not a whole number.\n${help}`);
  }
  return Number(text);
}

async function run(videos: number, deletedPercents: number[]): Promise<void> {
  if (videos < 40_000) {
    throw new Error('Fewer than 40,000 videos make too few accounts to measure.');
  }
  const started = performance.now();
  const say = (message: string) =>
    console.log(`${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s  ${message}`);
  const folder = await mkdtemp(join(tmpdir(), 'reeldesk-bench-'));
  await chmod(folder, 0o711);
  const postgres = await startEmbeddedPostgres({
    dataDir: folder,
    superuserPassword: randomBytes(16).toString('hex'),
    durable: false,
  });
  // The server ends with this process, asked for by its exit.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => process.exit(1));
  }
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  try {
    const client = await openMigrated(postgres.superuserUrl('postgres'));
    await checkChosenSet(client);
    const small = await loadAccounts(client, videos);
    const reads = new Map<number, ReadResults>();
    for (const percent of deletedPercents) {
      say(`Loading ${videos} videos, ${percent} % of them deleted`);
      await loadVideos(client, videos, small, percent);
      say('Reading');
      reads.set(percent, await measureReads(client, indexSets, readQueries, small + 1));
    }
    say('Loading 10 % deleted, once per index set');
    await loadVideos(client, videos, small, 10);
    const writes = await measureWrites(client);
    say('Done');
    const { rows } = await client.query<{ version: string }>(`select current_setting('server_version') as version`);
    await client.end();
    const page = writeReport({
      videos,
      small,
      reads,
      writes,
      serverVersion: rows[0]?.version ?? '',
      options: givenOptions(),
    });
    console.log(page);
    if (values.output !== undefined) {
      await mkdir(join(values.output, '..'), { recursive: true });
      await writeFile(values.output, page);
    }
  } finally {
    await postgres.stop();
  }
}

/** As they were given, but for where to write: that is the script's. */
function givenOptions(): string[] {
  return process.argv.slice(2).filter((each, at, all) => each !== '--output' && all[at - 1] !== '--output');
}

/** A database as the migrations make it; the connection is a superuser's. */
async function openMigrated(url: string): Promise<pg.Client> {
  await applySupabaseShim({ url });
  await migrate({ url, directory: fileURLToPath(new URL('../../supabase/migrations/', import.meta.url)) });
  const client = new pg.Client({ connectionString: url });
  // After a failure it ends with the server; the failure itself is what is to be told.
  client.on('error', () => undefined);
  await client.connect();
  await client.query(`set maintenance_work_mem = '256MB'`);
  return client;
}
