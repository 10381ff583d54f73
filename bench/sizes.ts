import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { startOurs, stopContenders, type Contender } from './api/contenders.ts';
import { startBenchDatabase } from './api/database.ts';
import { callersOf, measure, startGenerator, type Figures, type Results } from './api/measure.ts';
import type { Workload } from './api/workloads.ts';
import { median, medianRatio } from './statistics.ts';

const help = `Usage: npm run bench:sizes -- [--rounds 5] [--seconds 2] [--output <file>]

Measures the server with other numbers of connections, and of calls that may share a statement, side by side with its own.
`;

/** Statements of shared calls under way at once, of reads and of writes each, are a fifth of the connections. */
interface Size {
  connections: number;
  callsPerStatement: number;
}

const sizes: readonly Size[] = [
  { connections: 10, callsPerStatement: 16 },
  { connections: 5, callsPerStatement: 16 },
  { connections: 15, callsPerStatement: 16 },
  { connections: 20, callsPerStatement: 16 },
  { connections: 30, callsPerStatement: 16 },
  { connections: 10, callsPerStatement: 1 },
  { connections: 10, callsPerStatement: 8 },
  { connections: 10, callsPerStatement: 32 },
];
const wanted: readonly Workload[] = ['charge', 'hot', 'balance', 'page'];

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    output: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(help);
} else {
  await run(Number(values.rounds), Number(values.seconds), values.output);
}

async function run(rounds: number, seconds: number, output: string | undefined): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => process.exit(1));
  }
  const database = await startBenchDatabase(sizes[0]!.connections);
  const servers: Contender[] = [];
  process.once('exit', () => stopContenders(servers));
  try {
    for (const size of sizes) {
      const env = { POOL_SIZE: String(size.connections), CALLS_PER_STATEMENT: String(size.callsPerStatement) };
      servers.push({ ...(await startOurs(database, { env })), key: keyOf(size) });
    }
    const generator = startGenerator(database);
    const results = await measure(database, null, servers, generator, {
      rounds,
      seconds,
      say: console.log,
      wanted: (workload) => wanted.includes(workload),
    });
    generator.close();
    const page = report(results, rounds, seconds);
    console.log(page);
    if (output !== undefined) {
      await mkdir(dirname(output), { recursive: true });
      await writeFile(output, page);
    }
  } finally {
    stopContenders(servers);
    await database.stop();
  }
}

function keyOf({ connections, callsPerStatement }: Size): string {
  return `${connections}x${callsPerStatement}`;
}

function report(results: Results, rounds: number, seconds: number): string {
  const cells = (size: Size) =>
    wanted.map((workload) => {
      const figures = results.get(workload)!;
      const [own, base] = [size, sizes[0]!].map((each) => figures.get(keyOf(each))!) as [Figures[], Figures[]];
      const ratio = medianRatio(
        own.map(({ perSecond }) => perSecond),
        base.map(({ perSecond }) => perSecond),
      );
      return `${ratio.toFixed(2)} (${median(own.map(({ p99 }) => p99)).toFixed(0)} ms)`;
    });
  return [
    '# Sizes of the pool and of shared statements',
    '',
    `> Written by \`npm run bench:sizes\` on ${new Date().toISOString().slice(0, 10)}: ${rounds} rounds of ${seconds} seconds each, on ${cpus().length} cores, all sizes in turn in each round.`,
    '',
    "Calls a second as a multiple of the first row's, the median of the rounds' own ratios, and in brackets the p99. The first row is the default.",
    'A fifth of the connections may have a shared statement of reads under way, and a fifth one of writes.',
    '',
    `| connections | calls in a statement | ${wanted.map((workload) => `${workload}, ${callersOf[workload]} callers`).join(' | ')} |`,
    `| ---: | ---: | ${wanted.map(() => '---:').join(' | ')} |`,
    ...sizes.map((size) => `| ${size.connections} | ${size.callsPerStatement} | ${cells(size).join(' | ')} |`),
    '',
  ].join('\n');
}
