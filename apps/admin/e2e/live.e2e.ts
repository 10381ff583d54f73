import { creditUsageOutput } from '@reeldesk/api/contract/usage';
import type { Locator, Page } from '@playwright/test';
import { failedVideo, mutate, query } from './api.ts';
import { backendOf } from './backend.ts';
import { expect, hide, serverAt, signInAs, type Server } from './fixtures.ts';
import { openSignedIn, test } from './own-server.ts';
import { launchServer } from './server.ts';

test.describe.configure({ mode: 'serial' });

const isLive = (page: Page) => page.locator('[data-live="live"]:visible');

async function openLive(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
  await expect(isLive(page)).toHaveText('Updates: Live');
}

/** Somebody with credits to spend. */
async function someAccount(page: Page): Promise<{ id: string; credits: number }> {
  const { body } = await query(page, 'accounts.listAccounts', { state: 'open', sort: 'most_credits', limit: 1 });
  return (body.result!.data as { items: { id: string; credits: number }[] }).items[0]!;
}

async function makeVideo(server: Server, userId: string): Promise<string> {
  const backend = await backendOf(server);
  const { videoId } = await backend.videos.createVideoGeneration.mutate({
    userId,
    prompt: 'A lighthouse in the rain',
    videoType: 'text_to_video',
    durationSeconds: 5,
    resolution: '1920x1080',
    quality: 'high',
  });
  return videoId;
}

/** What was asked for from now on, a word per call, also of those that travelled together. */
function countCalls(page: Page): (procedure: string) => number {
  const calls: string[] = [];
  page.on('request', (request) => {
    const [, names] = /\/trpc\/([^?]+)/.exec(request.url()) ?? [];
    calls.push(...(names ?? '').split(','));
  });
  return (procedure) => calls.filter((name) => name === procedure).length;
}

const rowOf = (page: Page, id: string) => page.getByRole('row').filter({ hasText: id.slice(0, 8) });
const newRows = (page: Page) => page.locator('[data-new-rows]');
const topOf = async (row: Locator) => (await row.boundingBox())?.y;

test('figures follow what happens elsewhere, without a reload', async ({ page, server }) => {
  await signInAs(page, 'admin', server);
  const { id, credits } = await someAccount(page);
  await openLive(page, '/');
  await page.evaluate(() => (document.body.dataset['since'] = 'the beginning'));
  const today = new Date().toISOString().slice(0, 10);
  const { body } = await query(page, 'usage.creditUsage', { from: today, to: today, timeZone: 'UTC' });
  const { charges } = creditUsageOutput.parse(body.result?.data).totals;
  const begun = page.getByRole('region', { name: /today and this month/ }).getByRole('definition');
  await expect(begun.filter({ hasText: new RegExp(`^${charges}$`) }).first()).toBeVisible();
  await makeVideo(server, id);
  await expect(begun.filter({ hasText: new RegExp(`^${charges + 1}$`) }).first()).toBeVisible();

  await page.getByRole('link', { name: 'Accounts' }).click();
  await expect(page.getByRole('row').nth(1)).toBeVisible();
  await page.goto(`/accounts/${id}`);
  const balance = page.getByRole('definition').first();
  await expect(balance).toHaveText((credits - 15).toLocaleString('en'));
  await expect(isLive(page)).toBeVisible();
  await page.evaluate(() => (document.body.dataset['since'] = 'the beginning'));
  const backend = await backendOf(server);
  await backend.credits.adjustCredits.mutate({ userId: id, amount: 7, reasonCode: 'goodwill' });
  await expect(balance).toHaveText((credits - 8).toLocaleString('en'));
  await expect(newRows(page)).toHaveText(/^1 new row /);
  await expect(page.locator('body')).toHaveAttribute('data-since', 'the beginning');
});

test('a list stands still under the pointer until its new rows are asked for', async ({ page, server }) => {
  await signInAs(page, 'admin', server);
  const { id: userId } = await someAccount(page);
  const first = await makeVideo(server, userId);
  const second = await makeVideo(server, userId);
  await openLive(page, '/videos');
  const row = rowOf(page, first);
  await row.hover();
  const before = await topOf(row);
  await makeVideo(server, userId);
  const newest = await makeVideo(server, userId);
  await expect(newRows(page)).toHaveText('2 new rows – show');
  await expect(page.getByText('2 new rows. The button above the table shows them.')).toBeAttached();
  expect(await topOf(row)).toBe(before);

  // What is shown already changes where it stands.
  const backend = await backendOf(server);
  await expect(row).toContainText('Pending');
  await backend.videos.startVideoGeneration.mutate({ videoId: first });
  await expect(row).toContainText('Processing');
  expect(await topOf(row)).toBe(before);
  const colleague = await openSignedIn(page.context().browser()!, server, 'admin');
  expect((await mutate(colleague, 'videos.softDeleteVideo', { videoId: second })).status).toBe(200);
  await colleague.context().close();
  await expect(newRows(page)).toHaveText('2 new rows, 1 no longer here – show');
  expect(await topOf(row)).toBe(before);

  await row.focus();
  await page.keyboard.press('n');
  await expect(page.getByRole('row').nth(1)).toContainText(newest.slice(0, 8));
  await expect(rowOf(page, second)).toBeHidden();
  await expect(newRows(page)).toBeHidden();
  await expect(row).toBeFocused();
});

test('a refund by a colleague shows in the queue where the video stands, and in a dialog that is open', async ({
  page,
  browser,
  server,
}) => {
  await signInAs(page, 'admin', server);
  await openLive(page, '/refunds');
  const rows = page.getByRole('row');
  const id = (await rows
    .nth(2)
    .getByRole('button', { name: /^Refund / })
    .getAttribute('aria-label'))!.slice(-8);
  const row = rowOf(page, id);
  const other = await failedVideo(page, 0);
  const colleague = await openSignedIn(browser, server, 'admin');
  const { body } = await query(colleague, 'refunds.listRefundCandidates', { status: ['failed'], refundState: 'open' });
  const video = (body.result!.data as { items: { id: string }[] }).items.find((one) => one.id.startsWith(id))!;
  await row.hover();
  const before = await topOf(row);
  await mutate(colleague, 'refunds.refundVideoCredits', { videoId: video.id, reason: 'By a colleague' });
  await expect(row.getByRole('button', { name: `View ${id}` })).toBeVisible();
  await expect(newRows(page)).toHaveText('1 no longer here – show');
  expect(await topOf(row)).toBe(before);
  await newRows(page).click();
  await expect(row).toBeHidden();

  await page.goto(`/refunds?refund=${other.id}`);
  const dialog = page.getByRole('dialog', { name: 'Refund credits' });
  await dialog.getByLabel('Reason').fill('Half a sentence');
  await mutate(colleague, 'refunds.refundVideoCredits', { videoId: other.id, amount: 1, reason: 'By a colleague' });
  await expect(dialog.getByRole('alert')).toContainText(
    '1 credit of this charge was given back while this dialog was open',
  );
  await expect(dialog.getByLabel('Reason')).toHaveValue('Half a sentence');
  await expect(dialog.getByLabel('Amount')).toHaveValue(String(other.creditsRefundable - 1));
  await colleague.context().close();
});

test('a burst of a thousand changes leads to a few questions, and the last figure is right', async ({
  page,
  server,
}) => {
  await signInAs(page, 'analyst', server);
  const { id, credits } = await someAccount(page);
  await openLive(page, `/accounts/${id}`);
  const backend = await backendOf(server);
  const calls = countCalls(page);
  const began = Date.now();
  for (let batch = 0; batch < 100; batch += 1) {
    await Promise.all(
      Array.from({ length: 10 }, () =>
        backend.credits.adjustCredits.mutate({ userId: id, amount: 1, reasonCode: 'goodwill' }),
      ),
    );
  }
  await expect(page.getByRole('definition').first()).toHaveText((credits + 1_000).toLocaleString('en'), {
    timeout: 30_000,
  });
  const seconds = Math.ceil((Date.now() - began) / 1_000);
  expect(calls('accounts.getAccount')).toBeGreaterThan(0);
  expect(calls('accounts.getAccount')).toBeLessThanOrEqual(seconds + 1);
  expect(calls('credits.listAccountEntries')).toBeLessThanOrEqual(seconds + 1);
  expect(calls('live.changes')).toBeLessThanOrEqual(1);
  // An analyst is told of none of these, and asks for none.
  expect(calls('audit.listAuditLog')).toBe(0);
  await expect(newRows(page)).toHaveText('50 or more new rows – show');
});

test('all pages of a tab share one stream', async ({ page, server }) => {
  await signInAs(page, 'admin', server);
  await openLive(page, '/');
  const calls = countCalls(page);
  for (const name of ['Usage', 'Videos', 'Refunds', 'Accounts', 'Audit log']) {
    await page.getByRole('link', { name, exact: true }).click();
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  }
  await page.setViewportSize({ width: 320, height: 640 });
  await expect(isLive(page)).toHaveText('Updates: Live');
  expect(calls('live.changes')).toBe(0);
});

test('a hidden tab holds no connection, and is brought up to date once when it is back', async ({ page, server }) => {
  const streams = async () => (await fetch(`${server.url}/metrics`)).text();
  await signInAs(page, 'admin', server);
  const { id, credits } = await someAccount(page);
  await openLive(page, `/accounts/${id}`);
  await expect.poll(streams).toContain('reeldesk_live_streams 1\n');
  await hide(page, true);
  await expect.poll(streams).toContain('reeldesk_live_streams 0\n');
  const calls = countCalls(page);
  const backend = await backendOf(server);
  await backend.credits.adjustCredits.mutate({ userId: id, amount: 5, reasonCode: 'goodwill' });
  expect(calls('accounts.getAccount')).toBe(0);
  await hide(page, false);
  await expect(page.getByRole('definition').first()).toHaveText((credits + 5).toLocaleString('en'));
  await expect(newRows(page)).toHaveText('1 new row – show');
  expect(calls('live.changes')).toBe(1);
  expect(calls('accounts.getAccount')).toBe(1);
  expect(calls('credits.listAccountEntries')).toBe(1);
});

test('a lost connection is said, is tried again by itself, and what was missed is shown', async ({ page, server }) => {
  await signInAs(page, 'admin', server);
  const { id, credits } = await someAccount(page);
  await page.route('**/trpc/live.changes*', (route) => route.abort());
  await page.goto(`/accounts/${id}`);
  await expect(page.locator('[data-live]:visible')).toHaveText('Updates: Reconnecting…');
  const backend = await backendOf(server);
  await backend.credits.adjustCredits.mutate({ userId: id, amount: 3, reasonCode: 'goodwill' });
  await page.unroute('**/trpc/live.changes*');
  await expect(isLive(page)).toBeVisible();
  await expect(page.getByRole('definition').first()).toHaveText((credits + 3).toLocaleString('en'));
});

test('a server that streams no changes is said, and the desk works without', async ({ page }) => {
  const launched = await launchServer({ LIVE_UPDATES: 'off' });
  try {
    const server = await serverAt(launched.url, launched.dataDir);
    await signInAs(page, 'admin', server);
    await expect(page.locator('[data-live]:visible')).toHaveText('Updates: Not live');
    await page.getByRole('link', { name: 'Accounts' }).click();
    await expect(page.getByRole('row').nth(1)).toBeVisible();
  } finally {
    await launched.stop();
  }
});
