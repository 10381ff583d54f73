import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

// A start takes seconds, and many more where others work at the same time.
vi.setConfig({ testTimeout: 120_000 });

// The program as it is started, compiled.
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));

let dataDir: string;
let port: number;
const children = new Set<ChildProcess>();

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'reeldesk-main-'));
  port = await freePort();
});
afterAll(async () => {
  for (const child of children) {
    child.kill('SIGKILL');
  }
  await rm(dataDir, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port: found } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return found;
}

interface Run {
  child: ChildProcess;
  output(): string;
  /** Waits for text in what it prints; fails when it ends before. */
  prints(text: string): Promise<void>;
  ended: Promise<[number | null, string | null]>;
}

function start(args: string[] = [], env: Record<string, string> = {}): Run {
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH: process.env['PATH'] ?? '', PORT: String(port), REELDESK_DATA_DIR: dataDir, DEMO_DATA: 'off', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  let output = '';
  const waiting = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      waiting.forEach((check) => check());
    });
  }
  const ended = once(child, 'close') as Run['ended'];
  void ended.then(() => children.delete(child));
  return {
    child,
    output: () => output,
    ended,
    prints: (text) =>
      new Promise((resolve, reject) => {
        const check = () => output.includes(text) && resolve();
        waiting.add(check);
        check();
        void ended.then(() => reject(new Error(`It ended without "${text}":\n${output}`)));
      }),
  };
}

const startedPostgres = async () =>
  Number((await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0]);

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const signIns = async () =>
  JSON.parse(await readFile(join(dataDir, 'sign-in.json'), 'utf8')) as {
    role: string;
    email: string;
    password: string;
  }[];

async function signIn(): Promise<number> {
  const [admin] = await signIns();
  const response = await fetch(`http://127.0.0.1:${port}/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(admin),
  });
  expect(await response.json()).toMatchObject({ role: 'admin' });
  return response.status;
}

/** A refund that has begun and can't go on before `unlock`, since another transaction holds its account. */
async function beginRefund(): Promise<{ answer: Promise<Response>; unlock(): Promise<void> }> {
  const read = async (file: string) =>
    JSON.parse(await readFile(join(dataDir, file), 'utf8')) as Record<string, string>;
  const { databaseUrl } = await read('connection.json');
  const { secretKey } = await read('secrets.json');
  const call = (procedure: string, input: unknown) =>
    fetch(`http://127.0.0.1:${port}/trpc/${procedure}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${secretKey}` },
      body: JSON.stringify(input),
    });
  const lock = new pg.Client({ connectionString: databaseUrl });
  await lock.connect();
  const { rows } = await lock.query<{ id: string }>('select id from public.profiles limit 1');
  const userId = rows[0]?.id;
  expect((await call('credits.adjustCredits', { userId, amount: 100, reasonCode: 'purchase' })).status).toBe(200);
  const created = await call('videos.createVideoGeneration', {
    userId,
    prompt: 'A beautiful sunset',
    videoType: 'text_to_video',
    durationSeconds: 5,
    resolution: '1920x1080',
    quality: 'high',
  });
  const { result } = (await created.json()) as { result: { data: { videoId: string } } };
  const { videoId } = result.data;
  await call('videos.startVideoGeneration', { videoId });
  await call('videos.completeVideoGeneration', { videoId, videoUrl: 'https://cdn.reeldesk.example/video.mp4' });
  await lock.query('begin');
  await lock.query('select from public.profiles where id = $1 for update', [userId]);
  const answer = call('refunds.refundVideoCredits', { videoId, reason: 'Wrong aspect ratio' });
  const blocked = `select count(*)::integer as n from pg_stat_activity where cardinality(pg_blocking_pids(pid)) > 0`;
  await expect.poll(async () => (await lock.query<{ n: number }>(blocked)).rows[0]?.n).toBe(1);
  return {
    answer,
    unlock: async () => {
      await lock.query('commit');
      await lock.end();
    },
  };
}

// In order: each start finds what the one before left.
describe.sequential("the server's life", () => {
  test('the first start makes everything, says how to sign in, and keeps that for its owner only', async () => {
    const run = start();
    await run.prints('Stop with Ctrl-C.');
    const staff = await signIns();
    expect(staff.map(({ role }) => role)).toEqual(['admin', 'analyst']);
    for (const { email, password } of staff) {
      expect(run.output()).toContain(`${email}  password ${password}`);
    }
    expect(run.output()).toContain(`Reeldesk is up: http://127.0.0.1:${port}`);
    expect(run.output()).toMatch(/createClient\('http:\/\/127\.0\.0\.1:\d+', 'sb_publishable_[\w-]+'\)/);
    for (const file of ['sign-in.json', 'secrets.json', 'connection.json']) {
      expect((await stat(join(dataDir, file))).mode & 0o777).toBe(0o600);
    }
    expect(await signIn()).toBe(200);

    const another = start([], { PORT: String(await freePort()) });
    expect(await another.ended).toEqual([1, null]);
    expect(another.output()).toMatch(/^Reeldesk already runs on .* \(process \d+\)\. Stop that one first/m);

    const granting = start(['grant-admin', staff[1]?.email ?? '']);
    expect(await granting.ended, granting.output()).toEqual([0, null]);

    const postgres = await startedPostgres();
    const running = await beginRefund();
    run.child.kill('SIGTERM');
    await run.prints('Stopping');
    await expect
      .poll(() => fetch(`http://127.0.0.1:${port}/trpc/session.getSession`).then((late) => late.status))
      .toBe(503);
    await running.unlock();
    expect((await running.answer).status).toBe(200);
    expect(await running.answer.then((answer) => answer.json())).toMatchObject({
      result: { data: { success: true, creditsRefunded: 15 } },
    });
    expect(await run.ended).toEqual([0, null]);
    expect(isRunning(postgres)).toBe(false);
  });

  test('a start after kill -9 works, and finds people and passwords again', async () => {
    const before = await signIns();
    const killed = start();
    await killed.prints('Stop with Ctrl-C.');
    killed.child.kill('SIGKILL');
    await killed.ended;
    const run = start();
    await run.prints('Stop with Ctrl-C.');
    expect(await signIns()).toEqual(before);
    expect(await signIn()).toBe(200);
    // The database is killed under it: it must not go on without one.
    process.kill(await startedPostgres(), 'SIGKILL');
    expect(await run.ended).toEqual([1, null]);
    expect(run.output()).toContain('The built-in database has ended by itself');
  });

  test('Ctrl-C while it starts leaves nothing behind', async () => {
    const run = start();
    await once(run.child, 'spawn');
    const stopping = (async () => {
      for (;;) {
        if ((await readFile(join(dataDir, 'owner.json'), 'utf8').catch(() => '')).includes(`"pid":${run.child.pid},`)) {
          run.child.kill('SIGINT');
          return;
        }
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    await Promise.all([stopping, run.ended]);
    await expect(readFile(join(dataDir, 'postgres', 'postmaster.pid'))).rejects.toThrow('ENOENT');
  });
});

describe('a start that cannot be', () => {
  test('with a taken port says so before anything else, and ends', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port: taken } = other.address() as AddressInfo;
    const untouched = join(dataDir, 'untouched');
    const run = start([], { PORT: String(taken), REELDESK_DATA_DIR: untouched });
    expect(await run.ended).toEqual([1, null]);
    expect(run.output()).toBe(
      `Port ${taken} is taken by another program. Stop that one, or choose another port: PORT=${taken + 1} npm start\n`,
    );
    await expect(stat(untouched)).rejects.toThrow('ENOENT');
    other.close();
  });

  test('with a wrong setting names it', async () => {
    const run = start([], { DATABASE_URL: 'mysql://u:top-secret-word@h/d' });
    expect(await run.ended).toEqual([1, null]);
    expect(run.output()).toMatch(/^DATABASE_URL must be a PostgreSQL address/);
    expect(run.output()).not.toContain('top-secret-word');
  });

  test('--help lists commands and settings', async () => {
    const run = start(['--help']);
    expect(await run.ended).toEqual([0, null]);
    expect(run.output()).toMatch(/grant-admin <email>[^]*DATABASE_URL +PostgreSQL/);
  });
});
