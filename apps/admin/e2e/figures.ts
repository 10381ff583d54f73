import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { findBrowser } from './browser.ts';
import { expect, signInAs, test } from './fixtures.ts';

// Not among the dependencies: it is large, and only these figures need it.
const LIGHTHOUSE = 'lighthouse@12.8.2';
const categories = ['performance', 'accessibility', 'best-practices'] as const;
const paths = [
  '/',
  '/usage',
  '/usage?section=accounts',
  '/refunds',
  '/deleted-videos',
  '/accounts',
  '/audit',
  '/prices',
];

interface Report {
  categories: Record<string, { score: number | null; auditRefs: { id: string; weight: number }[] }>;
  audits: Record<string, { score: number | null; title: string; displayValue?: string; numericValue?: number }>;
}

test('figures of each page', async ({ page, server }) => {
  await signInAs(page, 'admin');
  const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  const folder = await mkdtemp(join(tmpdir(), 'reeldesk-figures-'));
  try {
    let withLighthouse = true;
    for (const path of paths) {
      const report = withLighthouse ? await lighthouse(`${server.url}${path}`, cookie, folder) : null;
      if (report === null && withLighthouse) {
        withLighthouse = false;
        print(`${LIGHTHOUSE} can't be had here: what the browser itself measures, and axe, instead.`);
      }
      print(report === null ? await ownFigures(page, path) : describe(path, report));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function lighthouse(url: string, cookie: string, folder: string): Promise<Report | null> {
  const browser = await findBrowser();
  const output = join(folder, 'report.json');
  const args = [
    '--yes',
    LIGHTHOUSE,
    url,
    '--quiet',
    '--preset=desktop',
    '--output=json',
    `--output-path=${output}`,
    `--only-categories=${categories.join(',')}`,
    `--extra-headers=${JSON.stringify({ cookie })}`,
    `--chrome-flags=--headless=new ${browser.args.join(' ')}`,
  ];
  try {
    await promisify(execFile)('npx', args, {
      env: { ...browser.env, CHROME_PATH: browser.executablePath },
      timeout: 180_000,
    });
    return JSON.parse(await readFile(output, 'utf8')) as Report;
  } catch {
    return null;
  }
}

function describe(path: string, { categories: found, audits }: Report): string {
  const scores = categories.map((name) => `${name} ${Math.round((found[name]?.score ?? 0) * 100)}`);
  const shown = [
    'first-contentful-paint',
    'largest-contentful-paint',
    'total-blocking-time',
    'cumulative-layout-shift',
  ];
  const figures = shown.map((name) => `${name} ${audits[name]?.displayValue ?? '–'}`);
  // What the page can do something about: performance is a curve of times.
  const missed = (['accessibility', 'best-practices'] as const).flatMap((name) =>
    (found[name]?.auditRefs ?? []).flatMap(({ id, weight }) => {
      const { score, title } = audits[id] ?? { score: null, title: id };
      return weight > 0 && score !== null && score < 1 ? [`\n  not full: ${id}: ${title}`] : [];
    }),
  );
  return `${path}: ${scores.join(', ')} (${figures.join(', ')})${missed.join('')}`;
}

async function ownFigures(page: Page, path: string): Promise<string> {
  await page.goto(path);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
  const measured = await page.evaluate(() => {
    const observed = (type: string) =>
      new Promise<PerformanceEntry[]>((resolve) => {
        const observer = new PerformanceObserver((list) => resolve(list.getEntries()));
        observer.observe({ type, buffered: true });
        requestAnimationFrame(() => requestAnimationFrame(() => resolve([])));
      });
    return Promise.all([observed('paint'), observed('largest-contentful-paint'), observed('layout-shift')]).then(
      ([paint, largest, shifts]) => ({
        firstPaintMs: paint.find(({ name }) => name === 'first-contentful-paint')?.startTime ?? 0,
        largestPaintMs: largest.at(-1)?.startTime ?? 0,
        layoutShift: shifts.reduce((sum, shift) => sum + (shift as PerformanceEntry & { value: number }).value, 0),
      }),
    );
  });
  const { violations } = await new AxeBuilder({ page }).analyze();
  return `${path}: first paint ${measured.firstPaintMs.toFixed(0)} ms, largest ${measured.largestPaintMs.toFixed(0)} ms, layout shift ${measured.layoutShift.toFixed(3)}, axe findings ${violations.length}`;
}
