import { median } from '../statistics.ts';
import type { Contender } from './contenders.ts';
import type { Generator } from './measure.ts';

/** What eight callers on accounts of their own notice of 64 others: milliseconds, medians over the rounds. */
export interface Starvation {
  /** The 64 charge as many accounts, or all of them one. */
  others: 'many accounts' | 'one account';
  p50: number;
  p99: number;
  perSecond: number;
}

/** Whether an account that everybody charges at once keeps the other accounts waiting. */
export async function measureStarvation(
  contender: Contender,
  generator: Generator,
  rounds: number,
  seconds: number,
): Promise<Starvation[]> {
  const kinds = [
    { others: 'many accounts', workload: 'charge' },
    { others: 'one account', workload: 'hot' },
  ] as const;
  const seen = kinds.map(() => ({ p50: [] as number[], p99: [] as number[], perSecond: [] as number[] }));
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, { workload }] of kinds.entries()) {
      const [own] = await generator.run(
        contender,
        [
          { workload: 'charge', callers: 8 },
          { workload, callers: 64 },
        ],
        seconds,
      );
      seen[index]!.p50.push(own!.p50);
      seen[index]!.p99.push(own!.p99);
      seen[index]!.perSecond.push(own!.perSecond);
    }
  }
  return kinds.map(({ others }, index) => {
    const { p50, p99, perSecond } = seen[index]!;
    return { others, p50: median(p50), p99: median(p99), perSecond: median(perSecond) };
  });
}
