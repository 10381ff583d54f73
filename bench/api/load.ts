import { createHmac } from 'node:crypto';
import { openHttp } from './http-client.ts';
import type { Setting } from './setting.ts';
import { callOf, type Call, type Protocol, type Workload } from './workloads.ts';

/** So many callers at once, each with one request after the other. */
export interface Group {
  workload: Workload;
  callers: number;
}

export interface LoadOrder {
  setting: Pick<Setting, 'jwtSecret' | 'issuer' | 'publishableKey'>;
  port: number;
  protocol: Protocol;
  groups: Group[];
  seconds: number;
}

export interface GroupFigures {
  calls: number;
  perSecond: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  /** Calls that were not answered as they should be, and the first of those answers. */
  failures: number;
  firstFailure: string | null;
}

// The load comes from a process of its own: it must not take the time of what it measures.
process.on('message', (order: LoadOrder) => {
  void run(order).then(
    (figures) => process.send!({ figures }),
    (error: Error) => process.send!({ error: error.message }),
  );
});

let turn = 0;

async function run(order: LoadOrder): Promise<GroupFigures[]> {
  const ends = performance.now() + order.seconds * 1000;
  return Promise.all(order.groups.map((group) => runGroup(order, group, ends)));
}

async function runGroup(order: LoadOrder, { workload, callers }: Group, ends: number): Promise<GroupFigures> {
  const times: number[] = [];
  let failures = 0;
  let firstFailure: string | null = null;
  const began = performance.now();
  const caller = async () => {
    const connection = await openHttp(order.port);
    for (let now = performance.now(); now < ends;) {
      turn += 1;
      const call = callOf(order.protocol, workload, turn);
      const { status, body } = await connection.send(textOf(order, call));
      if (status !== 200 || !call.isAnswer(body)) {
        failures += 1;
        firstFailure ??= `${status} ${body.slice(0, 400)}`;
      }
      const then = performance.now();
      times.push(then - now);
      now = then;
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const seconds = (performance.now() - began) / 1000;
  const sorted = times.toSorted((a, b) => a - b);
  const quantile = (q: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
  return {
    calls: times.length,
    perSecond: (times.length - failures) / seconds,
    p50: quantile(0.5),
    p99: quantile(0.99),
    failures,
    firstFailure,
  };
}

function textOf({ port, setting }: LoadOrder, { method, path, body, headers, userId }: Call): string {
  const length = body === null ? '' : `content-length: ${Buffer.byteLength(body)}\r\n`;
  return `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: Bearer ${tokenOf(userId, setting)}\r\napikey: ${setting.publishableKey}\r\n${headers}${length}\r\n${body ?? ''}`;
}

const tokens = new Map<string, string>();

function tokenOf(userId: string, { jwtSecret, issuer }: LoadOrder['setting']): string {
  const known = tokens.get(userId);
  if (known !== undefined) {
    return known;
  }
  const now = Math.floor(Date.now() / 1000);
  const claims = { sub: userId, role: 'authenticated', aud: 'authenticated', iss: issuer, iat: now, exp: now + 36_000 };
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  const token = `${signed}.${createHmac('sha256', jwtSecret).update(signed).digest('base64url')}`;
  tokens.set(userId, token);
  return token;
}
