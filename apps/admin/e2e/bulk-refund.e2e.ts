import { listAuditLogOutput } from '@reeldesk/api/contract/audit';
import { listRefundCandidatesOutput, sumRefundCandidatesOutput } from '@reeldesk/api/contract/refunds';
import type { Page } from '@playwright/test';
import { chargeOf, query } from './api.ts';
import { expect, expectNoAxeFindings, signInAs, test } from './fixtures.ts';

// Completed videos of an account that has some, and not hundreds: the failed ones are left to other tests.
async function accountWithCharges(page: Page, turn: number): Promise<string> {
  const { body } = await query(page, 'refunds.listRefundCandidates', {
    status: ['completed'],
    refundState: 'open',
    limit: 200,
  });
  const owners = listRefundCandidatesOutput.parse(body.result?.data).items.map(({ userId }) => userId);
  const found: string[] = [];
  for (const userId of [...new Set(owners)].toSorted()) {
    const { videos } = await leftOf(page, userId);
    // Each test takes the account of its turn, of which the tests before have left nothing behind.
    if (videos >= 22 && videos <= 100) found.push(userId);
    if (found.length > turn) return userId;
  }
  throw new Error(`No ${turn + 1} accounts have 22 to 100 charges.`);
}

async function leftOf(page: Page, userId: string) {
  const { body } = await query(page, 'refunds.sumRefundCandidates', {
    userId,
    status: ['completed'],
    refundState: 'open',
  });
  return sumRefundCandidatesOutput.parse(body.result?.data);
}

const completedOf = (userId: string) => `/refunds?queue=all&status=completed&state=open&account=${userId}`;

async function selectAll(page: Page, userId: string): Promise<void> {
  await page.goto(completedOf(userId));
  await page.getByRole('button', { name: /^Select all [\d,]+ that match$/ }).click();
  await page.getByRole('button', { name: /^Refund [\d,]+ videos$/ }).click();
}

test.describe('an admin', () => {
  test.beforeEach(async ({ page }) => signInAs(page, 'admin'));

  test('refunds all that match at once, counted beforehand, with a result per row', async ({ page }) => {
    const userId = await accountWithCharges(page, 0);
    const left = await leftOf(page, userId);
    await selectAll(page, userId);

    const dialog = page.getByRole('dialog', { name: `Refund ${left.videos.toLocaleString('en')} videos` });
    await expect(dialog).toContainText(`+${left.creditsRefundable.toLocaleString('en')}`);
    await expect(dialog).toContainText('A refund can’t be taken back.');
    const confirm = dialog.getByRole('button', { name: /^Refund [\d,]+ videos, [\d,]+ credits$/ });
    await confirm.click();
    await expect(dialog.getByText('Say why the credits are given back.')).toBeVisible();
    await dialog.getByLabel('Reason').fill('Outage of the provider');
    await confirm.dblclick();

    const results = page.getByRole('dialog', { name: /^Refund of [\d,]+ videos$/ });
    await expect(results.getByRole('progressbar')).toHaveAttribute('aria-valuenow', String(left.videos));
    await expect(results.getByRole('listitem').getByText('Refunded', { exact: true })).toHaveCount(left.videos);
    await expect(page.getByText(`${left.videos.toLocaleString('en')} videos refunded,`)).toBeVisible();
    expect(await leftOf(page, userId)).toMatchObject({ videos: 0, creditsRefundable: 0 });

    await results.getByRole('button', { name: 'Close' }).last().click();
    await expect(page.getByText('No video matches these filters')).toBeVisible();
    await page.getByRole('button', { name: /^Bulk refunds/ }).click();
    await expect(page.getByRole('dialog', { name: 'Bulk refunds from this browser' })).toContainText(
      'Outage of the provider',
    );
  });

  test('gives back a percentage of each charge, shown row by row and in sum before it is confirmed', async ({
    page,
  }) => {
    const userId = await accountWithCharges(page, 5);
    const { body } = await query(page, 'refunds.listRefundCandidates', {
      userId,
      status: ['completed'],
      refundState: 'open',
      limit: 200,
    });
    const charges = listRefundCandidatesOutput.parse(body.result?.data).items;
    const halves = charges.map(({ creditsCharged, creditsRefundable }) =>
      Math.min(Math.floor(creditsCharged / 2), creditsRefundable),
    );
    const sum = halves.reduce((total, half) => total + half, 0);
    await selectAll(page, userId);

    const draft = page.getByRole('dialog', { name: /^Refund [\d,]+ videos$/ });
    await draft.getByRole('radio', { name: 'A percentage' }).check();
    await draft.getByLabel('Reason').fill('Half an outage');
    await draft.getByRole('button', { name: /^Refund [\d,]+ videos$/ }).click();
    const percent = draft.getByLabel('Percent of each charge');
    await expect(percent).toBeFocused();
    await expect(draft.getByText('Enter a whole number from 1 to 100.')).toBeVisible();
    await percent.fill('50');
    const rows = draft.getByRole('region', { name: 'Each video' }).getByRole('listitem');
    await expect(rows).toHaveCount(charges.length);
    for (const [n, half] of halves.entries()) {
      await expect(rows.nth(n)).toContainText(half === 0 ? '–' : `+${half.toLocaleString('en')}`);
    }
    await expectNoAxeFindings(page);
    await draft.getByRole('button', { name: `, ${sum.toLocaleString('en')} credits` }).click();

    const results = page.getByRole('dialog', { name: /^Refund of [\d,]+ videos$/ });
    const done = halves.filter((half) => half > 0).length;
    await expect(results.getByRole('progressbar')).toHaveAttribute('aria-valuenow', String(done));
    await expect(results.getByRole('listitem').getByText('Refunded', { exact: true })).toHaveCount(done);
    const first = await chargeOf(page, charges[0]!.id);
    expect(first.creditsRefunded).toBe(charges[0]!.creditsRefunded + halves[0]!);
    const before = charges.reduce((total, { creditsRefundable }) => total + creditsRefundable, 0);
    expect((await leftOf(page, userId)).creditsRefundable).toBe(before - sum);
  });

  test('gives back so many credits of each charge, and of one that holds less all that is left', async ({ page }) => {
    await page.goto('/refunds?queue=all&status=completed&state=open');
    const boxes = page.getByRole('checkbox', { name: /^Select [\da-f]{8}$/ });
    await boxes.nth(0).check();
    await boxes.nth(1).check();
    await page.getByRole('button', { name: 'Refund 2 videos' }).click();
    const draft = page.getByRole('dialog', { name: 'Refund 2 videos' });
    await draft.getByRole('radio', { name: 'Credits each' }).check();
    await draft.getByLabel('Credits per video').fill('1000000');
    const all = await draft.getByText(/^[\d,]+ left of [\d,]+$/).allTextContents();
    const left = all.map((text) => Number(text.split(' ')[0]!.replaceAll(',', '')));
    const sum = left[0]! + left[1]!;
    await expect(
      draft.getByRole('button', { name: `Refund 2 videos, ${sum.toLocaleString('en')} credits` }),
    ).toBeVisible();
    await draft.getByLabel('Credits per video').fill('1');
    await draft.getByLabel('Reason').fill('A flicker');
    await draft.getByRole('button', { name: 'Refund 2 videos, 2 credits' }).click();
    await expect(page.getByText('2 videos refunded, 2 credits')).toBeVisible();
  });

  test('selects rows one by one and refunds only those', async ({ page }) => {
    const userId = await accountWithCharges(page, 1);
    const before = await leftOf(page, userId);
    await page.goto(completedOf(userId));
    const boxes = page.getByRole('checkbox', { name: /^Select [\da-f]{8}$/ });
    await boxes.nth(0).check();
    await boxes.nth(2).check();
    await expect(boxes.nth(2)).toBeFocused();
    await expect(page.getByRole('checkbox', { name: /on this page$/ })).toHaveJSProperty('indeterminate', true);
    await page.getByRole('button', { name: 'Refund 2 videos' }).click();
    await page.getByRole('dialog').getByLabel('Reason').fill('Flicker');
    await page.getByRole('button', { name: /^Refund 2 videos, / }).click();
    await expect(page.getByText(/^2 videos refunded/)).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.getByText('Select rows to refund several at once.')).toBeVisible();
    expect((await leftOf(page, userId)).videos).toBe(before.videos - 2);
  });

  test('a refund that another admin made meanwhile fails its row alone, and only that is tried again', async ({
    page,
    context,
  }) => {
    const userId = await accountWithCharges(page, 2);
    await page.goto(completedOf(userId));
    await page.getByRole('checkbox', { name: /on this page$/ }).check();
    await page.getByRole('button', { name: /^Refund [\d,]+ videos$/ }).click();
    await page.getByRole('dialog').getByLabel('Reason').fill('Flicker');

    const other = await context.newPage();
    await other.goto(completedOf(userId));
    await other
      .getByRole('button', { name: /^Refund [\da-f]{8}$/ })
      .first()
      .click();
    await other.getByLabel('Reason').fill('Was faster');
    await other.getByRole('button', { name: /^Refund \d+ credit/ }).click();
    await expect(other.getByText(/credits? refunded/)).toBeVisible();
    await other.close();

    await page.getByRole('button', { name: /^Refund [\d,]+ videos, / }).click();
    const results = page.getByRole('dialog', { name: /^Refund of/ });
    await expect(results.getByText('1 video could not be refunded')).toBeVisible();
    await expect(results.getByRole('listitem').getByText('Not refunded', { exact: true })).toHaveCount(1);
    const sent = page.waitForRequest((request) => /refundManyVideoCredits/.test(request.url()));
    await results.getByRole('button', { name: 'Try 1 video again' }).click();
    expect((await sent).postData()!.match(/"videoId"/g)).toHaveLength(1);
    await expect(results.getByText('1 video could not be refunded')).toBeVisible();
  });

  test('a tab that was closed in the middle is gone on with, and nothing is refunded twice', async ({
    page,
    context,
  }) => {
    const userId = await accountWithCharges(page, 3);
    const left = await leftOf(page, userId);
    // The server does it, and the tab is gone before it hears.
    await context.route('**/trpc/refunds.refundManyVideoCredits*', async (route) => {
      await route.fetch();
      await route.abort();
    });
    await selectAll(page, userId);
    await page.getByRole('dialog').getByLabel('Reason').fill('Outage');
    await page.getByRole('button', { name: /^Refund [\d,]+ videos, / }).click();
    const unanswered = page.getByRole('dialog').getByText(/on the way without an answer/);
    await expect(unanswered).toBeVisible();
    await page.close();
    await context.unroute('**/trpc/refunds.refundManyVideoCredits*');

    const reopened = await context.newPage();
    await reopened.goto('/refunds');
    await expect(reopened.getByText(/^A bulk refund is not finished/)).toBeVisible();
    await reopened.getByRole('button', { name: 'Open', exact: true }).click();
    const dialog = reopened.getByRole('dialog', { name: /^Refund of/ });
    await expect(dialog.getByText(/asks again with the same keys/)).toBeVisible();
    await dialog.getByRole('button', { name: /^Go on with/ }).click();
    await expect(dialog.getByRole('progressbar')).toHaveAttribute('aria-valuenow', String(left.videos));
    await expect(dialog.getByText('had been done before').first()).toBeVisible();
    await expect(dialog).toContainText(`+${left.creditsRefundable.toLocaleString('en')}`);

    const { body } = await query(reopened, 'audit.listAuditLog', {
      userId,
      action: 'refund_video_credits',
      limit: 200,
    });
    const refunds = listAuditLogOutput.parse(body.result?.data).items.filter(({ reason }) => reason === 'Outage');
    expect(refunds.reduce((sum, { amount }) => sum + (amount ?? 0), 0)).toBe(left.creditsRefundable);
    expect(new Set(refunds.map(({ targetId }) => targetId)).size).toBe(refunds.length);
  });

  test('on a phone a long address ends in an ellipsis, not at the edge of its line', async ({ page }) => {
    await page.setViewportSize({ width: 320, height: 720 });
    await page.goto('/refunds');
    await page.getByRole('button', { name: /^Select all [\d,]+ that match$/ }).click();
    await page.getByRole('button', { name: /^Refund [\d,]+ videos$/ }).click();
    const addresses = page.getByRole('dialog').getByRole('link', { name: '@' });
    await expect(addresses.first()).toBeVisible();
    const cutOff = await addresses.evaluateAll((links) =>
      links
        .filter((link) => link.getBoundingClientRect().right > link.parentElement!.getBoundingClientRect().right + 0.5)
        .map((link) => link.textContent),
    );
    expect(cutOff).toEqual([]);
  });

  test('pauses after the rows on their way, and goes on where it stopped', async ({ page }) => {
    await page.goto('/refunds?queue=all&status=completed&state=open');
    await page.getByRole('checkbox', { name: /on this page$/ }).check();
    await page.getByRole('button', { name: 'Refund 50 videos' }).click();
    await page.getByRole('dialog').getByLabel('Reason').fill('Paused');
    let calls = 0;
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await page.route('**/trpc/refunds.refundManyVideoCredits*', async (route) => {
      calls += 1;
      if (calls === 2) await held;
      await route.continue();
    });
    await page.getByRole('button', { name: /^Refund 50 videos, / }).click();
    const dialog = page.getByRole('dialog', { name: 'Refund of 50 videos' });
    const progress = dialog.getByRole('progressbar');
    await expect(progress).toHaveAttribute('aria-valuenow', '20');
    await dialog.getByRole('button', { name: 'Pause' }).click();
    release();
    await expect(dialog.getByText('Paused, with 10 videos left')).toBeVisible();
    expect(calls).toBe(2);
    await dialog.getByRole('button', { name: 'Go on with 10 videos' }).click();
    await expect(progress).toHaveAttribute('aria-valuenow', '50');
    expect(calls).toBe(3);
  });

  test('a sign-in that ended keeps the half-filled reason, and the bulk refund goes on after it', async ({
    page,
    server,
  }) => {
    const userId = await accountWithCharges(page, 4);
    const left = await leftOf(page, userId);
    await selectAll(page, userId);
    const draft = page.getByRole('dialog', { name: /^Refund [\d,]+ videos/ });
    await draft.getByLabel('Reason').fill('Half a sentence');
    await page.evaluate(() => fetch('/session', { method: 'DELETE' }));
    await draft.getByRole('button', { name: /^Refund [\d,]+ videos, / }).click();

    const again = page.getByRole('dialog', { name: 'Sign in again' });
    await again.getByLabel('Password').fill(server.credentialsOf('admin').password);
    await again.getByRole('button', { name: 'Sign in' }).click();
    await expect(again).toBeHidden();
    const dialog = page.getByRole('dialog', { name: /^Refund of/ });
    await expect(dialog).toContainText('Half a sentence');
    await dialog.getByRole('button', { name: /^Go on with/ }).click();
    await expect(dialog.getByRole('progressbar')).toHaveAttribute('aria-valuenow', String(left.videos));
    expect((await leftOf(page, userId)).videos).toBe(0);
  });

  test('the queues say how many wait, and stuck videos why they can’t be refunded', async ({ page }) => {
    await page.goto('/refunds');
    const failed = page.getByRole('tab', { name: /^Failed and charged [\d,]+ videos?$/ });
    await expect(failed).toHaveAttribute('aria-selected', 'true');
    await page.getByRole('tab', { name: /^Stuck [\d,]+ videos?$/ }).click();
    await expect(page).toHaveURL(/queue=stuck/);
    await expect(page.getByText('Stuck videos can’t be refunded yet')).toBeVisible();
    await page
      .getByRole('link', { name: /^Open [\da-f]{8}$/ })
      .first()
      .click();
    const drawer = page.getByRole('dialog', { name: /^Video [\da-f]{8}$/ });
    await expect(drawer.getByRole('button', { name: 'Refund' })).toHaveAccessibleDescription(
      'It is still being made. It can be refunded once it has failed or is completed.',
    );
    await page.goBack();
    await page.getByRole('tab', { name: /^To review/ }).click();
    const review = page
      .getByRole('row')
      .nth(1)
      .getByRole('button', { name: /^(View|Refund) / });
    const shortId = (await review.getAttribute('aria-label'))!.split(' ')[1]!;
    await review.click();
    const copied = page.getByRole('dialog').getByRole('button', { name: /^Copy video id/ });
    const id = (await copied.getAttribute('aria-label'))!.split(' ').at(-1)!;
    expect(id.startsWith(shortId)).toBe(true);
    expect((await chargeOf(page, id)).creditsRefunded).toBeGreaterThan(0);
  });
});

test('an analyst sees the queues but selects and refunds nothing', async ({ page }) => {
  await signInAs(page, 'analyst');
  await page.goto('/refunds');
  await expect(page.getByRole('button', { name: 'Refund selected' })).toHaveAccessibleDescription(
    'Analysts can look but not refund. Ask an admin.',
  );
  await expect(page.getByRole('row').nth(1)).toBeVisible();
  await expect(page.getByRole('checkbox')).toHaveCount(0);
  await page.goto('/refunds?batch=new');
  await expect(page.getByRole('dialog', { name: 'Nothing is selected any more' })).toBeVisible();
});
