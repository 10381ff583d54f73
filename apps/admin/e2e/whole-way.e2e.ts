import { creditStatementOutput } from '@reeldesk/api/contract/credits';
import { chargeOf, failedVideo, query } from './api.ts';
import { expect, signInAs, test } from './fixtures.ts';

test.beforeEach(async ({ page }) => signInAs(page, 'admin'));

test('a deleted video is found and restored, and the restoration can be undone', async ({ page }) => {
  await page.getByRole('link', { name: 'Deleted videos' }).click();
  const row = page.getByRole('row').nth(1);
  const id = (await row.getByRole('button', { name: /^Copy video id/ }).getAttribute('aria-label'))!.split(' ').at(-1)!;
  const restore = page.getByRole('button', { name: `Restore ${id.slice(0, 8)}` });
  await restore.click();

  const dialog = page.getByRole('dialog', { name: 'Restore this video?' });
  await expect(dialog).toContainText(id);
  await expect(dialog).toContainText('No credits move');
  await dialog.getByRole('button', { name: 'Restore video' }).click();
  await expect(page.getByText('Video restored', { exact: true })).toBeVisible();
  await expect(dialog).toBeHidden();
  await expect(restore).toBeHidden();

  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByText('Video deleted again', { exact: true })).toBeVisible();
  await expect(restore).toBeVisible();
});

test('after a refund the balance, the ledger and the audit log agree', async ({ page }) => {
  const video = await failedVideo(page, 0);
  const before = await chargeOf(page, video.id);
  const after = (before.balance + before.creditsRefundable).toLocaleString('en');

  await page.goto(`/refunds?account=${video.userId}&refund=${video.id}`);
  const dialog = page.getByRole('dialog', { name: 'Refund credits' });
  await expect(dialog.getByLabel('Amount')).toHaveValue(String(before.creditsRefundable));
  await expect(dialog.getByLabel('Reason')).toHaveValue('Video generation failed');
  await expect(dialog).toContainText(after);
  await dialog.getByLabel('Reason').fill('Provider timed out');
  await dialog.getByRole('button', { name: `Refund ${before.creditsRefundable} credit` }).click();
  await expect(page.getByText(`${video.ownerEmail} now has ${after} credits.`)).toBeVisible();
  await expect(dialog).toBeHidden();

  await page.goto(`/accounts/${video.userId}`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(video.ownerEmail!);
  const entry = page.getByRole('table', { name: 'Running ledger' }).getByRole('row').nth(1);
  await expect(entry).toContainText('Refund');
  await expect(entry).toContainText('Provider timed out');
  await expect(entry).toContainText(`+${before.creditsRefundable}`);
  await expect(entry).toContainText(after);

  await page.getByRole('tab', { name: 'Audit trail' }).click();
  const trace = page.getByRole('row').nth(1);
  await expect(trace).toContainText('admin@reeldesk.local');
  await expect(trace).toContainText('Provider timed out');
  await expect(trace).toContainText(`+${before.creditsRefundable}`);

  const { body } = await query(page, 'credits.creditStatement', { userId: video.userId, limit: 1 });
  expect(creditStatementOutput.parse(body.result?.data).items[0]).toMatchObject({
    amount: before.creditsRefundable,
    balanceAfter: before.balance + before.creditsRefundable,
    videoId: video.id,
  });
});

test('a double-clicked refund refunds once', async ({ page }) => {
  const video = await failedVideo(page, 1);
  const before = await chargeOf(page, video.id);
  await page.goto(`/refunds?refund=${video.id}`);
  const dialog = page.getByRole('dialog', { name: 'Refund credits' });
  await dialog.getByLabel('Amount').fill('1');
  await dialog.getByRole('button', { name: 'Refund 1 credit' }).dblclick();
  await expect(page.getByText('1 credit refunded')).toBeVisible();

  const after = await chargeOf(page, video.id);
  expect(after.earlierRefunds).toHaveLength(before.earlierRefunds.length + 1);
  expect(after.balance).toBe(before.balance + 1);
});

test('a charge refunded meanwhile in another tab is not refunded again, and the dialog says so', async ({
  page,
  context,
}) => {
  const video = await failedVideo(page, 2);
  await page.goto(`/refunds?refund=${video.id}`);
  const dialog = page.getByRole('dialog', { name: 'Refund credits' });
  await expect(dialog.getByLabel('Amount')).toHaveValue(String(video.creditsRefundable));

  const other = await context.newPage();
  await other.goto(`/refunds?refund=${video.id}`);
  await other
    .getByRole('dialog')
    .getByRole('button', { name: /^Refund \d/ })
    .click();
  await expect(other.getByText(/credits? refunded/)).toBeVisible();
  await other.close();

  // Told by the stream, without a click.
  await expect(dialog.getByText(/were given back while this dialog was open/)).toBeVisible();
  await expect(dialog.getByRole('button', { name: /^Refund/ })).toBeHidden();
  const after = await chargeOf(page, video.id);
  expect(after.creditsRefunded).toBe(after.creditsCharged);
});

test('credits are adjusted by hand, with the balance seen before and after', async ({ page }) => {
  const video = await failedVideo(page, 3);
  const { balance } = await chargeOf(page, video.id);
  await page.goto(`/accounts/${video.userId}`);
  await page.getByRole('button', { name: 'Adjust credits' }).click();
  const dialog = page.getByRole('dialog', { name: 'Adjust credits' });
  await dialog.getByRole('button', { name: 'Adjust' }).click();
  await expect(dialog.getByText('Choose a reason.')).toBeVisible();

  await dialog.getByLabel('Amount').fill('25');
  await dialog.getByLabel('Reason').selectOption('Goodwill');
  await dialog.getByLabel('Note').fill('Long wait');
  await expect(dialog).toContainText((balance + 25).toLocaleString('en'));
  await dialog.getByRole('button', { name: 'Add 25 credits' }).click();
  await expect(page.getByText('Credits adjusted')).toBeVisible();
  const entry = page.getByRole('table', { name: 'Running ledger' }).getByRole('row').nth(1);
  await expect(entry).toContainText('Goodwill');
  await expect(entry).toContainText('+25');
});

test('an account is found by the id of one of its videos', async ({ page }) => {
  const video = await failedVideo(page, 0);
  await page.keyboard.press('/');
  await page.getByRole('searchbox', { name: 'Find an account' }).fill(video.id);
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: video.ownerEmail! }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(video.ownerEmail!);
});

test('the next page stands in the address, and there is a way back from it', async ({ page }) => {
  await page.goto('/refunds?status=all&state=all');
  const first = page.getByRole('row').nth(1);
  const firstRow = await first.textContent();
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(page.getByText('Page 2')).toBeVisible();
  await expect(page).toHaveURL(/cursor=/);
  await page.reload();
  await expect(page.getByText('Page 2')).toBeVisible();
  await page.getByRole('button', { name: 'Previous' }).click();
  await expect(page.getByText('Page 1')).toBeVisible();
  await expect(first).toHaveText(firstRow!);
});

test('an address with nonsense in it still opens its page', async ({ page }) => {
  await page.goto('/refunds?status=lost&account=nobody&refund=1&cursor=');
  await expect(page.getByRole('heading', { level: 1, name: 'Refunds' })).toBeVisible();
  await expect(page.getByRole('row').nth(1)).toBeVisible();
  await page.goto('/refunds?cursor=nonsense');
  await expect(page.getByText('cursor is not one of this list.')).toBeVisible();
  await page.getByRole('button', { name: 'First page' }).click();
  await expect(page.getByText('Page 1')).toBeVisible();
});

test("no page does what the server's content security policy forbids", async ({ page }) => {
  const violations: string[] = [];
  await page.exposeFunction('noteViolation', (violation: string) => violations.push(violation));
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ violatedDirective, sourceFile }) => {
      void (globalThis as unknown as { noteViolation: (violation: string) => Promise<void> }).noteViolation(
        `${violatedDirective} in ${sourceFile}`,
      );
    });
  });
  const { id } = await failedVideo(page, 0);
  for (const path of [`/refunds?refund=${id}`, '/prices', '/usage', '/accounts', '/videos']) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1, includeHidden: true })).toBeAttached();
    await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
  }
  expect(violations).toEqual([]);
  // That a violation would have been seen.
  await page.evaluate(() => {
    const image = new Image();
    image.src = 'http://127.0.0.1:1/';
  });
  await expect.poll(() => violations).toEqual([expect.stringMatching(/^img-src /)]);
});
