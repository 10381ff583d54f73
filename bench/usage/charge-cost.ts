import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { median, medianRatio } from '../statistics.ts';

export interface ChargeCost {
  /** Charges a second, without and with what the rollups need: column, index, trigger, and a roll-up a second. */
  plainPerSecond: number;
  rolledPerSecond: number;
  /** Time of a charge with, divided by without: median of the rounds. */
  ratio: number;
  /** The same of the CPU time of PostgreSQL's processes, which others on the machine do not change; NaN where it can't be read. */
  cpuRatio: number;
  /** Milliseconds of the roll-ups, per thousand charges. */
  rollUpMsPerThousand: number;
}

const CALLERS = 4;

/**
 * What the rollups cost one charge: the same calls on two databases, one of them without the column, its index and
 * the triggers, in alternating rounds.
 */
export async function measureChargeCost(
  plainUrl: string,
  rolledUrl: string,
  rounds: number,
  chargesPerRound: number,
): Promise<ChargeCost> {
  const sides = await Promise.all([plainUrl, rolledUrl].map(prepare));
  const [plain, rolled] = sides as [Side, Side];
  const [plainTimes, rolledTimes]: [number[], number[]] = [[], []];
  let rollUpMs = 0;
  const cpu = { plain: 0, rolled: 0 };
  for (let round = -1; round < rounds; round++) {
    // Whoever goes first alternates, too.
    const order = round % 2 === 0 ? [plain, rolled] : [rolled, plain];
    for (const side of order) {
      const before = await cpuTicks(side);
      const time = await charge(side, chargesPerRound);
      if (round >= 0) {
        (side === plain ? plainTimes : rolledTimes).push(time);
        cpu[side === plain ? 'plain' : 'rolled'] += (await cpuTicks(side)) - before;
      }
    }
    const started = performance.now();
    await rolled.clients[0]!.query('select usage.roll_up()');
    rollUpMs += round < 0 ? 0 : performance.now() - started;
  }
  for (const { clients } of sides) {
    await Promise.all(clients.map((client) => client.end()));
  }
  return {
    plainPerSecond: (chargesPerRound * 1000) / median(plainTimes),
    rolledPerSecond: (chargesPerRound * 1000) / median(rolledTimes),
    ratio: medianRatio(rolledTimes, plainTimes),
    cpuRatio: cpu.rolled / cpu.plain,
    rollUpMsPerThousand: (rollUpMs * 1000) / (rounds * chargesPerRound),
  };
}

interface Side {
  clients: pg.Client[];
  pids: number[];
  accounts: string[];
}

async function prepare(url: string): Promise<Side> {
  const clients = await Promise.all(
    Array.from({ length: CALLERS }, async () => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      return client;
    }),
  );
  const pids = await Promise.all(
    clients.map(async (client) => (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]!.pid),
  );
  const { rows } = await clients[0]!.query<{ id: string }>(
    `with made as (
      insert into auth.users (id, email) select gen_random_uuid(), 'payer' || n || '@reeldesk.example' from generate_series(1, 1000) n returning id
    ) select id from made`,
  );
  const accounts = rows.map(({ id }) => id);
  await clients[0]!.query(`select public.adjust_credits(id, 2000000000, 'purchase') from unnest($1::uuid[]) id`, [
    accounts,
  ]);
  return { clients, pids, accounts };
}

async function charge({ clients, accounts }: Side, charges: number): Promise<number> {
  const started = performance.now();
  await Promise.all(
    clients.map(async (client, c) => {
      for (let n = c; n < charges; n += CALLERS) {
        await client.query({
          name: 'charge',
          text: `select public.create_video_generation($1, 'A beautiful sunset', 'text_to_video', null, 5, '1920x1080', 'high')`,
          values: [accounts[n % accounts.length]],
        });
      }
    }),
  );
  return performance.now() - started;
}

/** CPU time so far of the processes that serve a side, user's and system's. */
async function cpuTicks({ pids }: Side): Promise<number> {
  let ticks = 0;
  for (const pid of pids) {
    const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
    ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks;
}
