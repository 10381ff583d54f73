import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { startContenders, stopContenders } from './api/contenders.ts';
import { startBenchDatabase } from './api/database.ts';
import { openDirect } from './api/direct.ts';
import { measure, startGenerator } from './api/measure.ts';
import { writeReport } from './api/report.ts';
import { measureStarvation } from './api/starvation.ts';
import { workloads } from './api/workloads.ts';

const help = `Usage: npm run bench:api -- [--rounds 3] [--seconds 3] [--pool 10] [--workloads ${workloads.join(',')}] [--contenders ours,node,…] [--output <file>]

Measures calls over HTTP, side by side with what else could serve the same functions of the same database.
`;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '3' },
    pool: { type: 'string', default: '10' },
    workloads: { type: 'string', default: workloads.join(',') },
    contenders: { type: 'string', default: 'ours,node,fastify,models,lite,postgraphile' },
    output: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(help);
} else {
  await run();
}

async function run(): Promise<void> {
  const [rounds, seconds, poolSize] = [values.rounds, values.seconds, values.pool].map(Number) as [
    number,
    number,
    number,
  ];
  const started = performance.now();
  const say = (message: string) =>
    console.log(`${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s  ${message}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => process.exit(1));
  }
  say('Making the database');
  const database = await startBenchDatabase(poolSize);
  try {
    const { contenders, missing, node } = await startContenders(database, (key) =>
      values.contenders.split(',').includes(key),
    );
    process.once('exit', () => stopContenders(contenders));
    const direct = await openDirect(database);
    const generator = startGenerator(database);
    say(`Measuring ${direct.title}; ${contenders.map(({ title }) => title).join('; ')}`);
    const results = await measure(database, direct, contenders, generator, {
      rounds,
      seconds,
      say,
      wanted: (workload) => values.workloads.split(',').includes(workload),
    });
    const ours = contenders.find(({ key }) => key === 'ours');
    const starvation =
      ours && values.workloads.includes('hot') ? await measureStarvation(ours, generator, rounds, seconds) : [];
    generator.close();
    await direct.close();
    stopContenders(contenders);
    say('Checking the books');
    const ledgerProblems = await database.ledgerProblems();
    const page = writeReport({
      results,
      contenders,
      missing,
      node,
      directTitle: direct.title,
      starvation,
      ledgerProblems,
      serverVersion: database.serverVersion,
      rounds,
      seconds,
      poolSize,
    });
    console.log(page);
    if (values.output !== undefined) {
      await mkdir(dirname(values.output), { recursive: true });
      await writeFile(values.output, page);
      await quoteSummary(page, join(dirname(values.output), '..', 'performance.md'));
    }
    if (ledgerProblems > 0) {
      process.exitCode = 1;
    }
  } finally {
    await database.stop();
  }
}

/** Puts the page's summary where the documentation quotes it. */
async function quoteSummary(page: string, file: string): Promise<void> {
  const marked = /<!-- begin summary -->[\s\S]*<!-- end summary -->/;
  const [summary = ''] = marked.exec(page) ?? [];
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text !== null) {
    await writeFile(
      file,
      text.replace(marked, () => summary),
    );
  }
}
