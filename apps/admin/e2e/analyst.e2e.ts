import { failedVideo, mutate } from './api.ts';
import { expect, signInAs, test } from './fixtures.ts';

test.beforeEach(async ({ page }) => signInAs(page, 'analyst'));

test('an analyst sees that he may not refund, and why', async ({ page }) => {
  await page.getByRole('link', { name: 'Refunds' }).click();
  const refund = page.getByRole('button', { name: /^Refund [\da-f]{8}$/ }).first();
  await expect(refund).toBeDisabled();
  await expect(refund).toHaveAccessibleDescription('Analysts can look but not refund. Ask an admin.');
  await refund.focus();
  await refund.press('Enter');
  await expect(page.getByRole('dialog')).toBeHidden();
});

test('an analyst who calls the API by hand is refused by the database', async ({ page }) => {
  const video = await failedVideo(page, 4);
  const { status, body } = await mutate(page, 'refunds.refundVideoCredits', { videoId: video.id, reason: 'By hand' });
  expect(status).toBe(403);
  expect(body.error?.data).toMatchObject({ reason: 'forbidden', requestId: expect.stringMatching(/./) });
  expect((await failedVideo(page, 4)).creditsRefunded).toBe(video.creditsRefunded);
});

test('an analyst sees no e-mail addresses and no prompts', async ({ page }) => {
  await page.getByRole('link', { name: 'Deleted videos' }).click();
  await expect(page.getByRole('button', { name: /^Restore [\da-f]{8}$/ }).first()).toBeDisabled();
  await expect(page.getByRole('columnheader', { name: 'Prompt' })).toBeHidden();
  await expect(page.getByRole('table')).not.toContainText('@');
});

test('an analyst is told why there is no audit log, and why he may not adjust', async ({ page }) => {
  await page.getByRole('link', { name: 'Audit log' }).click();
  await expect(page.getByText('The audit log is for admins')).toBeVisible();
  const video = await failedVideo(page, 4);
  await page.goto(`/accounts/${video.userId}?dialog=adjust`);
  await expect(page.getByRole('button', { name: 'Adjust credits' })).toHaveAccessibleDescription(/Ask an admin/);
  await expect(page.getByRole('dialog')).toBeHidden();
});

test('an analyst who searches by e-mail is told what he can search by', async ({ page }) => {
  await page.goto('/accounts?q=somebody');
  await expect(page.getByText('search must be an account id or a video id.')).toBeVisible();
});
