import { readFile } from 'node:fs/promises';
import { failedVideo, query } from './api.ts';
import { expect, signInAs, test } from './fixtures.ts';

test.beforeEach(async ({ page }) => signInAs(page, 'admin'));

test('Ctrl K leads to a page, to an account by its e-mail, and to a video by its id', async ({ page }) => {
  const video = await failedVideo(page, 7);
  const box = page.getByRole('combobox', { name: 'Go to' });
  await page.keyboard.press('ControlOrMeta+k');
  await box.fill('pric');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Prices' })).toBeVisible();

  await page.keyboard.press('ControlOrMeta+k');
  await box.fill(video.ownerEmail!);
  await expect(page.getByRole('option', { name: `Accounts: ${video.ownerEmail}` })).toHaveAttribute(
    'aria-selected',
    'true',
  );
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: video.ownerEmail! })).toBeVisible();

  await page.keyboard.press('ControlOrMeta+k');
  await box.fill(video.id);
  await expect(page.getByRole('option', { name: /^Accounts: Account of video/ })).toBeVisible();
  await expect(page.getByRole('option', { name: /^Videos: Video/ })).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`/videos\\?video=${video.id}`));
});

test('Escape closes the box, and switched off, the keys do nothing while its button still opens it', async ({
  page,
}) => {
  const box = page.getByRole('combobox', { name: 'Go to' });
  await page.keyboard.press('ControlOrMeta+k');
  await expect(box).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(box).toBeHidden();
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(help).toContainText('Ctrl/⌘ K');
  await help.getByRole('checkbox', { name: 'Shortcuts are on' }).uncheck();
  await page.keyboard.press('Escape');
  await page.keyboard.press('ControlOrMeta+k');
  await expect(box).toBeHidden();
  await page.getByRole('button', { name: /^Go to/ }).click();
  await expect(box).toBeVisible();
});

test('j and k move along rows, and Enter opens one', async ({ page }) => {
  await page.goto('/accounts');
  const rows = page.locator('tbody tr:not([aria-hidden])');
  await expect(rows.nth(2)).toBeVisible();
  await page.keyboard.press('j');
  await expect(rows.nth(0)).toBeFocused();
  await page.keyboard.press('j');
  await expect(rows.nth(1)).toBeFocused();
  await page.keyboard.press('k');
  await expect(rows.nth(0)).toBeFocused();
  const name = await rows.nth(0).getByRole('link').first().innerText();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
});

test('accounts are sorted by the server, filtered by balance, and cleared at once', async ({ page }) => {
  await page.goto('/accounts');
  await page.getByRole('button', { name: 'Balance', exact: true }).first().click();
  await page.getByLabel('At least').fill('9');
  await page.getByLabel('At most').fill('5');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByText('Enter whole numbers, the smaller one first.')).toBeVisible();
  await page.getByLabel('At most').fill('50');
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByLabel('Login').selectOption('Open');
  await page.getByRole('columnheader', { name: 'Balance' }).getByRole('button').click();
  await expect(page.getByRole('columnheader', { name: 'Balance' })).toHaveAttribute('aria-sort', 'descending');
  const { body } = await query(page, 'accounts.listAccounts', {
    state: 'open',
    minCredits: 9,
    maxCredits: 50,
    sort: 'most_credits',
  });
  const first = (body.result!.data as { items: { email: string; credits: number }[] }).items[0]!;
  await expect(page.getByRole('row').nth(1)).toContainText(first.email);
  await expect(page.getByRole('button', { name: 'Remove filter: Balance at most 50' })).toBeVisible();
  await page.getByRole('button', { name: 'Clear all filters' }).click();
  await expect(page).toHaveURL(/\/accounts\?sort=most_credits$/);
});

test('a CSV holds exactly what is filtered, all pages of it', async ({ page }) => {
  await page.goto('/accounts?state=open&min=20');
  await expect(page.getByRole('row').nth(1)).toBeVisible();
  let cursor: string | null = null;
  const ids: string[] = [];
  do {
    const { body } = await query(page, 'accounts.listAccounts', {
      state: 'open',
      minCredits: 20,
      limit: 200,
      ...(cursor && { cursor }),
    });
    const answer = body.result!.data as { items: { id: string }[]; nextCursor: string | null };
    ids.push(...answer.items.map(({ id }) => id));
    cursor = answer.nextCursor;
  } while (cursor !== null);
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export CSV' }).click();
  const lines = (await readFile(await (await download).path(), 'utf8')).trim().split('\n').slice(1);
  expect(lines.map((line) => line.split(',')[1])).toEqual(expect.arrayContaining(ids));
  expect(lines).toHaveLength(ids.length);
  await expect(page.getByText(`accounts.csv saved: ${ids.length} rows`).first()).toBeVisible();
});

test('columns and density are chosen, and remembered', async ({ page }) => {
  await page.goto('/accounts');
  const entries = page.getByRole('columnheader', { name: 'Ledger entries' });
  await expect(entries).toBeVisible();
  const row = page.getByRole('row').nth(1);
  const tall = (await row.boundingBox())!.height;
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('checkbox', { name: 'Ledger entries' }).uncheck();
  await page.getByRole('radio', { name: 'Compact' }).check();
  await expect(entries).toBeHidden();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('radio', { name: 'Compact' })).toBeHidden();
  await page.reload();
  await expect(row).toBeVisible();
  await expect(entries).toBeHidden();
  expect((await row.boundingBox())!.height).toBeLessThan(tall);
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('button', { name: 'Show all columns' }).click();
  await expect(entries).toBeVisible();
});

test('a balance is explained line by line, also as it stood at a moment', async ({ page }) => {
  const video = await failedVideo(page, 8);
  await page.goto(`/accounts/${video.userId}`);
  const ledger = page.getByRole('table', { name: 'Running ledger' });
  await expect(ledger.getByRole('row').nth(1)).toBeVisible();
  await expect(page.getByText('Explained line by line')).toBeVisible();

  await page.goto(`/accounts/${video.userId}?at=2026-11-01T12:00`);
  const { body } = await query(page, 'credits.balanceAt', { userId: video.userId, at: '2026-11-01T12:00:00.000Z' });
  const { balance } = body.result!.data as { balance: number };
  const statement = page.getByRole('table', { name: /^Statement up to/ });
  await expect(statement.getByRole('row').nth(1).getByRole('cell').last()).toContainText(balance.toLocaleString('en'));
  await page.getByRole('button', { name: 'Back to now' }).click();
  await expect(ledger).toBeVisible();

  await page.getByRole('tab', { name: 'Videos' }).click();
  await page
    .getByRole('link', { name: /^Charge and refunds of video/ })
    .first()
    .click();
  await expect(page).toHaveURL(/\/videos\?video=/);
});
