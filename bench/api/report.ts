import { cpus, loadavg, totalmem } from 'node:os';
import { median, medianRatio } from '../statistics.ts';
import type { Contender } from './contenders.ts';
import { callersOf, type Figures, type Results } from './measure.ts';
import { ACCOUNTS } from './setting.ts';
import type { Starvation } from './starvation.ts';
import type { Workload } from './workloads.ts';

export interface Report {
  results: Results;
  contenders: readonly Contender[];
  /** Those that could not be had here, a sentence each. */
  missing: readonly string[];
  /** Node's version that the servers ran on. */
  node: string;
  directTitle: string;
  starvation: readonly Starvation[];
  ledgerProblems: number;
  serverVersion: string;
  rounds: number;
  seconds: number;
  poolSize: number;
}

const titles: Record<Workload, string> = {
  charge: `Charging ${ACCOUNTS.toLocaleString('en')} accounts`,
  hot: 'Charging one account',
  balance: 'Balance',
  page: 'Page of 50 active videos',
  desk: "The dashboard's page of an account: four calls in one streamed batch",
};

const goals: { workload: Workload; over: string; atLeast: number; text: string }[] = [
  { workload: 'charge', over: 'direct', atLeast: 0.45, text: 'Charging, of the function itself' },
  { workload: 'charge', over: 'postgraphile', atLeast: 2, text: 'Charging, of PostGraphile' },
  { workload: 'charge', over: 'models', atLeast: 4.5, text: 'Charging, of Prisma model calls' },
  { workload: 'balance', over: 'postgraphile', atLeast: 2.5, text: 'Balance, of PostGraphile' },
  { workload: 'page', over: 'postgraphile', atLeast: 2.5, text: 'Page of 50, of PostGraphile' },
  { workload: 'hot', over: 'direct', atLeast: 1.2, text: 'One account by 64 callers, of the function itself by 64' },
];

/** `docs/benchmarks/api.md`. */
export function writeReport(report: Report): string {
  const { results, missing, node, rounds, seconds, poolSize, serverVersion, ledgerProblems } = report;
  const [processor] = cpus();
  return [
    '# Calls over HTTP, measured',
    '',
    `> Written by \`npm run bench:api\` on ${new Date().toISOString().slice(0, 10)}: PostgreSQL ${serverVersion}, durable, \`synchronous_commit = on\`, all servers on Node.js ${node},`,
    `> ${cpus().length} cores (${processor?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB of memory, shared by the database, the server and the load.`,
    `> ${rounds} rounds of ${seconds} seconds each; ${poolSize} connections for each server. Load average of the last 15 minutes: ${loadavg()[2]?.toFixed(1)}. Only ratios are worth comparing, and only on an idle machine.`,
    '',
    '## In short',
    '',
    '<!-- begin summary -->',
    '',
    '| Reeldesk over HTTP | asked for | measured |',
    '| --- | ---: | ---: |',
    ...goals.flatMap(({ workload, over, atLeast, text }) => {
      const ratio = ratioOf(results, workload, 'ours', over);
      return ratio === null ? [] : [`| ${text} | ${atLeast} | ${ratio.toFixed(2)} |`];
    }),
    '',
    ledgerProblems === 0
      ? 'The books balance at the end: `private.ledger_problems()` finds nothing in either database.'
      : `**The books do not balance: ${ledgerProblems} problems.**`,
    failuresOf(report),
    ...missing,
    '',
    '<!-- end summary -->',
    '',
    ...[...results].flatMap(([workload, byContender]) => table(report, workload, byContender)),
    ...starvationTable(report.starvation),
    '## What was measured',
    '',
    'A generator in a process of its own keeps one HTTP connection per caller and checks status and body of every answer. Each round gives every',
    "contender the same seconds, in turns; a ratio is the median of the rounds' own ratios, milliseconds are medians over the rounds. Each call",
    "comes from the account's owner with his own HS256 token, which every server checks. Reeldesk is the product's own command with log, metrics,",
    'limits (set too high to strike), security headers and the role of the caller in the database. The bare adapters and PostGraphile check the',
    "token and do nothing else of that. Prisma's models write to a twin database without its guards, as its owner: their own code keeps the books.",
    'The HTTP that supabase-js sends comes from the same generator, not from supabase-js itself. The function itself is called with as many',
    'connections as callers and no HTTP, by a back end whose claims are set once for each connection.',
    '',
  ].join('\n');
}

function ratioOf(results: Results, workload: Workload, key: string, over: string): number | null {
  const own = results.get(workload)?.get(key);
  const other = results.get(workload)?.get(over);
  return own && other ? medianRatio(rates(own), rates(other)) : null;
}

function rates(figures: readonly Figures[]): number[] {
  return figures.map(({ perSecond }) => perSecond);
}

function table(report: Report, workload: Workload, byContender: Map<string, Figures[]>): string[] {
  const { contenders, directTitle, results } = report;
  const order = ['direct', 'ours', ...contenders.map(({ key }) => key).filter((key) => key !== 'ours')];
  const base = byContender.has('direct') ? 'direct' : 'ours';
  return [
    `## ${titles[workload]}, ${callersOf[workload]} callers`,
    '',
    `| Way | ratio to ${base === 'direct' ? 'the function itself' : 'Reeldesk'} | Reeldesk is so many times as fast | a second | p50 ms | p99 ms | server's CPU ms a call |`,
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...order.flatMap((key) => {
      const figures = byContender.get(key);
      if (!figures) {
        return [];
      }
      const title = key === 'direct' ? directTitle : contenders.find((each) => each.key === key)!.title;
      const cell = (value: number | null, digits: number) => (value === null ? '' : value.toFixed(digits));
      const middle = (of: (each: Figures) => number) => median(figures.map(of));
      return [
        [
          title,
          cell(ratioOf(results, workload, key, base), 2),
          cell(ratioOf(results, workload, 'ours', key), 2),
          cell(
            middle(({ perSecond }) => perSecond),
            0,
          ),
          cell(
            middle(({ p50 }) => p50),
            1,
          ),
          cell(
            middle(({ p99 }) => p99),
            1,
          ),
          key === 'direct'
            ? ''
            : cell(
                middle(({ cpuMs }) => cpuMs ?? Number.NaN),
                2,
              ),
        ]
          .join(' | ')
          .replace(/^.*$/, '| $& |'),
      ];
    }),
    '',
  ];
}

function failuresOf({ results, contenders }: Report): string {
  const failed = contenders.flatMap(({ key, title }) => {
    const all = [...results.values()].flatMap((byContender) => byContender.get(key) ?? []);
    const failures = all.reduce((sum, each) => sum + each.failures, 0);
    const calls = all.reduce((sum, each) => sum + each.calls, 0);
    return failures > 0 ? [`${title}: ${failures} of ${calls}`] : [];
  });
  return failed.length === 0
    ? 'Every call of every contender was answered with 200 and the body it should have.'
    : `Calls that were not answered as they should be, and do not count: ${failed.join('; ')}. All others were.`;
}

function starvationTable(starvation: readonly Starvation[]): string[] {
  if (starvation.length === 0) {
    return [];
  }
  return [
    '## One hammered account, and the others',
    '',
    'Eight callers charge accounts of their own while 64 others charge as well:',
    '',
    '| The 64 others charge | the eight: a second | p50 ms | p99 ms |',
    '| --- | ---: | ---: | ---: |',
    ...starvation.map(
      ({ others, perSecond, p50, p99 }) =>
        `| ${others} | ${perSecond.toFixed(0)} | ${p50.toFixed(1)} | ${p99.toFixed(1)} |`,
    ),
    '',
  ];
}
