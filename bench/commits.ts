import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { exists, startOurs, stopContenders, type Contender } from './api/contenders.ts';
import { startBenchDatabase, type BenchDatabase, type DatabaseParts } from './api/database.ts';
import { callersOf, measure, startGenerator, type Generator } from './api/measure.ts';
import { workloads } from './api/workloads.ts';
import { median, medianRatio } from './statistics.ts';

const help = `Usage: npm run bench:commits -- <before> [<after>] [--rounds 5] [--seconds 2] [--workloads charge,balance,page]

Measures what a change gives: the server of one commit beside that of another, each on a PostgreSQL that it has started
and migrated itself. Without a second commit, the working tree, as it was built last, stands beside the first.
`;

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    workloads: { type: 'string', default: 'charge,balance,page' },
    help: { type: 'boolean', default: false },
  },
});
const [before, after = null] = positionals;
if (values.help || before === undefined) {
  process.stdout.write(help);
} else {
  await compareCommits(before, after);
}

interface Side {
  database: BenchDatabase;
  generator: Generator;
  server: Contender;
}

async function compareCommits(first: string, second: string | null): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => process.exit(1));
  }
  const sides: Side[] = [];
  process.once('exit', () => stopContenders(sides.map(({ server }) => server)));
  try {
    for (const folder of [await build(first), second === null ? root : await build(second)]) {
      sides.push(await start(folder, sides.length === 0 ? 'before' : 'after'));
    }
    const both = async (act: (database: BenchDatabase) => Promise<void>) => {
      await Promise.all(sides.map(async ({ database }) => act(database)));
    };
    const results = await measure(
      { settle: () => both((database) => database.settle()), tidy: () => both((database) => database.tidy()) },
      null,
      sides.map(({ server }) => server),
      {
        run: (contender, ...order) =>
          sides.find(({ server }) => server === contender)!.generator.run(contender, ...order),
        close: () => undefined,
      },
      {
        rounds: Number(values.rounds),
        seconds: Number(values.seconds),
        say: console.log,
        wanted: (workload) => values.workloads.split(',').includes(workload),
      },
    );
    console.log(`\nCalls a second of ${second ?? 'the working tree'} as a multiple of ${first}'s:`);
    for (const workload of workloads) {
      const figures = results.get(workload);
      const [old, next] = ['before', 'after'].map((key) => figures?.get(key)?.map(({ perSecond }) => perSecond) ?? []);
      if (figures) {
        const ratio = medianRatio(next!, old!).toFixed(2);
        console.log(
          `${workload}, ${callersOf[workload]} callers: ${ratio} (${median(old!).toFixed(0)} a second before)`,
        );
      }
    }
  } finally {
    for (const { server, generator, database } of sides) {
      generator.close();
      stopContenders([server]);
      await database.stop();
    }
  }
}

async function start(folder: string, key: string): Promise<Side> {
  const load = async <T>(path: string) => (await import(pathToFileURL(join(folder, path)).href)) as T;
  const database = await startBenchDatabase(10, {
    ...(await load<Pick<DatabaseParts, 'startEmbeddedPostgres'>>('packages/db/dist/embedded-postgres.js')),
    ...(await load<Pick<DatabaseParts, 'prepareLocalDatabase'>>('apps/server/dist/embedded/local-database.js')),
  });
  try {
    const server = await startOurs(database, { from: folder });
    return { database, generator: startGenerator(database), server: { ...server, key } };
  } catch (error) {
    await database.stop();
    throw error;
  }
}

/** The commit's files, installed and built by its own command; kept for the next time. */
async function build(commit: string): Promise<string> {
  const { stdout } = await run('git', ['rev-parse', '--verify', `${commit}^{commit}`], { cwd: root });
  const folder = join(root, '.cache', 'commits', stdout.trim());
  const built = join(folder, 'built');
  if (!(await exists(built))) {
    console.log(`Building ${commit}`);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const archive = join(folder, 'files.tar');
    await run('git', ['archive', '--output', archive, stdout.trim()], { cwd: root });
    await run('tar', ['-xf', archive, '-C', folder]);
    await run('npm', ['run', 'build'], { cwd: folder });
    await writeFile(built, '');
  }
  return folder;
}
