import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { cpuMsOf, type Contender } from './contenders.ts';
import type { BenchDatabase } from './database.ts';
import type { Direct, DirectWorkload } from './direct.ts';
import type { Group, GroupFigures, LoadOrder } from './load.ts';
import { workloads, type Workload } from './workloads.ts';

export interface Generator {
  run(contender: Contender, groups: Group[], seconds: number): Promise<GroupFigures[]>;
  close(): void;
}

export const callersOf: Record<Workload, number> = { charge: 32, hot: 64, balance: 32, page: 32, desk: 16 };

/** What each contender did in each round: by workload, then by contender. */
export type Results = Map<Workload, Map<string, Figures[]>>;

export interface Figures extends GroupFigures {
  /** Milliseconds of processor time of the server's process per call. */
  cpuMs: number | null;
}

export function startGenerator({ setting }: BenchDatabase): Generator {
  const child = fork(fileURLToPath(new URL('./load.js', import.meta.url)));
  return {
    run: async ({ port, protocol }, groups, seconds) => {
      const order: LoadOrder = { setting, port, protocol, groups, seconds };
      child.send(order);
      const [answer] = (await once(child, 'message')) as [{ figures?: GroupFigures[]; error?: string }];
      if (!answer.figures) {
        throw new Error(`The load could not be run: ${answer.error}`);
      }
      return answer.figures;
    },
    close: () => child.disconnect(),
  };
}

export interface Plan {
  rounds: number;
  seconds: number;
  wanted: (workload: Workload) => boolean;
  say: (message: string) => void;
}

/** In each round all of them take turns, in another order each time, so that the machine's mood cancels out. */
export async function measure(
  database: Pick<BenchDatabase, 'settle' | 'tidy'>,
  direct: Direct | null,
  contenders: readonly Contender[],
  generator: Generator,
  { rounds, seconds, wanted, say }: Plan,
): Promise<Results> {
  const results: Results = new Map();
  for (const workload of workloads.filter(wanted)) {
    const callers = callersOf[workload];
    const able = contenders.filter((each) => each.workloads.includes(workload));
    const runs = new Map(
      able.map((contender) => [
        contender.key,
        (length: number) => runOnce(generator, contender, { workload, callers }, length),
      ]),
    );
    if (direct && isDirect(workload)) {
      runs.set('direct', async (length) => ({
        ...(await direct.run(workload, callers, Math.max(2, Math.round(length)))),
        cpuMs: null,
      }));
    }
    const byContender = new Map<string, Figures[]>([...runs.keys()].map((key) => [key, []]));
    results.set(workload, byContender);
    const keys = [...runs.keys()];
    await database.tidy();
    for (const key of keys) {
      await warm(runs.get(key)!);
    }
    for (let round = 0; round < rounds; round += 1) {
      for (const index of keys.keys()) {
        const key = keys[(index + round) % keys.length]!;
        await database.settle();
        const figures = await runs.get(key)!(seconds);
        byContender.get(key)!.push(figures);
        say(
          `${workload} ${round + 1}/${rounds} ${key.padEnd(12)} ${figures.perSecond.toFixed(0).padStart(6)}/s  p50 ${figures.p50.toFixed(1)}  p99 ${figures.p99.toFixed(1)}  cpu ${figures.cpuMs?.toFixed(2) ?? '-'}` +
            (figures.failures > 0 ? `  ${figures.failures} failed: ${figures.firstFailure}` : ''),
        );
      }
    }
  }
  return results;
}

async function runOnce(generator: Generator, contender: Contender, group: Group, seconds: number): Promise<Figures> {
  const before = await cpuMsOf(contender);
  const [figures] = await generator.run(contender, [group], seconds);
  const after = await cpuMsOf(contender);
  return { ...figures!, cpuMs: before === null || after === null ? null : (after - before) / figures!.calls };
}

/** Until its code is compiled: so many calls, or so much patience. */
async function warm(run: (seconds: number) => Promise<Figures>): Promise<void> {
  let calls = 0;
  for (let turn = 0; turn < 3 && calls < 8_000; turn += 1) {
    ({ calls } = await run(1).then((figures) => ({ calls: calls + figures.calls })));
  }
}

function isDirect(workload: Workload): workload is DirectWorkload {
  return workload === 'charge' || workload === 'hot' || workload === 'balance';
}
