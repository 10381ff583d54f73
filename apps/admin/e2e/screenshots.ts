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
  const pictures = [
    { name: 'usage', path: '/usage?range=90d' },
    { name: 'deleted-videos', path: '/deleted-videos' },
    { name: 'refunds', path: '/refunds?status=all&state=all' },
    { name: 'refund-dialog', path: `/refunds?status=all&state=all&refund=${id}` },
    { name: 'account', path: `/accounts/${userId}` },
    { name: 'audit', path: '/audit?action=refund_video_credits' },
  ];
  for (const theme of ['light', 'dark']) {
    await page.evaluate((choice) => localStorage.setItem('reeldesk.theme', choice), theme);
    for (const { name, path } of pictures) {
      await page.goto(path);
      await expect(page.getByRole('heading', { level: 1, includeHidden: true })).toBeVisible();
      await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
      if (name === 'usage') await expect(page.locator('.recharts-bar-rectangle').first()).toBeVisible();
      if (name === 'refund-dialog') await expect(page.getByLabel('Amount')).toBeFocused();
      await page.screenshot({ path: `${folder}${name}-${theme}.png`, animations: 'disabled' });
    }
  }
});
