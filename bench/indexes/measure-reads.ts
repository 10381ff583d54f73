import type pg from 'pg';
import { type IndexSet, showOnly } from './index-sets.ts';
import { readPlan, type Plan, type PlanNode } from './plan.ts';
import type { ReadQuery } from './read-queries.ts';

export interface ReadFigures {
  /** Milliseconds of each round, in the order of the rounds. */
  times: number[];
  plan: Plan;
}

/** Figures by query and index set. */
export type ReadResults = Map<string, Map<string, ReadFigures>>;

export const rounds = 4;
const repetitionsAtMost = 15;
const millisecondsAtLeast = 25;

/** Runs every query with every index set, sets taking turns in each round. `client` is a superuser's. */
export async function measureReads(
  client: pg.Client,
  sets: IndexSet[],
  queries: ReadQuery[],
  accounts: number,
): Promise<ReadResults> {
  const results: ReadResults = new Map(queries.map(({ key }) => [key, new Map()]));
  for (let round = 0; round < rounds; round++) {
    for (const set of rotated(sets, round)) {
      await showOnly(client, set, accounts);
      for (const query of queries) {
        const time = await timeOf(client, query);
        const bySet = results.get(query.key);
        const figures = bySet?.get(set.key) ?? { times: [], plan: await planOf(client, query) };
        figures.times.push(time);
        bySet?.set(set.key, figures);
      }
    }
  }
  return results;
}

function rotated<T>(items: T[], by: number): T[] {
  const at = by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}

/** The best of some repetitions, as the server measures them: what others do on the machine only ever adds. */
async function timeOf(client: pg.Client, query: ReadQuery): Promise<number> {
  let best = Infinity;
  await asCaller(client, query, async () => {
    for (let count = 0, total = 0; count === 0 || (total < millisecondsAtLeast && count < repetitionsAtMost); count++) {
      const { rows } = await client.query<{ 'QUERY PLAN': [{ 'Execution Time': number }] }>(
        `explain (analyze, timing off, buffers off, format json) ${query.sql}`,
      );
      const time = rows[0]?.['QUERY PLAN'][0]['Execution Time'] ?? Infinity;
      best = Math.min(best, time);
      total += time;
    }
  });
  return best;
}

/** The plan as it ran, those of statements inside functions included. */
async function planOf(client: pg.Client, query: ReadQuery): Promise<Plan> {
  const inner: PlanNode[] = [];
  const listen = ({ message }: { message?: string | undefined }) => {
    const json = /plan:\n(\{[\s\S]*)$/.exec(message ?? '')?.[1];
    if (json !== undefined) {
      inner.push((JSON.parse(json) as { Plan: PlanNode }).Plan);
    }
  };
  client.on('notice', listen);
  try {
    await client.query(`load 'auto_explain'`);
    await client.query(`select set_config('auto_explain.log_min_duration', '0', false), set_config('auto_explain.log_nested_statements', 'on', false),
      set_config('auto_explain.log_analyze', 'on', false), set_config('auto_explain.log_buffers', 'on', false),
      set_config('auto_explain.log_timing', 'off', false), set_config('auto_explain.log_format', 'json', false),
      set_config('auto_explain.log_level', 'notice', false)`);
    let outer: PlanNode | undefined;
    await asCaller(client, query, async () => {
      inner.length = 0;
      const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
        `explain (analyze, timing off, buffers, format json) ${query.sql}`,
      );
      outer = rows[0]?.['QUERY PLAN'][0].Plan;
    });
    const seen = inner.filter((node) => JSON.stringify(node).includes('"videos"'));
    return readPlan(/^select (\* from )?public\./.test(query.sql) ? seen : outer ? [outer] : []);
  } finally {
    client.off('notice', listen);
    await client.query(`select set_config('auto_explain.log_min_duration', '-1', false)`);
  }
}

async function asCaller(client: pg.Client, query: ReadQuery, run: () => Promise<void>): Promise<void> {
  await client.query('begin');
  try {
    await client.query(
      `select set_config('request.jwt.claims', $2, true), set_config('request.jwt.claim.sub', $3, true),
        set_config('request.jwt.claim.role', $1, true), set_config('role', $1, true)`,
      [query.role, JSON.stringify({ sub: query.caller, role: query.role }), query.caller ?? ''],
    );
    await run();
  } finally {
    await client.query('rollback');
  }
}
