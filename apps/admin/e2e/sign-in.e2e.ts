import { query } from './api.ts';
import { expect, signInAs, test } from './fixtures.ts';

test('somebody not signed in is asked to, and then led to the page he wanted', async ({ page, server }) => {
  await page.goto('/refunds?status=all');
  await expect(page).toHaveURL(/\/sign-in\?redirect=/);
  const { email, password } = server.credentialsOf('admin');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(/\/refunds\?status=all$/);
  await expect(page.getByRole('heading', { level: 1, name: 'Refunds' })).toBeVisible();
});

test('a wrong password is refused in the form, and what was typed stays', async ({ page }) => {
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByText('Enter your password.')).toBeVisible();
  await page.getByLabel('E-mail').fill('nobody@reeldesk.local');
  await page.getByLabel('Password').fill('wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toContainText('E-mail address or password is wrong.');
  await expect(page.getByLabel('E-mail')).toHaveValue('nobody@reeldesk.local');
});

test('the API answers 401 to somebody not signed in', async ({ page }) => {
  await page.goto('/sign-in');
  const { status, body } = await query(page, 'refunds.listRefundCandidates', {});
  expect(status).toBe(401);
  expect(body.error?.data.reason).toBe('not_signed_in');
});

test('a sign-in link leads to no other site', async ({ page, server }) => {
  await page.goto('/sign-in?redirect=//elsewhere.example/');
  const { email, password } = server.credentialsOf('analyst');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(`${server.url}/`);
});

test('a sign-in that ends under a half-filled form keeps the form', async ({ page, server }) => {
  await signInAs(page, 'admin');
  await page.goto('/refunds');
  await page
    .getByRole('button', { name: /^Refund [\da-f]{8}$/ })
    .last()
    .click();
  const form = page.getByRole('dialog', { name: 'Refund credits' });
  await form.getByLabel('Reason').fill('Half a sentence');
  await page.evaluate(() => fetch('/session', { method: 'DELETE' }));
  await form.getByRole('button', { name: /^Refund \d/ }).click();

  const again = page.getByRole('dialog', { name: 'Sign in again' });
  await again.getByLabel('Password').fill(server.credentialsOf('admin').password);
  await again.getByRole('button', { name: 'Sign in' }).click();
  await expect(again).toBeHidden();
  await expect(form.getByLabel('Reason')).toHaveValue('Half a sentence');
});

test('who signs out is out, in the browser and at the server', async ({ page }) => {
  await signInAs(page, 'analyst');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  expect((await query(page, 'accounts.listAccounts', {})).status).toBe(401);
});
