import type { Browser, Page } from '@playwright/test';
import { serverAt, signInAs, test as base, type Role, type Server } from './fixtures.ts';
import { launchServer, type LaunchedServer } from './server.ts';

/** The same, with a server and a database of its own: for what would get in the way of other tests. */
export const test = base.extend<object, { launched: LaunchedServer }>({
  launched: [
    async ({}, use) => {
      const launched = await launchServer();
      await use(launched);
      await launched.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  server: async ({ launched }, use) => {
    await use(await serverAt(launched.url, launched.dataDir));
  },
});

/** A page in a browser of its own, with somebody signed in. */
export async function openSignedIn(browser: Browser, server: Server, role: Role): Promise<Page> {
  const page = await (await browser.newContext({ baseURL: server.url })).newPage();
  await signInAs(page, role, server);
  return page;
}
