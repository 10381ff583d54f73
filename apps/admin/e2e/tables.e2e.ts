import { readFile } from 'node:fs/promises';
import type { Locator, Page } from '@playwright/test';
import { failedVideo, mutate, query } from './api.ts';
import { expect, expectNoAxeFindingsInBothThemes, signInAs, test } from './fixtures.ts';

test.beforeEach(async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
});

const rowsOf = (page: Page) => page.locator('tbody tr[data-index]');
const columnsButton = (page: Page) => page.getByRole('button', { name: 'Columns', exact: true });
const edgeOf = (page: Page, column: string) => page.getByRole('separator', { name: `Width of ${column}` });

async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  // Some tests open a dozen pages, each with its own reads.
  await expect(rowsOf(page).first()).toBeVisible();
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
}

async function widthOf(head: Locator): Promise<number> {
  return Math.round((await head.boundingBox())!.width);
}

/** An account that staff did something to. */
async function accountWithTrail(page: Page): Promise<string> {
  const { body } = await query(page, 'audit.listAuditLog', { limit: 200 });
  const { items } = body.result!.data as { items: { userId: string | null }[] };
  return items.find(({ userId }) => userId !== null)!.userId!;
}

/** The rows of a file that a press on "Export CSV" brings, without the line of names. */
async function exportCsv(page: Page): Promise<string[]> {
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export CSV' }).click();
  // Neither a prompt nor an error text of the demo data has a line end.
  return (await readFile(await (await download).path(), 'utf8')).trim().split('\r\n').slice(1);
}

async function countAll(page: Page, procedure: string, filter: object): Promise<number> {
  let cursor: string | null = null;
  let found = 0;
  do {
    const { body } = await query(page, procedure, { ...filter, limit: 200, ...(cursor && { cursor }) });
    const part = body.result!.data as { items: unknown[]; nextCursor?: string | null };
    found += part.items.length;
    cursor = part.nextCursor ?? null;
  } while (cursor !== null);
  return found;
}

/** A list's file and its count; both again when another test added or took a row between the counts before and after. */
async function exportAll(page: Page, procedure: string, filter: object): Promise<{ count: number; lines: string[] }> {
  const before = await countAll(page, procedure, filter);
  const lines = await exportCsv(page);
  const count = await countAll(page, procedure, filter);
  return count === before ? { count, lines } : exportAll(page, procedure, filter);
}

test('every list has its columns, its density and its rows as a file', async ({ page }) => {
  await signInAs(page, 'admin');
  const { userId } = await failedVideo(page, 3);
  await mutate(page, 'keys.createApiKey', { name: 'For the tables', role: 'backend' });
  for (const path of [
    '/videos',
    '/deleted-videos',
    '/refunds',
    '/refunds?queue=stuck',
    '/refunds?queue=unusual',
    '/refunds?queue=all',
    '/accounts',
    `/accounts/${userId}`,
    `/accounts/${userId}?tab=videos`,
    `/accounts/${await accountWithTrail(page)}?tab=audit`,
    '/audit',
    '/staff',
    '/keys',
    '/prices',
  ]) {
    await test.step(path, async () => {
      await open(page, path);
      await columnsButton(page).click();
      const panel = page.getByRole('region', { name: 'Columns and density' });
      await expect(panel.getByRole('radio', { name: 'Compact' })).toBeVisible();
      const box = panel.getByRole('checkbox').last();
      const heads = await page.getByRole('columnheader').count();
      await box.uncheck();
      await expect(page.getByRole('columnheader')).toHaveCount(heads - 1);
      await panel.getByRole('button', { name: 'Show all columns' }).click();
      await expect(page.getByRole('columnheader')).toHaveCount(heads);
      await page.keyboard.press('Escape');
      await expect(columnsButton(page)).toBeFocused();
      await expect(page.getByRole('button', { name: 'Export CSV' })).toBeVisible();
      await expect(page.getByRole('separator').first()).toBeVisible();
    });
  }
});

test('what is chosen for one table is remembered for it, and for no other', async ({ page }) => {
  await signInAs(page, 'admin');
  await open(page, '/refunds');
  await columnsButton(page).click();
  await page.getByRole('checkbox', { name: 'Created' }).uncheck();
  await page.keyboard.press('Escape');
  await page.reload();
  await expect(rowsOf(page).first()).toBeVisible();
  await expect(page.getByRole('columnheader', { name: 'Created' })).toBeHidden();
  await page.getByRole('tab', { name: 'All charges' }).click();
  await expect(page.getByRole('columnheader', { name: 'Created' })).toBeVisible();
});

test('a column is made wider by dragging its edge, stays so after a reload, and is reset', async ({ page }) => {
  await signInAs(page, 'admin');
  await open(page, '/videos');
  const account = page.getByRole('columnheader', { name: 'Account' });
  const status = page.getByRole('columnheader', { name: 'Status' });
  const [before, statusBefore] = [await widthOf(account), await widthOf(status)];
  const edge = (await edgeOf(page, 'Account').boundingBox())!;
  expect(edge.width).toBeGreaterThanOrEqual(24);
  expect(edge.height).toBeGreaterThanOrEqual(24);
  await page.mouse.move(edge.x + edge.width / 2, edge.y + edge.height / 2);
  await page.mouse.down();
  await page.mouse.move(edge.x + edge.width / 2 + 60, edge.y + 40, { steps: 4 });
  await page.mouse.up();
  expect(await widthOf(account)).toBe(before + 60);
  expect(Math.abs((await widthOf(status)) - statusBefore)).toBeLessThanOrEqual(1);

  await page.reload();
  await expect(rowsOf(page).first()).toBeVisible();
  expect(await widthOf(account)).toBe(before + 60);
  await columnsButton(page).click();
  await page.getByRole('button', { name: 'Reset widths' }).click();
  await expect(page.getByRole('button', { name: 'Reset widths' })).toBeDisabled();
  expect(await widthOf(account)).toBe(before);
});

test('a column is made narrower and wider by arrow keys, and fitted to what is in it by Enter', async ({ page }) => {
  await signInAs(page, 'admin');
  await open(page, '/accounts');
  const balance = page.getByRole('columnheader', { name: 'Balance' });
  const before = await widthOf(balance);
  const edge = edgeOf(page, 'Balance');
  // From the head of its column, as everybody goes who has no mouse.
  await balance.getByRole('button').focus();
  await page.keyboard.press('Tab');
  await expect(edge).toBeFocused();
  await expect(edge).toHaveAttribute('aria-valuenow', String(before));
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Shift+ArrowRight');
  await expect(edge).toHaveAttribute('aria-valuenow', String(before + 80));
  await expect(edge).toHaveAttribute('aria-valuetext', `${before + 80} pixels`);
  expect(await widthOf(balance)).toBe(before + 80);
  await page.keyboard.press('Home');
  expect(await widthOf(balance)).toBe(56);
  await expect(edge).toBeFocused();
  await page.reload();
  await expect(rowsOf(page).first()).toBeVisible();
  expect(await widthOf(balance)).toBe(56);
  await edge.focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => widthOf(balance)).toBeGreaterThan(80);
});

test('Escape takes a drag back', async ({ page }) => {
  await signInAs(page, 'admin');
  await open(page, '/videos');
  const account = page.getByRole('columnheader', { name: 'Account' });
  const before = await widthOf(account);
  await edgeOf(page, 'Account').hover();
  await page.mouse.down();
  await page.mouse.move(900, 200, { steps: 3 });
  expect(await widthOf(account)).toBeGreaterThan(before);
  await page.keyboard.press('Escape');
  await page.mouse.up();
  expect(await widthOf(account)).toBe(before);
});

test('a CSV has as many rows as the list, for each list and its filter', async ({ page }) => {
  await signInAs(page, 'admin');
  const { userId } = await failedVideo(page, 4);
  const withTrail = await accountWithTrail(page);
  const lists: [path: string, procedure: string, filter: object][] = [
    [
      '/videos?status=failed&type=text_to_video',
      'videos.listVideos',
      { status: ['failed'], videoType: ['text_to_video'] },
    ],
    [`/accounts/${userId}?tab=videos`, 'videos.listVideos', { userId }],
    [`/accounts/${userId}`, 'credits.listAccountEntries', { userId }],
    [`/accounts/${userId}?at=2026-11-01T12:00`, 'credits.listAccountEntries', { userId, at: '2026-11-01T12:00:00Z' }],
    [`/accounts/${withTrail}?tab=audit`, 'audit.listAuditLog', { userId: withTrail }],
    ['/audit?action=refund_video_credits', 'audit.listAuditLog', { action: 'refund_video_credits' }],
    ['/deleted-videos', 'videos.listDeletedVideos', {}],
    ['/refunds', 'refunds.listRefundCandidates', { status: ['failed'], refundState: 'open' }],
    ['/refunds?queue=unusual', 'refunds.listRefundCandidates', { refundState: 'unusual' }],
    [
      '/refunds?queue=all&status=completed&state=refunded',
      'refunds.listRefundCandidates',
      { status: ['completed'], refundState: 'refunded' },
    ],
    ['/staff', 'staff.listStaff', {}],
    ['/prices', 'prices.listCreditPrices', {}],
  ];
  for (const [path, procedure, filter] of lists) {
    await test.step(path, async () => {
      await open(page, path);
      const { count, lines } = await exportAll(page, procedure, filter);
      expect(count).toBeGreaterThan(0);
      expect(lines).toHaveLength(count);
      await expect(
        page.getByText(new RegExp(`\\.csv saved: ${count.toLocaleString('en')} rows?$`)).last(),
      ).toBeVisible();
    });
  }
  await open(page, '/refunds?queue=stuck');
  const stuck = await exportCsv(page);
  await expect(page.getByRole('tab', { name: /^Stuck/ })).toContainText(String(stuck.length));
});

test('a page of 500 rows draws only those in sight; End, j and k reach the last, and the head stays', async ({
  page,
}) => {
  await signInAs(page, 'admin');
  await open(page, '/videos');
  const rows = rowsOf(page);
  await page.getByLabel('Rows on a page').selectOption('500 rows');
  await expect(page.getByText('Page 1 · 500 rows')).toBeVisible();
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
  expect(await rows.count()).toBeLessThan(80);
  await expect(page.getByRole('table')).toHaveAttribute('aria-rowcount', '-1');

  const row = (index: number) => page.locator(`tbody tr[aria-rowindex="${index}"]`);
  await page.keyboard.press('j');
  await expect(row(2)).toBeFocused();
  await page.keyboard.press('End');
  await expect(row(501)).toBeFocused();
  await expect(row(501)).toBeInViewport({ ratio: 0.9 });
  await page.keyboard.press('j');
  await expect(row(501)).toBeFocused();
  for (const index of [500, 499, 498]) {
    await page.keyboard.press('k');
    await expect(row(index)).toBeFocused();
  }
  expect(await rows.count()).toBeLessThan(80);
  await expect(page.getByRole('columnheader', { name: 'Prompt' })).toBeInViewport();
  for (let index = 497; index >= 470; index--) {
    await page.keyboard.press('k');
    await expect(row(index)).toBeFocused();
    await expect(row(index)).toBeInViewport({ ratio: 0.9 });
  }

  // Scrolled away from, the row keeps the focus, and the keys go on from it.
  await page.getByRole('table').hover();
  await page.mouse.wheel(0, -6_000);
  await expect(row(470)).not.toBeInViewport();
  await page.keyboard.press('k');
  await expect(row(469)).toBeFocused();
  await page.keyboard.press('Home');
  await expect(row(2)).toBeFocused();
  await expect(row(2)).toBeInViewport({ ratio: 0.9 });

  await page.getByRole('button', { name: 'Next' }).click();
  await expect(page.getByText(/^Page 2/)).toBeVisible();
  await page.reload();
  await expect(page.getByText('Page 2 · 500 rows')).toBeVisible();
  await page.getByLabel('Rows on a page').selectOption('50 rows');
  await expect(page.getByText('Page 1 · 50 rows')).toBeVisible();
});

test('no figure is cut off in rows that come into sight, nor when another column was made wider', async ({ page }) => {
  await signInAs(page, 'admin');
  const { body } = await query(page, 'accounts.listAccounts', { sort: 'oldest', state: 'open', limit: 200 });
  const accounts = (body.result!.data as { items: { id: string; ledgerEntries: number }[] }).items;
  const [busiest] = accounts.toSorted((a, b) => b.ledgerEntries - a.ledgerEntries);
  await open(page, `/accounts/${busiest!.id}`);
  await page.getByLabel('Rows on a page').selectOption('200 rows');
  await expect(page.getByText('Page 1 · 200 rows')).toBeVisible();
  const cutOff = () =>
    page.locator('tbody td.is-figure').evaluateAll((cells) => {
      const content = document.createRange();
      const isCut = (cell: Element) => {
        content.selectNodeContents(cell);
        const { paddingLeft, paddingRight } = getComputedStyle(cell);
        return (
          content.getBoundingClientRect().width >
          cell.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight) + 0.5
        );
      };
      return cells.filter(isCut).map((cell) => cell.textContent);
    });
  await edgeOf(page, 'Type').focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('j');
  await expect(page.locator('tbody tr[aria-rowindex="2"]')).toBeFocused();
  const drawn = new Set<string>();
  for (let n = 0; n < 25; n++) {
    for (const text of await page.locator('tbody td.is-figure').allInnerTexts()) drawn.add(text);
    expect(await cutOff()).toEqual([]);
    await page.mouse.move(700, 500);
    await page.mouse.wheel(0, 400);
  }
  // What is to be seen are figures wider than those on the first screen.
  expect([...drawn].some((text) => text.length >= '+2,000'.length)).toBe(true);
  expect(await widthOf(page.getByRole('columnheader', { name: 'Type' }))).toBe(56);
});

test('on paper all rows are drawn, and on a phone again only those in sight', async ({ page }) => {
  await signInAs(page, 'admin');
  await open(page, '/videos');
  const rows = rowsOf(page);
  await page.getByLabel('Rows on a page').selectOption('200 rows');
  await expect(page.getByText('Page 1 · 200 rows')).toBeVisible();
  expect(await rows.count()).toBeLessThan(80);
  await page.emulateMedia({ media: 'print' });
  await expect(rows).toHaveCount(200);
  await page.emulateMedia({ media: 'screen' });
  await expect.poll(() => rows.count()).toBeLessThan(80);

  await page.setViewportSize({ width: 390, height: 844 });
  await expect.poll(() => rows.count()).toBeLessThan(80);
  await page.keyboard.press('j');
  await expect(page.locator('tbody tr[aria-rowindex="2"]')).toBeFocused();
  await page.keyboard.press('End');
  const last = page.locator('tbody tr[aria-rowindex="201"]');
  await expect(last).toBeFocused();
  await expect(last).toBeInViewport();
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
});

test('axe finds nothing in a table with widths of its own and its menu open, light and dark', async ({ page }) => {
  await signInAs(page, 'admin');
  for (const path of ['/videos', '/refunds', '/deleted-videos', '/prices']) {
    await test.step(path, async () => {
      await open(page, path);
      await page.getByRole('separator').first().focus();
      await page.keyboard.press('ArrowRight');
      await columnsButton(page).click();
      await expect(page.getByRole('button', { name: 'Reset widths' })).toBeEnabled();
      await expectNoAxeFindingsInBothThemes(page);
    });
  }
  await open(page, '/videos');
  await page.getByLabel('Rows on a page').selectOption('100 rows');
  await expect(page.getByText('Page 1 · 100 rows')).toBeVisible();
  await expectNoAxeFindingsInBothThemes(page);
});

test('an analyst has the same tools, and the files leave out what he may not read', async ({ page }) => {
  await signInAs(page, 'analyst');
  await open(page, '/videos?status=failed');
  const { count, lines } = await exportAll(page, 'videos.listVideos', { status: ['failed'] });
  expect(lines).toHaveLength(count);
  expect(lines.join('\n')).not.toContain('@');
  const { status } = await page.request.get('/export/staff.csv').then((answer) => ({ status: answer.status() }));
  expect(status).toBe(403);
});

test('in a smaller window nothing that acts on the table is covered by it', async ({ page }) => {
  await page.setViewportSize({ width: 1024, height: 768 });
  await signInAs(page, 'admin');
  for (const path of ['/refunds', '/refunds?queue=all', '/refunds?queue=stuck', '/deleted-videos', '/videos']) {
    await test.step(path, async () => {
      await open(page, path);
      // A press on what is covered would not arrive.
      await columnsButton(page).click({ trial: true, timeout: 20_000 });
      await page.getByRole('button', { name: 'Export CSV' }).click({ trial: true, timeout: 20_000 });
    });
  }
});
