import { median, medianRatio } from '../statistics.ts';
import type { ChargeCost } from '../usage/charge-cost.ts';
import type { DeskData } from './data.ts';
import type { DeskFigures } from './measure.ts';

export interface Facts {
  data: readonly DeskData[];
  serverVersion: string;
  rounds: number;
  /** A charge with the refund queue, its triggers and the indexes that came with it, beside one without them. */
  charge: ChargeCost;
  options: readonly string[];
  machine: { load: number; cores: number };
}

const AIM_MS = 50;
const AIM_GROWTH = 1.5;

/** The page, as Markdown. */
export function writeReport(figures: readonly DeskFigures[], facts: Facts): string {
  const [small, large] = facts.data as [DeskData, DeskData];
  const slow = figures.filter(({ times }) => percentile95(times[1]!) >= AIM_MS);
  const grown = figures.filter((figure) => !figure.query.isCount && growth(figure) > AIM_GROWTH);
  const busy = facts.machine.load > 2 * facts.machine.cores;
  const lines = [
    '# The desk over a million rows',
    '',
    `Written by \`npm run bench:desk${facts.options.length > 0 ? ` -- ${facts.options.join(' ')}` : ''}\`; see \`bench/desk.ts\`. PostgreSQL ${facts.serverVersion}, embedded.`,
    `Each query that a page of the dashboard sends, over HTTP through the product's own server, by an admin: ${facts.rounds} rounds after a warm-up, both sizes in turn. Milliseconds, p50 / p95, the whole answer included.`,
    `The machine has ${facts.machine.cores} cores; ${facts.machine.load.toFixed(1)} processes wanted them at the end${busy ? ', so that times are a multiple of those on a quiet one' : ''}.`,
    '',
    '| | Videos | Accounts | Ledger rows | Audit rows |',
    '| --- | --- | --- | --- | --- |',
    ...facts.data.map(
      ({ videos, accounts, ledgerRows, auditRows }) =>
        `| ${label(videos)} | ${number(videos)} | ${number(accounts)} | ${number(ledgerRows)} | ${number(auditRows)} |`,
    ),
    '',
    "The largest account has a fiftieth of all videos. Growth is the median of the rounds' own ratios; a query marked * counts or sorts all that match, which no page of rows can do.",
    '',
    `| Page | Query | ${label(small.videos)} | ${label(large.videos)} | Growth |`,
    '| --- | --- | --- | --- | --- |',
    ...figures.map(
      (figure) =>
        `| ${figure.query.page} | ${figure.query.name}${figure.query.isCount ? ' *' : ''} | ${pair(figure.times[0]!)} | ${pair(figure.times[1]!)} | ${ratio(growth(figure))} |`,
    ),
    '',
    '## Aims',
    '',
    `- p95 under ${AIM_MS} ms at ${label(large.videos)}: ${slow.length === 0 ? 'every query' : `all but ${slow.map(named).join(', ')}`}.`,
    `- A charge takes ${percent(facts.charge.ratio)} more time and ${percent(facts.charge.cpuRatio)} more CPU time of PostgreSQL with the refund queue's triggers and the indexes that came with it (alternating rounds, nothing flushed to disk).`,
    `- Growth of at most ${AIM_GROWTH} where a page of rows is all that is asked for: ${grown.length === 0 ? 'every query' : `all but ${grown.map(named).join(', ')}`}.`,
    '',
  ];
  return lines.join('\n');
}

function named(figure: DeskFigures): string {
  const { query, times } = figure;
  return `${query.page} “${query.name}” (${ms(percentile95(times[1]!))} ms, ${ratio(growth(figure))})`;
}

function growth({ times: [small, large], alike }: DeskFigures): number {
  return medianRatio(alike ?? large!, small!);
}

function pair(times: readonly number[]): string {
  return `${ms(median(times))} / ${ms(percentile95(times))}`;
}

function percentile95(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * 0.95) - 1)] ?? Number.NaN;
}

function ratio(value: number): string {
  return Number.isNaN(value) ? '–' : value.toFixed(2);
}

function percent(factor: number): string {
  return `${((factor - 1) * 100).toFixed(1)} %`;
}

function ms(value: number): string {
  return value < 10 ? value.toFixed(1) : value.toFixed(0);
}

function number(value: number): string {
  return value.toLocaleString('en');
}

function label(videos: number): string {
  return videos % 1_000_000 === 0 ? `${videos / 1_000_000} M` : number(videos);
}
