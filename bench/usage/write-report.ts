import { median } from '../statistics.ts';
import type { ChargeCost } from './charge-cost.ts';
import type { ReportTimes } from './measure-reports.ts';

export interface Facts {
  serverVersion: string;
  options: string;
  /** Processes that ran or waited to, a minute's average at the end, and how many can run. */
  machine: { load: number; cores: number };
  loads: {
    rows: number;
    loadSeconds: number;
    rollUpSeconds: number;
    ledgerBytes: number;
    totalsBytes: number;
    accountsBytes: number;
    totals: number;
  }[];
  charge: ChargeCost;
  export: { rows: number; seconds: number; bytes: number; rssBytesBefore: number; rssBytesPeak: number } | null;
}

/** The page, as Markdown. */
export function writeReport(results: readonly ReportTimes[], facts: Facts): string {
  const sizes = facts.loads.map(({ rows }) => rows);
  const reports = [...new Set(results.map(({ report }) => report))];
  const of = (name: string, rows: number) =>
    results.find((result) => result.report.name === name && result.rows === rows)!;
  const lines = [
    '# Reports: what the rollups bring, and what they cost',
    '',
    `Written by \`npm run bench:usage${facts.options && ` -- ${facts.options}`}\`; see \`bench/usage.ts\`. PostgreSQL ${facts.serverVersion}, embedded; the ledger's rows span three years at every size.`,
    'Each report is called as the API calls it, by an analyst, all sizes in turn; beside it the plain `GROUP BY` on the ledger that answers the same. Milliseconds, p50 / p95.',
    `The machine has ${facts.machine.cores} cores; ${facts.machine.load.toFixed(1)} processes wanted them at the end${facts.machine.load > 2 * facts.machine.cores ? ', so that times are several times what they are on a quiet one, p95 above all: only what is beside each other compares' : ''}.`,
    '',
    `| Report | ${sizes.map((rows) => `${label(rows)} rows | plain | times faster`).join(' | ')} |`,
    `| --- |${sizes.map(() => ' --- | --- | --- |').join('')}`,
    ...reports.map(
      ({ name }) =>
        `| ${name} | ${sizes
          .map((rows) => {
            const { times, plainTimes } = of(name, rows);
            return `${ms(median(times))} / ${ms(percentile95(times))} | ${ms(median(plainTimes))} | ${(median(plainTimes) / median(times)).toFixed(1)}`;
          })
          .join(' | ')} |`,
    ),
    '',
    '## Aims',
    '',
    ...aims(results, facts, sizes),
    '',
    '## Filling and keeping',
    '',
    '| Ledger rows | Load, s | First roll-up, s | Ledger with indexes | Running totals with index | Rows of these | Rollups of accounts with indexes |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...facts.loads.map(
      (load) =>
        `| ${label(load.rows)} | ${load.loadSeconds.toFixed(0)} | ${load.rollUpSeconds.toFixed(1)} | ${mega(load.ledgerBytes)} | ${mega(load.totalsBytes)} | ${load.totals} | ${mega(load.accountsBytes)} |`,
    ),
    '',
    `One charge: ${facts.charge.plainPerSecond.toFixed(0)} a second without what the rollups need, ${facts.charge.rolledPerSecond.toFixed(0)} with it: ` +
      `${percent(facts.charge.ratio)} more time (median of alternating rounds), ${percent(facts.charge.cpuRatio)} more CPU time of PostgreSQL's processes, which other work on the machine does not change; nothing flushed to disk, so that the CPU's share is at its largest. ` +
      `Rolling up takes ${facts.charge.rollUpMsPerThousand.toFixed(0)} ms per thousand charges, beside them.`,
    ...(facts.export
      ? [
          '',
          `CSV of ${label(facts.export.rows)} ledger rows over HTTP, from a server of its own: ${facts.export.seconds.toFixed(1)} s, ${mega(facts.export.bytes)}; ` +
            `memory of the server's process ${mega(facts.export.rssBytesBefore)} before, ${mega(facts.export.rssBytesPeak)} at most.`,
        ]
      : []),
    '',
  ];
  return lines.join('\n');
}

function aims(results: readonly ReportTimes[], facts: Facts, sizes: readonly number[]): string[] {
  const [smallest, largest] = [Math.min(...sizes), Math.max(...sizes)];
  const charts = results.filter(({ report, rows }) => report.isChart && rows === largest);
  const slowest = Math.max(...charts.map(({ times }) => percentile95(times)));
  const growth = Math.max(
    ...charts.map(({ report, times }) => {
      const small = results.find((result) => result.report === report && result.rows === smallest)!;
      return median(times.map((time, round) => time / small.times[round]!));
    }),
  );
  const speedUp = Math.min(...charts.map(({ times, plainTimes }) => median(plainTimes) / median(times)));
  return [
    `- Charts of 90 days and 3 years at ${label(largest)} rows: p95 of the slowest ${ms(slowest)} ms (aim: under 50).`,
    `- The same at ${label(smallest)} rows: at most ${growth.toFixed(2)} times as long at ${label(largest)} (aim: 1.3).`,
    `- Beside the plain query at ${label(largest)}: the least gain is ${speedUp.toFixed(0)} times (aim: 50).`,
    `- A charge: ${percent(facts.charge.cpuRatio)} more CPU time of PostgreSQL, ${percent(facts.charge.ratio)} more time in all (aim: at most 5 %).`,
  ];
}

function percentile95(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * 0.95) - 1)] ?? Number.NaN;
}

function percent(ratio: number): string {
  return `${((ratio - 1) * 100).toFixed(1)} %`;
}

function ms(value: number): string {
  return value < 10 ? value.toFixed(1) : value.toFixed(0);
}

function mega(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(0)} MiB`;
}

function label(rows: number): string {
  return rows % 1_000_000 === 0 ? `${rows / 1_000_000} M` : rows % 1_000 === 0 ? `${rows / 1_000} k` : String(rows);
}
