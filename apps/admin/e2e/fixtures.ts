import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { test as base, expect, type Page } from '@playwright/test';

export type Role = 'admin' | 'analyst';

export interface Credentials {
  role: Role;
  email: string;
  password: string;
}

export interface Server {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  url: string;
  dataDir: string;
  credentialsOf(role: Role): Credentials;
}

/** Playwright's `test` with the running server; `page.goto('/refunds')` leads to it. */
export const test = base.extend<{ server: Server }>({
  server: async ({}, use) => {
    await use(await runningServer());
  },
  baseURL: async ({ server }, use) => {
    await use(server.url);
  },
});

export { expect };

/** Signs in through the page, as a person does, and waits until the sign-in page is gone. */
export async function signInAs(page: Page, role: Role, at?: Server): Promise<void> {
  const server = at ?? (await runningServer());
  const { email, password } = server.credentialsOf(role);
  await page.goto(server.url);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeHidden();
}

/**
 * Fails with the rule, the element and the help page of everything that axe finds against WCAG 2.2 A and AA. Of rows
 * that are alike to the last class and state one is looked at: a page of fifty takes axe seconds.
 */
export async function expectNoAxeFindings(page: Page): Promise<void> {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  await expectNothingFound(page, axeFor(page).withTags(tags));
}

/** The same in the light theme, then in the dark one what depends on colours. The desk follows the system here. */
export async function expectNoAxeFindingsInBothThemes(page: Page): Promise<void> {
  await showTheme(page, 'light');
  await expectNoAxeFindings(page);
  await showTheme(page, 'dark');
  await expectNothingFound(page, axeFor(page).withRules(['color-contrast', 'link-in-text-block']));
}

const ALIKE = 'data-like-one-before';

// In the page itself, which has no frames of others, and without a list of all that is right: five times as quick.
const axeFor = (page: Page) =>
  new AxeBuilder({ page })
    .options({ resultTypes: ['violations'] })
    .setLegacyMode(true)
    .exclude(`[${ALIKE}]`);

async function expectNothingFound(page: Page, axe: AxeBuilder): Promise<void> {
  const rows = page.locator('tbody tr');
  await rows.evaluateAll((all, attribute) => {
    const seen = new Set<string>();
    for (const row of all) {
      const shape = row.outerHTML
        .replaceAll(/>[^<]+</g, '><')
        .replaceAll(/ (?!class=)[\w-]+="(?!(?:true|false)?")[^"]*"/g, '');
      row.toggleAttribute(attribute, seen.has(shape));
      seen.add(shape);
    }
  }, ALIKE);
  const { violations } = await axe.analyze();
  await rows.evaluateAll((all, attribute) => all.forEach((row) => row.removeAttribute(attribute)), ALIKE);
  const findings = violations.flatMap(({ id, help, helpUrl, nodes }) =>
    nodes.map(({ target }) => `${id} at ${target.join(' ')}: ${help} (${helpUrl})`),
  );
  expect(findings).toEqual([]);
}

async function showTheme(page: Page, theme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme: theme });
  await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
  // Colours fade into each other.
  await page.evaluate(async () => {
    const fading = document.getAnimations().filter((animation) => animation instanceof CSSTransition);
    await Promise.allSettled(fading.map(async ({ finished }) => finished));
  });
}

async function runningServer(): Promise<Server> {
  const url = process.env['REELDESK_E2E_URL'];
  const dataDir = process.env['REELDESK_E2E_DATA_DIR'];
  if (url === undefined || dataDir === undefined) throw new Error('The global set-up has not started the server.');
  return serverAt(url, dataDir);
}

/** A server with the credentials that it wrote into its data folder. */
export async function serverAt(url: string, dataDir: string): Promise<Server> {
  const people = JSON.parse(await readFile(join(dataDir, 'sign-in.json'), 'utf8')) as Credentials[];
  return {
    url,
    dataDir,
    credentialsOf(role) {
      const found = people.find((person) => person.role === role);
      if (found === undefined) throw new Error(`sign-in.json names no ${role}.`);
      return found;
    },
  };
}

/** Another window over the page, or away again: a browser without windows never hides a page by itself. */
export async function hide(page: Page, isHidden: boolean): Promise<void> {
  await page.evaluate((next) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => next });
    Object.defineProperty(document, 'visibilityState', {
      configurable: true,
      get: () => (next ? 'hidden' : 'visible'),
    });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  }, isHidden);
}
