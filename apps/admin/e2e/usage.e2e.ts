import { readFile } from 'node:fs/promises';
import { creditUsageOutput } from '@reeldesk/api/contract/usage';
import type { Download, Page } from '@playwright/test';
import { mutate, query } from './api.ts';
import { expect, expectNoAxeFindings, signInAs, test } from './fixtures.ts';

const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
// Up to yesterday: other tests charge and refund today.
const year = { from: day(330), to: day(1) };
const YEAR = `from=${year.from}&to=${year.to}&zone=UTC`;

async function usageOf(page: Page, input: object) {
  const { body } = await query(page, 'usage.creditUsage', { timeZone: 'UTC', ...input });
  return creditUsageOutput.parse(body.result?.data);
}

async function textOf(download: Download): Promise<string> {
  return readFile(await download.path(), 'utf8');
}

async function chartOf(page: Page) {
  // Where nothing moved, a bar has no shape.
  await expect(page.locator('.recharts-bar-rectangle path').first()).toBeVisible();
  return page.getByRole('application');
}

/** The sum of the amounts that the drawer lists, and how many rows it has. */
async function sumOfRows(page: Page): Promise<{ sum: number; rows: number }> {
  const cells = await page.getByRole('dialog').locator('tbody tr td:last-child').allInnerTexts();
  const amounts = cells.map((text) => Number(/[+−]?[\d,]+/.exec(text)![0].replace('−', '-').replaceAll(',', '')));
  return { sum: amounts.reduce((all, amount) => all + amount, 0), rows: amounts.length };
}

test.describe('an analyst', () => {
  test.beforeEach(async ({ page }) => signInAs(page, 'analyst'));

  test('sees the totals that the API counts, and the table foots with them', async ({ page }) => {
    await page.goto(`/usage?${YEAR}`);
    const { totals } = await usageOf(page, year);
    expect(totals.creditsUsed).toBeGreaterThan(0);
    const figures = page.getByLabel('Totals of the range');
    await expect(figures).toContainText(totals.creditsUsed.toLocaleString('en'));
    await expect(figures).toContainText(`+${totals.creditsRefunded.toLocaleString('en')}`);
    await page.getByRole('radio', { name: 'Table' }).check();
    const sums = page.getByRole('row', { name: /^Total/ });
    await expect(sums).toContainText(totals.creditsUsed.toLocaleString('en'));
    await expect(sums).toContainText(totals.charges.toLocaleString('en'));
    await page.goBack();
    await expect(sums).toBeHidden();
  });

  test('presses a bar, and finds exactly its rows, which sum to it', async ({ page }) => {
    await page.goto('/usage?range=7d&zone=UTC');
    await chartOf(page);
    await page.locator('.recharts-bar-rectangle path').nth(2).click();
    const drawer = page.getByRole('dialog', { name: /^Rows of/ });
    await expect(drawer.getByText('They foot')).toBeVisible();
    await expect(page).toHaveURL(/bucket=.*key=text_to_video.*kind=charge/);
    const bucket = decodeURIComponent(/bucket=([^&]+)/.exec(page.url())![1]!);
    const usage = await usageOf(page, {
      from: bucket,
      to: new Date(Date.parse(bucket) + 86_400_000).toISOString(),
      breakdown: 'videoType',
    });
    const series = usage.series.find(({ key }) => key === 'text_to_video')!;
    expect(await sumOfRows(page)).toEqual({ sum: -series.totals.creditsUsed, rows: series.totals.charges });

    await page.reload();
    await expect(drawer.getByText('They foot')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(drawer).toBeHidden();
    await expect(page).not.toHaveURL(/bucket=/);
  });

  test('opens a bucket by keyboard alone: arrow keys, then Enter', async ({ page }) => {
    await page.goto('/usage?range=7d&zone=UTC');
    const chart = await chartOf(page);
    await chart.focus();
    await page.keyboard.press('ArrowRight');
    await expect(page.locator('.recharts-tooltip-wrapper')).toContainText('Net');
    await page.keyboard.press('Enter');
    const drawer = page.getByRole('dialog', { name: /^Rows of/ });
    await expect(drawer.getByText('They foot')).toBeVisible();
    await expect(drawer.getByText('Charges and refunds')).toBeVisible();
  });

  test('reads weeks of a zone with a half-hour offset, and the unfinished one is marked', async ({ page }) => {
    await page.goto('/usage?range=90d&unit=week&zone=Asia/Kolkata&view=table');
    await expect(page.getByText('Every week is one of Asia/Kolkata.')).toBeVisible();
    await expect(page.getByText('Weeks begin on Sunday.')).toBeVisible();
    await expect(page.getByRole('row', { name: /unfinished/ })).toHaveCount(1);
    await page
      .getByRole('button', { name: /^Open the rows of Week of/ })
      .first()
      .click();
    await expect(page.getByRole('dialog').getByText(/They foot|More rows follow/)).toBeVisible();
  });

  test('filters by quality, sees it as a chip, and takes it off again', async ({ page }) => {
    await page.goto(`/usage?${YEAR}`);
    await page.getByLabel('Quality').selectOption('high');
    const { totals } = await usageOf(page, { ...year, filter: { quality: 'high' } });
    await expect(page.getByLabel('Totals of the range')).toContainText(totals.creditsUsed.toLocaleString('en'));
    await page.getByRole('button', { name: 'Remove filter: Quality high' }).click();
    await expect(page).not.toHaveURL(/quality=/);
    await expect(page.getByLabel('Totals of the range')).not.toContainText(totals.creditsUsed.toLocaleString('en'));
  });

  test('saves the chart as CSV that sums to the totals, and as a picture', async ({ page }) => {
    await page.goto(`/usage?${YEAR}&unit=month`);
    await chartOf(page);
    const { totals } = await usageOf(page, year);
    const csv = page.waitForEvent('download');
    await page.getByRole('button', { name: 'CSV', exact: true }).click();
    const lines = (await textOf(await csv))
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    const used = lines[0]!.indexOf('used');
    expect(lines.slice(1).reduce((sum, line) => sum + Number(line[used]), 0)).toBe(totals.creditsUsed);
    const png = page.waitForEvent('download');
    await page.getByRole('button', { name: 'PNG' }).click();
    const picture = await readFile(await (await png).path());
    expect(picture.subarray(1, 4).toString()).toBe('PNG');
  });

  test('compares each bar with the one of the period before, in the chart, the table and the CSV', async ({ page }) => {
    const week = { from: day(9), to: day(3), timeZone: 'Europe/Berlin' };
    const { totals, previous, buckets } = await usageOf(page, { ...week, compare: true });
    await page.goto(`/usage?from=${week.from}&to=${week.to}&zone=${week.timeZone}&view=table`);
    const sums = page.getByRole('row', { name: /^Total/ });
    await expect(sums).toContainText(totals.creditsUsed.toLocaleString('en'));
    await expect(page.getByRole('columnheader', { name: 'Used before' })).toBeHidden();
    const compare = page.getByRole('checkbox', { name: 'Compare' });
    await compare.focus();
    await page.keyboard.press('Space');
    await expect(page).toHaveURL(/compare=on/);
    await expect(page.getByRole('columnheader', { name: 'Used before' })).toBeVisible();
    const change = totals.creditsUsed - previous!.totals.creditsUsed;
    const signed = `${change > 0 ? '+' : change < 0 ? '−' : ''}${Math.abs(change).toLocaleString('en')}`;
    await expect(sums).toContainText(previous!.totals.creditsUsed.toLocaleString('en'));
    await expect(sums).toContainText(signed);

    const csv = page.waitForEvent('download');
    await page.getByRole('button', { name: 'CSV', exact: true }).click();
    const [names, ...lines] = (await textOf(await csv))
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    const column = (name: string) => lines.map((line) => line[names!.indexOf(name)]);
    const sum = (name: string) => column(name).reduce((all, value) => all + Number(value), 0);
    expect(column('before_from')).toEqual(previous!.buckets.map(({ startsAt }) => startsAt));
    expect(lines).toHaveLength(buckets.length);
    expect(sum('used_before')).toBe(previous!.totals.creditsUsed);
    expect(sum('refunded_before')).toBe(previous!.totals.creditsRefunded);
    expect(sum('used_change')).toBe(change);

    await page.getByRole('radio', { name: 'Chart' }).check();
    const chart = await chartOf(page);
    await expect(page.getByRole('listitem').filter({ hasText: 'Used before' })).toBeVisible();
    await chart.focus();
    await page.keyboard.press('ArrowRight');
    const tooltip = page.locator('.recharts-tooltip-wrapper');
    await expect(tooltip).toContainText(/Used before\s*[\d,]+/);
    await expect(tooltip).toContainText(/Change\s*[+−]?[\d,]+/);
    await compare.uncheck();
    await expect(page.getByRole('listitem').filter({ hasText: 'Used before' })).toBeHidden();
  });

  test('compares on a phone and in the dark, and axe finds nothing', async ({ page }) => {
    for (const view of ['', '&view=table', '&section=failures']) {
      for (const [colorScheme, width] of [
        ['light', 320],
        ['dark', 1280],
      ] as const) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 720 });
        await page.goto(`/usage?range=7d&zone=UTC&compare=on${view}`);
        await expect(page.getByRole('checkbox', { name: 'Compare' })).toBeChecked();
        await expect(page.getByText(/Compared with/)).toBeVisible();
        await expectNoAxeFindings(page);
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
      }
    }
  });

  test('exports the rows behind the chart, all of them, with the filter', async ({ page }) => {
    await page.goto(`/usage?${YEAR}&type=image_to_video`);
    await chartOf(page);
    const { totals } = await usageOf(page, {
      ...year,
      filter: { videoType: 'image_to_video' },
    });
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Rows as CSV' }).click();
    const lines = (await textOf(await download)).trim().split('\n').slice(1);
    expect(lines).toHaveLength(totals.charges + totals.refunds);
    expect(lines.every((line) => line.includes('image_to_video'))).toBe(true);
    await expect(page.getByText(`saved: ${lines.length.toLocaleString('en')} rows`).first()).toBeVisible();
  });

  test('reads how often videos fail, and why credits went back', async ({ page }) => {
    await page.goto(`/usage?${YEAR}&section=failures`);
    const { body } = await query(page, 'usage.refundReport', { ...year, timeZone: 'UTC' });
    const report = body.result!.data as {
      creditsRefunded: number;
      reasons: { reason: string; creditsRefunded: number }[];
    };
    await expect(page.getByLabel('Failures and refunds of the range')).toContainText(
      `${report.creditsRefunded.toLocaleString('en')} credits given back`,
    );
    const first = page.getByRole('table', { name: 'Refunds by reason' }).getByRole('row').nth(1);
    await expect(first).toContainText(report.reasons[0]!.reason);
    await expect(first).toContainText(`+${report.reasons[0]!.creditsRefunded.toLocaleString('en')}`);
  });

  test('sees who uses most without an e-mail address, and what is outstanding', async ({ page }) => {
    await page.goto('/usage?section=accounts&zone=UTC');
    const top = page.getByRole('table', { name: 'Accounts that used most' });
    await expect(top.getByRole('row').nth(1)).toBeVisible();
    await expect(page.getByRole('main')).not.toContainText('@');
    await expect(page.getByLabel('Accounts in the range')).toContainText('Outstanding');
    await top.getByRole('link').first().click();
    await expect(page).toHaveURL(/\/accounts\//);
  });

  test('is told why a range can’t be shown, and keeps a view of one that can', async ({ page }) => {
    await page.goto('/usage?from=2026-02-02&to=2026-02-01');
    await expect(page.getByText('This range can’t be shown')).toBeVisible();
    await page.getByRole('radio', { name: '90 days' }).check();
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByLabel('Name of this view').fill('A quarter');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.goto('/usage');
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByRole('link', { name: 'A quarter' }).click();
    await expect(page).toHaveURL(/range=90d/);
    await expect(page.getByRole('radio', { name: '90 days' })).toBeChecked();
  });
});

test('figures of everybody are refused to who is not signed in', async ({ page }) => {
  await page.goto('/sign-in');
  const { status } = await query(page, 'usage.creditUsage', year);
  expect(status).toBe(401);
  expect((await mutate(page, 'prices.setCreditPrice', {})).status).toBe(401);
});
