import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../server/dist/main.js', import.meta.url));
const readyWithinMs = 120_000;
const stopWithinMs = 20_000;
const keptOutputChars = 20_000;

export interface LaunchedServer {
  url: string;
  dataDir: string;
  pid: number;
  stop: () => Promise<void>;
}

/**
 * Starts the real server for all tests.
 * The workers learn its address and data folder from REELDESK_E2E_URL and REELDESK_E2E_DATA_DIR.
 */
export default async function startServer(): Promise<() => Promise<void>> {
  const { url, dataDir, stop } = await launchServer();
  process.env['REELDESK_E2E_URL'] = url;
  process.env['REELDESK_E2E_DATA_DIR'] = dataDir;
  return stop;
}

/** Starts the real server on a free port, with data of its own that is gone once it is stopped. */
export async function launchServer(settings: Record<string, string> = {}): Promise<LaunchedServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'reeldesk-e2e-'));
  const port = await freePort();
  const server = spawn(process.execPath, [main], {
    env: { ...embeddedDefault(), ...settings, PORT: String(port), REELDESK_DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = keepOutput(server);
  const ended = once(server, 'exit');
  const stop = async () => {
    const patience = setTimeout(() => server.kill('SIGKILL'), stopWithinMs);
    server.kill('SIGTERM');
    await ended;
    clearTimeout(patience);
    await rm(dataDir, { recursive: true, force: true });
    if (server.signalCode === 'SIGKILL') throw new Error(`The server did not stop within ${stopWithinMs / 1000} s.`);
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    await waitUntilReady(url, server);
  } catch (error) {
    await stop();
    throw new Error(`The server did not come up: ${String(error)}\n${output()}`, { cause: error });
  }
  return { url, dataDir, pid: server.pid!, stop };
}

/** Without the settings of the person who runs the tests: nobody's database is touched by them. */
function embeddedDefault(): NodeJS.ProcessEnv {
  const isSetting = /^(DATABASE_|DIRECT_URL$|SUPABASE_|PG|REELDESK_)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isSetting.test(name)));
}

async function waitUntilReady(url: string, server: ChildProcess): Promise<void> {
  const deadline = performance.now() + readyWithinMs;
  for (;;) {
    if (server.exitCode !== null || server.signalCode !== null) {
      throw new Error(`it ended with ${server.signalCode ?? `exit code ${server.exitCode}`}.`);
    }
    const response = await fetch(`${url}/readyz`).catch(() => undefined);
    if (response?.ok) return;
    if (performance.now() > deadline) throw new Error(`not ready after ${readyWithinMs / 1000} s.`);
    await sleep(100);
  }
}

function keepOutput(server: ChildProcess): () => string {
  let text = '';
  for (const stream of [server.stdout, server.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(-keptOutputChars);
    });
  }
  return () => text;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('No free port.');
  return address.port;
}
