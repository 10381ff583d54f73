import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { failedVideo } from './api.ts';
import { expect, signInAs, test } from './fixtures.ts';

const folder = fileURLToPath(new URL('../../../docs/images/', import.meta.url));

test('the pictures of the documents', async ({ page }) => {
  await mkdir(folder, { recursive: true });
  await page.setViewportSize({ width: 1280, height: 800 });
  await signInAs(page, 'admin');
  const { id, userId } = await failedVideo(page, 0);
  const boxes = page.getByRole('checkbox', { name: /^Select [\da-f]{8}$/ });
  // What is done on the page before its picture is taken.
  const pictures: { name: string; path: string; prepare?: () => Promise<void> }[] = [
    { name: 'overview', path: '/' },
    {
      name: 'usage',
      path: '/usage?range=90d',
      prepare: () => expect(page.locator('.recharts-bar-rectangle').first()).toBeVisible(),
    },
    { name: 'videos', path: '/videos?status=failed' },
    {
      name: 'video',
      path: `/videos?status=failed&video=${id}`,
      prepare: () => expect(page.getByRole('dialog').getByText('Charge')).toBeVisible(),
    },
    { name: 'deleted-videos', path: '/deleted-videos' },
    { name: 'refunds', path: '/refunds' },
    { name: 'refunds-stuck', path: '/refunds?queue=stuck' },
    {
      name: 'refund-dialog',
      path: `/refunds?refund=${id}`,
      prepare: () => expect(page.getByLabel('Amount')).toBeFocused(),
    },
    {
      name: 'bulk-refund',
      path: '/refunds',
      prepare: async () => {
        await page.getByRole('button', { name: /^Select all [\d,]+ that match$/ }).click();
        await page.getByRole('button', { name: /^Refund [\d,]+ videos$/ }).click();
        await expect(page.getByLabel('Reason')).toBeFocused();
      },
    },
    {
      name: 'bulk-refund-results',
      path: '/refunds?queue=all&status=completed&state=open',
      prepare: async () => {
        for (const n of [0, 1, 2, 3, 4, 5]) await boxes.nth(n).check();
        await page.getByRole('button', { name: 'Refund 6 videos' }).click();
        await page.getByLabel('Reason').fill('Outage of the provider');
        await page.getByRole('button', { name: /^Refund 6 videos, / }).click();
        await expect(page.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '6');
      },
    },
    { name: 'account', path: `/accounts/${userId}` },
    { name: 'audit', path: '/audit?action=refund_video_credits' },
  ];
  for (const theme of ['light', 'dark']) {
    await page.evaluate((choice) => localStorage.setItem('reeldesk.theme', choice), theme);
    for (const { name, path, prepare } of pictures) {
      await page.goto(path);
      await expect(page.getByRole('heading', { level: 1, includeHidden: true })).toBeVisible();
      await prepare?.();
      await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
      await page.screenshot({ path: `${folder}${name}-${theme}.png`, animations: 'disabled' });
    }
  }
});
