import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startOurs, stopContenders, type Contender } from './api/contenders.ts';
import { startBenchDatabase } from './api/database.ts';
import { startGenerator } from './api/measure.ts';

const help = `Usage: npm run bench:soak -- [--minutes 10] [--pool 10]

Starts the server cold and warm, then loads it with charges, reads and batches, and prints how its memory goes.
`;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    pool: { type: 'string', default: '10' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(help);
} else {
  await soak(Number(values.minutes), Number(values.pool));
}

async function soak(minutes: number, poolSize: number): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => process.exit(1));
  }
  const database = await startBenchDatabase(poolSize);
  const started: Contender[] = [];
  process.once('exit', () => stopContenders(started));
  const start = async (title: string) => {
    const began = performance.now();
    const server = await startOurs(database);
    started.push(server);
    console.log(`${title}: ready after ${((performance.now() - began) / 1000).toFixed(2)} s`);
    return server;
  };
  try {
    // Of the server's process; the database runs already.
    const first = await start((await emptyFileCache()) ? 'Cold start' : 'Start (the file cache could not be emptied)');
    stopContenders([first]);
    const server = await start('Warm start');
    await setTimeout(5_000);
    console.log(`Idle: ${await residentMiB(server)} MiB resident`);
    const generator = startGenerator(database);
    const ends = performance.now() + minutes * 60_000;
    const seen: number[] = [];
    let calls = 0;
    while (performance.now() < ends) {
      const figures = await generator.run(
        server,
        [
          { workload: 'charge', callers: 8 },
          { workload: 'balance', callers: 8 },
          { workload: 'page', callers: 8 },
          { workload: 'desk', callers: 4 },
        ],
        Math.min(20, minutes * 60),
      );
      for (const { calls: made, failures, firstFailure } of figures) {
        calls += made;
        if (failures > 0) {
          throw new Error(`${failures} calls failed: ${firstFailure}`);
        }
      }
      seen.push(await residentMiB(server));
      const minute = (minutes - (ends - performance.now()) / 60_000).toFixed(1);
      console.log(`${minute.padStart(5)} min  ${seen.at(-1)} MiB resident, ${calls} calls so far`);
    }
    generator.close();
    await setTimeout(5_000);
    const third = Math.max(1, Math.floor(seen.length / 3));
    const [early, late] = [seen.slice(third, 2 * third), seen.slice(-third)].map((part) => Math.max(...part));
    console.log(
      `Idle again: ${await residentMiB(server)} MiB. Highest in the second third ${early}, in the last ${late} MiB.`,
    );
    stopContenders([server]);
    const problems = await database.ledgerProblems();
    console.log(problems === 0 ? 'The books balance.' : `${problems} problems in the books`);
  } finally {
    await database.stop();
  }
}

/** So that the next start reads its files from the disk; Linux lets only root do so. */
async function emptyFileCache(): Promise<boolean> {
  return writeFile('/proc/sys/vm/drop_caches', '3').then(
    () => true,
    () => false,
  );
}

async function residentMiB({ process: child }: Contender): Promise<number> {
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
  return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024);
}
