import { createHmac, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { once } from 'node:events';
import { startOurs, stopContenders } from '../api/contenders.ts';
import type { LoadedDatabase } from './measure-reports.ts';
import type { Facts } from './write-report.ts';

const WANTED_ROWS = 1_000_000;
const SAMPLE_MS = 50;

/**
 * Downloads a million ledger rows, or all of the largest database that has no more, from a server of its own over
 * HTTP, and watches the memory of that process meanwhile.
 */
export async function measureExport(
  databases: readonly LoadedDatabase[],
  folder: string,
): Promise<NonNullable<Facts['export']>> {
  const [database] = databases
    .filter(({ rows }) => rows <= WANTED_ROWS)
    .toSorted((a, b) => b.rows - a.rows)
    .concat(databases);
  const { apiUrl, superuserUrl, userId } = database!;
  const jwtSecret = randomBytes(32).toString('base64url');
  const issuer = 'http://127.0.0.1/auth/v1';
  const server = await startOurs({ setting: { apiUrl, superuserUrl, issuer, jwtSecret, poolSize: 4 }, folder });
  try {
    const pid = server.process.pid!;
    const query = new URLSearchParams({
      from: '2023-01-01',
      to: '2026-12-31',
      timeZone: 'UTC',
      types: 'charge,refund,adjustment',
    });
    const rssBytesBefore = await residentBytes(pid);
    let rssBytesPeak = rssBytesBefore;
    const look = async () => {
      rssBytesPeak = Math.max(rssBytesPeak, await residentBytes(pid));
    };
    const watch = setInterval(() => void look(), SAMPLE_MS);
    const started = performance.now();
    const response = await fetch(`http://127.0.0.1:${server.port}/export/usage-entries.csv?${query.toString()}`, {
      headers: { authorization: `Bearer ${token(userId, jwtSecret, issuer)}` },
    });
    if (!response.ok || response.body === null) {
      throw new Error(`The export was refused: ${response.status} ${await response.text()}`);
    }
    let [bytes, lines] = [0, 0];
    for await (const chunk of response.body) {
      bytes += chunk.length;
      lines += countLines(chunk as Uint8Array);
    }
    const seconds = (performance.now() - started) / 1000;
    clearInterval(watch);
    const rows = Number(response.headers.get('x-total-rows'));
    // One line of names; no text in these rows holds a line end.
    if (lines !== rows + 1) {
      throw new Error(`The file has ${lines} lines, the server had promised ${rows} rows.`);
    }
    return { rows, seconds, bytes, rssBytesBefore, rssBytesPeak };
  } finally {
    const ended = once(server.process, 'exit');
    stopContenders([server]);
    await ended;
  }
}

const LINE_END = 10;

function countLines(chunk: Uint8Array): number {
  let lines = 0;
  for (let at = chunk.indexOf(LINE_END); at !== -1; at = chunk.indexOf(LINE_END, at + 1)) {
    lines += 1;
  }
  return lines;
}

/** What a process holds in memory, as Linux counts it; NaN elsewhere. */
async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) * 1024;
}

function token(userId: string, jwtSecret: string, issuer: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({
    sub: userId,
    role: 'authenticated',
    aud: 'authenticated',
    iss: issuer,
    iat: now,
    exp: now + 3_600,
  })}`;
  return `${signed}.${createHmac('sha256', jwtSecret).update(signed).digest('base64url')}`;
}
