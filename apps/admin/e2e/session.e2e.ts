import { currentSession } from '@reeldesk/api/contract/session';
import { listStaffOutput } from '@reeldesk/api/contract/staff';
import type { Page } from '@playwright/test';
import { failedVideo, mutate, query } from './api.ts';
import { changeByHand, signUp } from './backend.ts';
import { expect, expectNoAxeFindings, hide, signInAs, type Server } from './fixtures.ts';
import { openSignedIn, test } from './own-server.ts';

test.describe.configure({ mode: 'serial' });

const end = (server: Server, after: string) =>
  changeByHand(
    server,
    `update reeldesk.sessions
    set created_at = least(created_at, now() - interval '1 minute'), expires_at = now() + $1::interval`,
    [after],
  );

async function sessionOf(page: Page) {
  const { body } = await query(page, 'session.getSession', {});
  return currentSession.parse(body.result?.data);
}

async function signInAgain(page: Page, password: string): Promise<void> {
  const again = page.getByRole('dialog', { name: 'Sign in again' });
  await again.getByLabel('Password').fill(password);
  await again.getByRole('button', { name: 'Sign in' }).click();
  await expect(again).toBeHidden();
}

/** The adjustment of an account with one field filled in. */
async function beginAdjustment(page: Page): Promise<void> {
  const { userId } = await failedVideo(page, 0);
  await page.goto(`/accounts/${userId}?dialog=adjust`);
  await page.getByRole('dialog', { name: 'Adjust credits' }).getByLabel('Note').fill('Half a sentence');
}

const halfASentence = (page: Page) =>
  expect(page.getByRole('dialog', { name: 'Adjust credits' }).getByLabel('Note')).toHaveValue('Half a sentence');

test('a sign-in that is about to end warns, and can be renewed before it does', async ({ page, server }) => {
  await signInAs(page, 'admin', server);
  await end(server, '5 minutes');
  await page.goto('/videos');
  const warning = page.getByText(/Your sign-in ends in [45] minutes/);
  await expect(warning).toBeVisible();
  await expectNoAxeFindings(page);
  await page.getByRole('button', { name: 'Sign in again' }).click();
  await expect(page.getByText('Your sign-in is about to end.')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await page.getByRole('button', { name: 'Sign in again' }).click();
  await signInAgain(page, server.credentialsOf('admin').password);
  await expect(warning).toBeHidden();
  await expect(page).toHaveURL(/\/videos$/);
  const { expiresAt } = await sessionOf(page);
  expect(Date.parse(expiresAt!) - Date.now()).toBeGreaterThan(11 * 3_600_000);
});

test('over an open form the warning is a notification that the keyboard reaches, and the form is kept', async ({
  page,
  server,
}) => {
  await signInAs(page, 'admin', server);
  await end(server, '10 minutes 30 seconds');
  await page.clock.install();
  await beginAdjustment(page);
  await page.clock.fastForward('01:00');
  await expect(page.getByRole('region', { name: 'Notifications' }).getByText('Your sign-in ends soon.')).toBeVisible();
  await expectNoAxeFindings(page);
  await page.keyboard.press('F6');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  const renew = page.getByRole('region', { name: 'Notifications' }).getByRole('button', { name: 'Sign in again' });
  await expect(renew).toBeFocused();
  await page.keyboard.press('Enter');
  await signInAgain(page, server.credentialsOf('admin').password);
  await halfASentence(page);
  await expect(page.getByText(/Your sign-in ends/)).toBeHidden();
});

test('when a sign-in ends, the page says so by itself and keeps the half-filled form', async ({ page, server }) => {
  await signInAs(page, 'admin', server);
  await end(server, '15 seconds');
  await beginAdjustment(page);
  await expect(page.getByText('Your sign-in has ended. What you were filling in is kept.')).toBeVisible({
    timeout: 40_000,
  });
  expect((await sessionOf(page)).userId).toBeNull();
  await page.keyboard.press('Escape');
  await signInAgain(page, server.credentialsOf('admin').password);
  await halfASentence(page);
  await expect(page.locator('[data-live="live"]')).not.toHaveCount(0);
});

test('a window that comes back after the sign-in has ended keeps what was in it', async ({ page, server }) => {
  await signInAs(page, 'admin', server);
  await beginAdjustment(page);
  await end(server, '-1 seconds');
  await hide(page, true);
  await hide(page, false);
  await expect(page.getByRole('dialog', { name: 'Sign in again' })).toBeVisible();
  await signInAgain(page, server.credentialsOf('admin').password);
  await halfASentence(page);
});

test('somebody without a role is told so, how to get one, and finds the desk once he has it', async ({
  page,
  browser,
  server,
}) => {
  const person = await signUp(server, 'no-role@reeldesk.local');
  await page.goto('/refunds');
  await page.getByLabel('E-mail').fill(person.email);
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  const title = page.getByRole('heading', { name: 'You have no role at this desk' });
  await expect(title).toBeVisible();
  await expect(page.getByText(`${person.email} is signed in, but is not a member of staff`)).toBeVisible();
  await expect(page.getByRole('navigation')).toBeHidden();
  await expectNoAxeFindings(page);
  const { userId } = await sessionOf(page);
  await expect(page.getByRole('button', { name: `Copy account id ${userId}` })).toBeVisible();
  // The page hides nothing that the API would give.
  expect((await query(page, 'accounts.listAccounts', {})).status).toBe(403);
  await page.getByRole('button', { name: 'I have a role now' }).click();
  await expect(title).toBeVisible();

  const admin = await openSignedIn(browser, server, 'admin');
  expect((await mutate(admin, 'staff.grantStaffRole', { userId, role: 'analyst' })).status).toBe(200);
  await page.getByRole('button', { name: 'I have a role now' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Refunds' })).toBeVisible();
  await mutate(admin, 'staff.revokeStaffRole', { userId });
  await expect(title).toBeVisible();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await admin.context().close();
});

test('a role that changes while a page is open changes the page, which says so', async ({ page, browser, server }) => {
  const admin = await openSignedIn(browser, server, 'admin');
  const { body } = await query(admin, 'staff.listStaff', {});
  const { userId } = listStaffOutput
    .parse(body.result?.data)
    .items.find(({ email }) => email === server.credentialsOf('analyst').email)!;
  await signInAs(page, 'analyst', server);
  await page.goto('/refunds');
  await expect(page.locator('[data-live="live"]:visible')).toBeVisible();
  const refund = page.getByRole('button', { name: /^Refund [\da-f]{8}$/ }).first();
  await expect(refund).toBeDisabled();

  await mutate(admin, 'staff.grantStaffRole', { userId, role: 'admin' });
  await expect(page.getByText('Your role is now Admin')).toBeVisible();
  await refund.click();
  const dialog = page.getByRole('dialog', { name: 'Refund credits' });
  await dialog.getByLabel('Reason').fill('Too late');
  await expect(page.locator('[data-live="live"]')).not.toHaveCount(0);

  await mutate(admin, 'staff.grantStaffRole', { userId, role: 'analyst' });
  await expect(dialog.getByText('Analysts can look but not refund. Ask an admin.')).toBeVisible();
  await expect(dialog.getByRole('button', { name: /^Refund \d/ })).toBeHidden();
  await expect(page.getByText('Your role is now Analyst')).toBeVisible();
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await expect(refund).toBeDisabled();
  await expect(refund).toHaveAccessibleDescription(/Ask an admin/);

  await mutate(admin, 'staff.revokeStaffRole', { userId });
  await expect(page.getByRole('heading', { name: 'You have no role at this desk' })).toBeVisible();
  await expect(page.getByRole('main')).toBeFocused();
  await mutate(admin, 'staff.grantStaffRole', { userId, role: 'analyst' });
  await admin.context().close();
});

test('who signs out in one tab is out in the other, and is led back when he signs in there', async ({
  page,
  context,
  server,
}) => {
  await signInAs(page, 'admin', server);
  await page.goto('/videos?status=failed');
  await expect(page.locator('[data-live="live"]:visible')).toBeVisible();
  const other = await context.newPage();
  await other.goto('/accounts');
  await other.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByText('You signed out in another tab.')).toBeVisible();
  await expectNoAxeFindings(page);
  await expect(page.getByRole('table')).toBeHidden();
  const { email, password } = server.credentialsOf('admin');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(/\/videos\?status=failed$/);
  await expect(page.getByRole('row').nth(1)).toBeVisible();
});

test('who signs in again in one tab goes on in the other', async ({ page, context, server }) => {
  await signInAs(page, 'admin', server);
  await beginAdjustment(page);
  await expect(page.locator('[data-live="live"]')).not.toHaveCount(0);
  const other = await context.newPage();
  await other.goto('/accounts');
  await expect(other.getByRole('row').nth(1)).toBeVisible();
  await end(server, '-1 seconds');
  for (const tab of [page, other]) {
    await hide(tab, true);
    await hide(tab, false);
    await expect(tab.getByRole('dialog', { name: 'Sign in again' })).toBeVisible();
  }
  await signInAgain(other, server.credentialsOf('admin').password);
  await expect(page.getByRole('dialog', { name: 'Sign in again' })).toBeHidden();
  await halfASentence(page);
});
