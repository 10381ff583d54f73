import { cpus, totalmem } from 'node:os';
import { median, medianRatio } from '../statistics.ts';
import { indexSets } from './index-sets.ts';
import { rounds, type ReadResults } from './measure-reads.ts';
import { rowsPerStep, writeKinds, writeRounds, type WriteFigures, type WriteKind } from './measure-writes.ts';
import { readQueries } from './read-queries.ts';

export interface Results {
  videos: number;
  /** Small accounts; there is one large one. */
  small: number;
  /** By percent of deleted videos. */
  reads: Map<number, ReadResults>;
  writes: Map<string, WriteFigures>;
  serverVersion: string;
  options: string[];
}

/** `docs/benchmarks/indexes.md`. */
export function writeReport(results: Results): string {
  const { videos, small, reads, serverVersion, options } = results;
  const [processor] = cpus();
  const shown = [...reads.keys()];
  return [
    '# Indexes of `videos`, measured',
    '',
    `> Written by \`npm run bench:indexes${options.length > 0 ? ` -- ${options.join(' ')}` : ''}\` on ${new Date().toISOString().slice(0, 10)}: PostgreSQL ${serverVersion} as it comes, Node.js ${process.versions.node},`,
    `> ${cpus().length} cores (${processor?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB of memory, all data cached. Milliseconds are this machine's; the factors are what to read.`,
    '',
    '## In short',
    '',
    '<!-- begin summary -->',
    '',
    ...summary(results),
    '',
    '<!-- end summary -->',
    '',
    '## What was measured',
    '',
    `${videos.toLocaleString('en')} videos over two years, a fifth of them in one large account, the others in ${small.toLocaleString('en')} small ones of about 40;`,
    `${shown.join(', ')} % soft-deleted; the newest 0.2 % in progress. Queries are those of \`packages/db/src/\` and of the SQL functions, run under`,
    'row level security as the role that runs them. Times are the execution times that the server itself reports, best of up to 15',
    `repetitions; ${rounds} rounds in which the index sets take turns; a factor is the median over the rounds of "this set / the old index".`,
    '',
    'Index sets:',
    '',
    ...indexSets.map(
      ({ key, title, indexes }) => `- **${key}**: ${title}. ${indexes.map((name) => `\`${name}\``).join(', ')}`,
    ),
    '',
    'The hint: `alter table public.videos alter column user_id set (n_distinct = -0.001)`. A policy compares `user_id` with a value that the',
    'planner learns too late, so it expects an account of average size, reads it whole and sorts it; told of larger accounts, it walks the index',
    'of the list. Sets without the hint know the true number of accounts.',
    '',
    '## Reading',
    '',
    ...[...reads].flatMap(([percent, byQuery]) => [
      `### ${percent} % deleted, milliseconds`,
      '',
      ...readTable(byQuery),
      '',
    ]),
    '## Writing',
    '',
    `${rowsPerStep.toLocaleString('en')} rows a step, ${writeRounds} rounds, into copies of the table with 10 % deleted. Rows a second, as a factor of the old index's; in brackets bytes of write-ahead log per row.`,
    '',
    ...writeTable(results.writes),
    '',
    '## Plans',
    '',
    'How `videos` was read, for each statement inside a function too, and how many blocks (of 8 KiB) that took.',
    '',
    ...[...reads]
      .filter(([percent], at) => percent === 10 || at === reads.size - 1)
      .flatMap(([percent, byQuery]) => plans(percent, byQuery)),
  ].join('\n');
}

function readTable(byQuery: ReadResults): string[] {
  return [
    `| Query | ${indexSets.map(({ key }) => key).join(' | ')} | chosen / old | chosen / full |`,
    `| --- |${' ---: |'.repeat(indexSets.length + 2)}`,
    ...readQueries.map(({ key, title }) => {
      const bySet = byQuery.get(key);
      const times = (set: string) => bySet?.get(set)?.times ?? [];
      const cells = indexSets.map((set) => milliseconds(median(times(set.key))));
      return `| ${title} | ${cells.join(' | ')} | ${factor(medianRatio(times('chosen'), times('old')))} | ${factor(medianRatio(times('chosen'), times('full')))} |`;
    }),
  ];
}

function writeTable(writes: Map<string, WriteFigures>): string[] {
  const titles: Record<WriteKind, string> = { insert: 'Insert', status: 'Two status moves', delete: 'Soft delete' };
  const old = writes.get('old');
  return [
    `| Index set | Size of the indexes | ${writeKinds.map((kind) => titles[kind]).join(' | ')} |`,
    '| --- | ---: | ---: | ---: | ---: |',
    ...[...writes].map(([key, figures]) => {
      const cells = writeKinds.map((kind) => {
        const slower = medianRatio(figures.times[kind], old?.times[kind] ?? []);
        return `${(1 / slower).toFixed(2)} (${Math.round(figures.walPerRow[kind])})`;
      });
      return `| ${key} | ${Math.round(figures.indexBytes / 2 ** 20)} MiB | ${cells.join(' | ')} |`;
    }),
  ];
}

function plans(percent: number, byQuery: ReadResults): string[] {
  return [
    `<details><summary>${percent} % deleted</summary>`,
    '',
    ...readQueries.flatMap(({ key, title }) => [
      `${title}:`,
      '',
      ...indexSets.map((set) => `- ${set.key}: ${byQuery.get(key)?.get(set.key)?.plan.text ?? ''}`),
      '',
    ]),
    '</details>',
    '',
  ];
}

function summary({ reads, writes }: Results): string[] {
  const percents = [...reads.keys()];
  const perPercent = (query: string, set: string, baseline: string) =>
    percents.map((percent) => {
      const bySet = reads.get(percent)?.get(query);
      return medianRatio(bySet?.get(set)?.times ?? [], bySet?.get(baseline)?.times ?? []);
    });
  const line = (query: string, set: string, against: string) =>
    `| ${readQueries.find(({ key }) => key === query)?.title} | ${set} / ${against} | ${perPercent(query, set, against).map(change).join(' | ')} |`;
  const lists = ['own-active', 'own-deleted', 'counts'].flatMap((query) => [`${query}-large`, `${query}-small`]);
  const chosen = writes.get('chosen');
  const old = writes.get('old');
  const log = (kind: WriteKind) =>
    `${Math.round(chosen?.walPerRow[kind] ?? 0)} instead of ${Math.round(old?.walPerRow[kind] ?? 0)}`;
  return [
    'Time, by share of deleted rows. **old** is the old index alone, on (user_id); **full** one on (user_id, created_at) alone; **partial** the partial',
    'indexes alone; **chosen** what the migrations make: the partial ones, the old one, one by time, and a hint for the planner.',
    '',
    `| Query | Time of | ${percents.map((percent) => `${percent} % deleted`).join(' | ')} |`,
    `| --- | --- |${' ---: |'.repeat(percents.length)}`,
    ...lists.flatMap((query) => [
      line(query, 'partial', 'old'),
      line(query, 'chosen', 'old'),
      line(query, 'chosen', 'full'),
    ]),
    ...['all-active', 'all-deleted', 'all-in-progress'].map((query) => line(query, 'chosen', 'old')),
    '',
    `What they cost, compared with the old index alone: ${log('insert')} bytes of write-ahead log to insert a video,`,
    `${log('status')} to move its status twice, ${log('delete')} to soft-delete it;`,
    `${Math.round((chosen?.indexBytes ?? 0) / 2 ** 20)} MiB of indexes instead of ${Math.round((old?.indexBytes ?? 0) / 2 ** 20)}. Times, which vary more from run to run, are below.`,
  ];
}

function milliseconds(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 1 ? value.toFixed(1) : value.toFixed(3);
}

function factor(value: number): string {
  return value >= 0.1 ? value.toFixed(2) : value.toPrecision(1);
}

/** -62 %, +15 %, or which part of it when percents no longer tell. */
function change(ratio: number): string {
  if (ratio < 0.001) {
    return 'under 1/1000';
  }
  if (ratio < 0.1) {
    return `1/${Math.round(1 / ratio)}`;
  }
  const percent = Math.round((ratio - 1) * 100);
  return `${percent > 0 ? '+' : ''}${percent} %`.replace('-', '−');
}
