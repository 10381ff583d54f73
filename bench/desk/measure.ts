import { createSecretKey } from 'node:crypto';
import { SignJWT } from 'jose';
import type { DeskData } from './data.ts';
import type { DeskQuery } from './queries.ts';

/** A server over one of the databases, and what it is asked. */
export interface Desk {
  data: DeskData;
  queries: DeskQuery[];
  port: number;
  setting: { jwtSecret: string; issuer: string };
}

/** Milliseconds of each round, for each desk. */
export interface DeskFigures {
  query: DeskQuery;
  times: number[][];
  /** Of the last desk, asked for no more rows than the first one has; `null` where both have as many, empty where that has none. */
  alike: number[] | null;
}

const WARM_UP_ROUNDS = 6;

/** Asks all desks the same in turn, round by round, so that the machine's mood is the same for all. */
export async function measureDesk(desks: readonly Desk[], rounds: number): Promise<DeskFigures[]> {
  const tokens = await Promise.all(desks.map(tokenOf));
  const figures: DeskFigures[] = [];
  for (const [index, query] of desks[0]!.queries.entries()) {
    const asked = desks.map(({ port, queries }, of) => {
      const { procedure, input } = queries[index]!;
      return { port, token: tokens[of]!, procedure, input };
    });
    const few = (await ask(asked[0]!)).rows;
    const many = (await ask(asked.at(-1)!)).rows;
    if (few !== many && few > 0) {
      const last = asked.at(-1)!;
      asked.push({ ...last, input: { ...last.input, limit: few } });
    }
    const times = asked.map((): number[] => []);
    for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
      for (const [of, call] of asked.entries()) {
        const { time } = await ask(call);
        if (round >= 0) {
          times[of]!.push(time);
        }
      }
    }
    figures.push({
      query,
      times: times.slice(0, desks.length),
      alike: few === 0 && many > 0 ? [] : (times[desks.length] ?? null),
    });
  }
  return figures;
}

interface Call {
  port: number;
  token: string;
  procedure: string;
  input: object | undefined;
}

/** How long the whole answer took, and how many rows it has. */
async function ask({ port, token, procedure, input }: Call): Promise<{ time: number; rows: number }> {
  const query = input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(input))}`;
  const started = performance.now();
  const response = await fetch(`http://127.0.0.1:${port}/trpc/${procedure}${query}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const text = await response.text();
  const time = performance.now() - started;
  if (!response.ok) {
    throw new Error(`${procedure} answered ${response.status}: ${text}`);
  }
  const { result } = JSON.parse(text) as { result: { data: { items?: unknown[] } } };
  return { time, rows: result.data.items?.length ?? 0 };
}

async function tokenOf({ data, setting }: Desk): Promise<string> {
  return new SignJWT({ role: 'authenticated' })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(data.admin)
    .setAudience('authenticated')
    .setIssuer(setting.issuer)
    .setIssuedAt()
    .setExpirationTime('10h')
    .sign(createSecretKey(Buffer.from(setting.jwtSecret)));
}
