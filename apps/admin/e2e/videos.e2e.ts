import { creditUsageOutput } from '@reeldesk/api/contract/usage';
import { checkLedgerOutput, getAttentionOutput } from '@reeldesk/api/contract/desk';
import { listVideosInput, videoPage } from '@reeldesk/api/contract/videos';
import type { Page } from '@playwright/test';
import type { z } from 'zod';
import { query } from './api.ts';
import { expect, signInAs, test } from './fixtures.ts';

type VideoFilter = z.input<typeof listVideosInput>;

async function videosOf(page: Page, filter: VideoFilter) {
  const { body } = await query(page, 'videos.listVideos', filter);
  return videoPage.parse(body.result?.data).items;
}

test.describe('an admin', () => {
  test.beforeEach(async ({ page }) => signInAs(page, 'admin'));

  test('lands on the overview, which tells what the API counts', async ({ page }) => {
    await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
    await expect(page.getByText('The books balance')).toBeVisible();
    const check = await query(page, 'desk.checkLedger', {});
    expect(checkLedgerOutput.parse(check.body.result?.data).problems).toBe(0);

    const midnight = new Date();
    midnight.setUTCHours(0, 0, 0, 0);
    const day = midnight.toISOString().slice(0, 10);
    const { body } = await query(page, 'usage.creditUsage', { from: `${day.slice(0, 8)}01`, to: day, timeZone: 'UTC' });
    const { totals } = creditUsageOutput.parse(body.result?.data);
    const figures = page.getByRole('region', { name: 'Credits and videos, today and this month' });
    await expect(figures).toContainText(totals.charges.toLocaleString('en'));
    await expect(figures).toContainText(totals.creditsUsed.toLocaleString('en'));

    const attention = await query(page, 'desk.getAttention', { adjustedSince: midnight.toISOString() });
    const { stuck } = getAttentionOutput.parse(attention.body.result?.data);
    await page.getByRole('link', { name: `${stuck.videos} videos stuck for more than 30 minutes` }).click();
    await expect(page).toHaveURL(/\/refunds\?queue=stuck$/);
    await expect(page.getByRole('table').getByRole('row')).toHaveCount(stuck.videos + 1);
  });

  test('finds the newest staff actions on the overview', async ({ page }) => {
    const newest = page.getByRole('region', { name: 'Newest staff actions' });
    await expect(newest.getByRole('listitem')).toHaveCount(8);
    await newest.getByRole('link', { name: 'All of the audit log' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Audit log' })).toBeVisible();
  });

  test('narrows videos down, takes a filter off again, and turns the order around', async ({ page }) => {
    await page.getByRole('link', { name: 'Videos', exact: true }).click();
    await page.getByRole('combobox', { name: 'Status' }).selectOption('Failed');
    await page.getByRole('combobox', { name: 'Type' }).selectOption('Image to video');
    await page.getByLabel('Resolution').selectOption('1280×720');
    const filter: VideoFilter = {
      status: ['failed'],
      videoType: ['image_to_video'],
      resolution: ['1280x720'],
      limit: 50,
    };
    const found = await videosOf(page, filter);
    const links = page.getByRole('link', { name: /^Open video / });
    await expect(links).toHaveCount(found.length);
    await expect(links.first()).toHaveText(found[0]!.id.slice(0, 8));

    await page.getByRole('columnheader', { name: 'Created' }).getByRole('button').click();
    const oldest = await videosOf(page, { ...filter, sort: 'oldest' });
    await expect(links.first()).toHaveText(oldest[0]!.id.slice(0, 8));
    await page.getByRole('button', { name: 'Remove filter: Status Failed' }).click();
    await expect(page).not.toHaveURL(/status=/);
    await page.getByRole('button', { name: 'Clear all filters' }).click();
    await expect(page).toHaveURL(/\/videos\?sort=oldest$/);
  });

  test('a range of days holds the videos of its last day too', async ({ page }) => {
    const [newest] = await videosOf(page, { limit: 1, status: ['completed'] });
    const day = newest!.createdAt.slice(0, 10);
    await page.goto(`/videos?from=${day}&to=${day}`);
    const next = new Date(Date.parse(day) + 86_400_000).toISOString();
    const found = await videosOf(page, { createdFrom: `${day}T00:00:00Z`, createdBefore: next, limit: 50 });
    await expect(page.getByRole('link', { name: /^Open video / })).toHaveCount(found.length);
    await page.getByRole('textbox', { name: 'Created from' }).fill('2020-01-01');
    await page.getByRole('textbox', { name: 'Created to' }).fill('2020-01-02');
    await expect(page.getByText('No video matches these filters')).toBeVisible();
  });

  test('deletes a video from its drawer, sees the trail of it, and undoes it', async ({ page }) => {
    await page.goto('/videos?status=completed&sort=oldest');
    await page
      .getByRole('link', { name: /^Open video / })
      .nth(3)
      .click();
    const drawer = page.getByRole('dialog', { name: /^Video [\da-f]{8}$/ });
    await expect(drawer.getByRole('listitem').filter({ hasText: 'Charge' })).toHaveCount(1);
    await drawer.getByRole('button', { name: 'Delete' }).click();
    const confirm = page.getByRole('dialog', { name: 'Delete this video?' });
    await expect(confirm).toContainText('No credits move');
    await confirm.getByRole('button', { name: 'Delete video' }).dblclick();
    await expect(confirm).toBeHidden();
    await expect(page.getByText('Video deleted', { exact: true })).toBeVisible();
    await expect(drawer.getByRole('button', { name: 'Restore' })).toBeVisible();
    await expect(drawer.getByRole('listitem').filter({ hasText: 'Deletion by admin@reeldesk.local' })).toHaveCount(1);

    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(page.getByText('Video restored again', { exact: true })).toBeVisible();
    await expect(drawer.getByRole('button', { name: 'Delete' })).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(drawer).toBeHidden();
  });

  test('refunds a part from the drawer, and the ledger of the video shows it', async ({ page }) => {
    await page.goto('/videos?status=completed&sort=oldest');
    await page
      .getByRole('link', { name: /^Open video / })
      .nth(5)
      .click();
    const drawer = page.getByRole('dialog', { name: /^Video [\da-f]{8}$/ });
    await drawer.getByRole('button', { name: 'Refund' }).click();
    const dialog = page.getByRole('dialog', { name: 'Refund credits' });
    await dialog.getByLabel('Amount').fill('2');
    await dialog.getByLabel('Reason').fill('Two seconds of flicker');
    await dialog.getByRole('button', { name: 'Refund 2 credits' }).click();
    await expect(page.getByText('2 credits refunded')).toBeVisible();
    await expect(drawer.getByRole('listitem').filter({ hasText: 'Two seconds of flicker' }).first()).toContainText(
      '+2',
    );
  });

  test('restores many deleted videos, with a result per row, and takes it back', async ({ page }) => {
    await page.goto('/deleted-videos');
    await expect(page.getByText('kept until purged').first()).toBeVisible();
    const boxes = page.getByRole('checkbox', { name: /^Select [\da-f]{8}$/ });
    await boxes.nth(4).check();
    await boxes.nth(5).check();
    await boxes.nth(6).check();
    await page.getByRole('button', { name: 'Restore 3 videos' }).click();
    const dialog = page.getByRole('dialog', { name: 'Restore 3 videos?' });
    await expect(dialog).toContainText('you can undo it');
    await dialog.getByRole('button', { name: 'Restore 3 videos' }).click();
    const done = page.getByRole('dialog', { name: '3 videos restored' });
    await expect(done.getByText('Restored', { exact: true })).toHaveCount(3);
    await done.getByRole('button', { name: 'Undo' }).click();
    await expect(page.getByRole('dialog').getByText('Deleted again', { exact: true })).toHaveCount(3);
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
    await expect(page.getByText('Select rows to restore several at once.')).toBeVisible();
  });
});

test.describe('an analyst', () => {
  test.beforeEach(async ({ page }) => signInAs(page, 'analyst'));

  test('sees the overview without staff actions, and is told why', async ({ page }) => {
    await expect(page.getByText('The books balance')).toBeVisible();
    await expect(page.getByText('Staff actions are for admins')).toBeVisible();
    await expect(page.getByRole('main')).not.toContainText('@');
  });

  test('sees a video without its prompt, and that he may neither refund nor delete it', async ({ page }) => {
    await page.goto('/videos?status=completed');
    await page
      .getByRole('link', { name: /^Open video / })
      .first()
      .click();
    const drawer = page.getByRole('dialog', { name: /^Video [\da-f]{8}$/ });
    await expect(drawer.getByText('hidden from analysts')).toBeVisible();
    await expect(drawer.getByRole('button', { name: 'Delete' })).toHaveAccessibleDescription(/Ask an admin/);
    await expect(drawer.getByRole('button', { name: 'Refund' })).toHaveAccessibleDescription(/Ask an admin/);
    await expect(drawer.getByText('The audit trail is for admins.')).toBeVisible();
    await expect(drawer).not.toContainText('@');
  });

  test('selects and restores nothing', async ({ page }) => {
    await page.goto('/deleted-videos');
    await expect(page.getByRole('button', { name: 'Restore selected' })).toHaveAccessibleDescription(/Ask an admin/);
    await expect(page.getByRole('checkbox')).toHaveCount(0);
  });
});
