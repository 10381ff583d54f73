import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { listStaffOutput } from '@reeldesk/api/contract/staff';
import type { Page } from '@playwright/test';
import { chargeOf, failedVideo, mutate, query } from './api.ts';
import { expect, signInAs } from './fixtures.ts';
import { openSignedIn, test } from './own-server.ts';

// These tests stop things.
test.describe.configure({ mode: 'serial' });

/** What others do is not told to this page: it finds out when it asks. */
const cutOffLive = (page: Page) => page.route('**/trpc/live.changes*', (route) => route.abort());

/** All processes of the server's PostgreSQL: the one it started, and those that this one did. */
async function databaseProcesses(serverPid: number): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,comm=']);
  const processes = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  const childrenOf = (parent: number) =>
    processes
      .filter(([, ppid, name]) => Number(ppid) === parent && /postgres/.test(name ?? ''))
      .map(([pid]) => Number(pid));
  return childrenOf(serverPid).flatMap((pid) => [pid, ...childrenOf(pid)]);
}

test('a slow network shows what is awaited, and keeps the page of before', async ({ page, server }) => {
  await signInAs(page, 'admin', server);
  await page.goto('/refunds');
  const first = page.getByRole('row').nth(1);
  const before = await first.textContent();
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/trpc/*listRefundCandidates*', async (route) => {
    await held;
    await route.continue();
  });
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(page.getByRole('region', { name: /^Failed and charged/ })).toHaveAttribute('aria-busy', 'true');
  await expect(first).toHaveText(before!);
  release();
  await expect(first).not.toHaveText(before!);
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
});

test('a refund over a slow network is locked and never shown as done before it is', async ({ page, server }) => {
  await signInAs(page, 'admin', server);
  const video = await failedVideo(page, 0);
  await page.goto(`/refunds?refund=${video.id}`);
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/trpc/refunds.refundVideoCredits*', async (route) => {
    await held;
    await route.continue();
  });
  const dialog = page.getByRole('dialog', { name: 'Refund credits' });
  await dialog.getByRole('button', { name: /^Refund \d/ }).click();
  await expect(dialog.getByRole('button', { name: 'Refunding…' })).toBeDisabled();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeVisible();
  await expect(page.getByText(/credits? refunded/)).toBeHidden();
  expect((await chargeOf(page, video.id)).creditsRefunded).toBe(video.creditsRefunded);
  release();
  await expect(page.getByText(/credits? refunded/)).toBeVisible();
});

test('of two admins with the same refund open, the slower is told what changed meanwhile', async ({
  browser,
  server,
}) => {
  const admin = await openSignedIn(browser, server, 'admin');
  const { body } = await query(admin, 'staff.listStaff', {});
  const { items } = listStaffOutput.parse(body.result?.data);
  const colleague = items.find(({ email }) => email === server.credentialsOf('analyst').email)!;
  expect((await mutate(admin, 'staff.grantStaffRole', { userId: colleague.userId, role: 'admin' })).status).toBe(200);
  const other = await openSignedIn(browser, server, 'analyst');

  const video = await failedVideo(admin, 1);
  await cutOffLive(admin);
  for (const page of [admin, other]) {
    await page.goto(`/refunds?refund=${video.id}`);
    await expect(page.getByLabel('Amount')).toHaveValue(String(video.creditsRefundable));
  }
  await other.getByRole('button', { name: /^Refund \d/ }).click();
  await expect(other.getByText(/credits? refunded/)).toBeVisible();

  const dialog = admin.getByRole('dialog', { name: 'Refund credits' });
  await dialog.getByRole('button', { name: /^Refund \d/ }).click();
  await expect(dialog.getByText(/were given back while this dialog was open/)).toBeVisible();
  await expect(dialog).toContainText(colleague.userId.slice(0, 8));
  expect((await chargeOf(admin, video.id)).creditsRefunded).toBe(video.creditsCharged);

  await mutate(admin, 'staff.grantStaffRole', { userId: colleague.userId, role: 'analyst' });
  await admin.context().close();
  await other.context().close();
});

test('a role taken away while a refund is being filled in: refused, said why, and the page follows', async ({
  browser,
  server,
}) => {
  const admin = await openSignedIn(browser, server, 'admin');
  const { body } = await query(admin, 'staff.listStaff', {});
  const colleague = listStaffOutput
    .parse(body.result?.data)
    .items.find(({ email }) => email === server.credentialsOf('analyst').email)!;
  await mutate(admin, 'staff.grantStaffRole', { userId: colleague.userId, role: 'admin' });
  const other = await openSignedIn(browser, server, 'analyst');
  const video = await failedVideo(other, 2);
  await cutOffLive(other);
  await other.goto(`/refunds?refund=${video.id}`);
  const dialog = other.getByRole('dialog', { name: 'Refund credits' });
  await dialog.getByLabel('Reason').fill('Too late');

  // Taken away while the call is on its way: earlier, the page may have followed before the click.
  await other.route('**/trpc/refunds.refundVideoCredits*', async (route) => {
    await mutate(admin, 'staff.grantStaffRole', { userId: colleague.userId, role: 'analyst' });
    await route.continue();
  });
  await dialog.getByRole('button', { name: /^Refund \d/ }).click();
  await expect(dialog.getByRole('alert')).toContainText('You may not do this.');
  await expect(dialog.getByText('Analysts can look but not refund. Ask an admin.')).toBeVisible();
  expect((await chargeOf(admin, video.id)).creditsRefunded).toBe(video.creditsRefunded);
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await expect(other.getByRole('button', { name: /^Refund [\da-f]{8}$/ }).first()).toBeDisabled();

  await mutate(admin, 'staff.revokeStaffRole', { userId: colleague.userId });
  await other.reload();
  await expect(other.getByRole('heading', { name: 'You have no role at this desk' })).toBeVisible();
  await expect(other.getByText('An admin can give you a role.')).toBeVisible();
  await mutate(admin, 'staff.grantStaffRole', { userId: colleague.userId, role: 'analyst' });
  await other.getByRole('button', { name: 'I have a role now' }).click();
  await expect(other.getByRole('heading', { level: 1, name: 'Refunds' })).toBeVisible();
  await admin.context().close();
  await other.context().close();
});

test('a database that has stopped is said, with no spinner left, and what is tried again is there once it is back', async ({
  page,
  server,
  launched,
}) => {
  await signInAs(page, 'admin', server);
  const processes = await databaseProcesses(launched.pid);
  expect(processes.length).toBeGreaterThan(1);
  processes.forEach((pid) => process.kill(pid, 'SIGSTOP'));
  try {
    await page.getByRole('link', { name: 'Accounts' }).click();
    await expect(page.getByRole('alert')).toContainText(/does not answer/, { timeout: 60_000 });
    await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
    // Pressed while it still hangs: once it is back, the page may be so by itself before anybody presses.
    const asked = page.waitForRequest(/accounts\.listAccounts/);
    await page.getByRole('button', { name: 'Try again' }).click();
    await asked;
  } finally {
    processes.toReversed().forEach((pid) => process.kill(pid, 'SIGCONT'));
  }
  await expect(page.getByRole('row').nth(1)).toBeVisible({ timeout: 60_000 });
});

test('a server that hangs is said within half a minute, and a bulk refund waits to be gone on with', async ({
  page,
  server,
  launched,
}) => {
  await signInAs(page, 'admin', server);
  await page.goto('/refunds');
  await page
    .getByRole('checkbox', { name: /^Select [\da-f]{8}$/ })
    .nth(0)
    .check();
  await page
    .getByRole('checkbox', { name: /^Select [\da-f]{8}$/ })
    .nth(1)
    .check();
  await page.getByRole('button', { name: 'Refund 2 videos' }).click();
  const confirm = page.getByRole('button', { name: /^Refund 2 videos, / });
  await expect(confirm).toBeEnabled();
  process.kill(launched.pid, 'SIGSTOP');
  const results = page.getByRole('dialog', { name: 'Refund of 2 videos' });
  try {
    await confirm.click();
    await expect(results.getByRole('alert')).toContainText('The server does not answer.', { timeout: 30_000 });
    await expect(results.getByText('2 videos on the way without an answer')).toBeVisible();
  } finally {
    process.kill(launched.pid, 'SIGCONT');
  }
  await results.getByRole('button', { name: 'Go on with 2 videos' }).click();
  await expect(results.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '2');
  await expect(results.getByText('Refunded', { exact: true }).last()).toBeVisible();
});

test('a server that is gone is said at once where something is done, and where something is read', async ({
  page,
  server,
  launched,
}) => {
  await signInAs(page, 'admin', server);
  const video = await failedVideo(page, 3);
  await page.goto(`/refunds?refund=${video.id}`);
  const dialog = page.getByRole('dialog', { name: 'Refund credits' });
  await dialog.getByLabel('Reason').fill('Nobody there');
  await launched.stop();
  await dialog.getByRole('button', { name: /^Refund \d/ }).click();
  await expect(dialog.getByRole('alert')).toContainText('The server can’t be reached.');
  await expect(dialog.getByLabel('Reason')).toHaveValue('Nobody there');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('tab', { name: /^To review/ }).click();
  await expect(page.getByRole('alert')).toContainText('The server can’t be reached.');
  await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible();
});
