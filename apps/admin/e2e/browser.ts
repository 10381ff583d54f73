import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from '@playwright/test';
import { unpackChromium } from './packaged-chromium.ts';

export interface Browser {
  executablePath: string;
  args: string[];
  env: Record<string, string>;
}

const quietArgs = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-quic',
];

const wellKnownPaths = [
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/snap/bin/chromium',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  String.raw`C:\Program Files\Google\Chrome\Application\chrome.exe`,
  String.raw`C:\Program Files (x86)\Google\Chrome\Application\chrome.exe`,
];

/**
 * A Chrome or Chromium to test with, the first that is there: the one REELDESK_BROWSER names, Playwright's own,
 * the system's, the one that comes with the dependencies (Linux on x64), at last one that Playwright downloads.
 * Raises with what to do when none can be had.
 */
export async function findBrowser(env: NodeJS.ProcessEnv = process.env): Promise<Browser> {
  const named = env['REELDESK_BROWSER'];
  if (named) {
    if (!existsSync(named)) throw new Error(`REELDESK_BROWSER names ${named}, which does not exist.`);
    return browserAt(named);
  }
  const playwrights = chromium.executablePath();
  if (existsSync(playwrights)) return browserAt(playwrights);
  const systems = findSystemBrowser(env);
  if (systems !== undefined) return browserAt(systems);
  const packaged = await unpackChromium();
  if (packaged !== undefined) return browserAt(packaged.executablePath, packaged.env);
  await downloadBrowser(playwrights);
  return browserAt(playwrights);
}

function browserAt(executablePath: string, extraEnv: Record<string, string> = {}): Browser {
  // Chromium refuses to run as root with its sandbox.
  const args = process.getuid?.() === 0 ? [...quietArgs, '--no-sandbox'] : quietArgs;
  const inherited = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { executablePath, args, env: { ...Object.fromEntries(inherited), ...extraEnv } };
}

function findSystemBrowser(env: NodeJS.ProcessEnv): string | undefined {
  const names = ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser', 'chrome.exe'];
  const onPath = (env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .flatMap((folder) => names.map((name) => join(folder, name)));
  return [...wellKnownPaths, ...onPath].find((path) => existsSync(path));
}

async function downloadBrowser(executablePath: string): Promise<void> {
  const cli = join(dirname(createRequire(import.meta.url).resolve('@playwright/test/package.json')), 'cli.js');
  const said = await promisify(execFile)(process.execPath, [cli, 'install', 'chromium']).then(
    ({ stdout }) => stdout,
    (error: unknown) => String(error),
  );
  if (existsSync(executablePath)) return;
  throw new Error(
    `${said.trim()}\n\nNo browser to test with. Install Chrome or Chromium, or set REELDESK_BROWSER to the path ` +
      'of one, or run `npx playwright install chromium` where the network allows it.',
  );
}
