import type { Page } from '@playwright/test';
import { chargeOf, failedVideo } from './api.ts';
import { expect, expectNoAxeFindings, signInAs, test } from './fixtures.ts';

async function useTheme(page: Page, theme: 'light' | 'dark'): Promise<void> {
  await page.getByRole('radio', { name: theme === 'dark' ? 'Dark' : 'Light' }).check();
  await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
}

async function openAndSettle(page: Page, path: string): Promise<void> {
  await page.goto(path);
  // A dialog over the page hides it from assistive technology.
  await expect(page.getByRole('heading', { level: 1, includeHidden: true })).toBeVisible();
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
}

// The rows of a table are alike: the first few stand for all, and axe looks at each element for long.
async function hideLaterRows(page: Page): Promise<void> {
  await page.locator('tbody').evaluateAll((bodies) => {
    for (const row of bodies.flatMap((body) => [...body.children].slice(4))) (row as HTMLElement).hidden = true;
  });
}

for (const theme of ['light', 'dark'] as const) {
  test(`axe finds nothing on any page in the ${theme} theme`, async ({ page }) => {
    test.setTimeout(300_000);
    await page.emulateMedia({ colorScheme: theme });
    await page.goto('/sign-in');
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expectNoAxeFindings(page);
    await signInAs(page, 'admin');
    await useTheme(page, theme);
    const { id, userId } = await failedVideo(page, 5);
    const paths = [
      '/',
      '/usage',
      '/usage?view=table',
      '/usage?section=failures',
      '/usage?section=accounts',
      '/staff',
      '/staff?dialog=grant',
      '/keys',
      '/keys?dialog=create',
      '/prices',
      '/prices?dialog=edit&resolution=1920x1080&quality=high',
      '/videos',
      `/videos?status=failed&from=2026-01-01&video=${id}`,
      `/videos?video=${id}&act=delete`,
      '/deleted-videos',
      '/refunds',
      '/refunds?queue=stuck',
      '/refunds?queue=unusual',
      '/refunds?queue=all',
      `/refunds?refund=${id}`,
      '/accounts',
      `/accounts/${userId}`,
      `/accounts/${userId}?dialog=adjust`,
      '/audit',
      '/no-such-page',
    ];
    for (const path of paths) {
      await test.step(path, async () => {
        await openAndSettle(page, path);
        if (/dialog=/.test(path)) await expect(page.getByRole('dialog')).toBeVisible();
        if (/refund=|dialog=adjust/.test(path)) await expect(page.getByLabel('Amount')).toBeVisible();
        if (path.includes('video=')) await expect(page.getByRole('dialog').first()).toContainText(id);
        await hideLaterRows(page);
        await expectNoAxeFindings(page);
      });
    }
  });
}

for (const theme of ['light', 'dark'] as const) {
  test(`axe finds nothing in what is opened over a page in the ${theme} theme`, async ({ page }) => {
    test.setTimeout(120_000);
    await page.emulateMedia({ colorScheme: theme });
    await signInAs(page, 'admin');
    await useTheme(page, theme);
    const boxes = page.getByRole('checkbox', { name: /^Select [\da-f]{8}$/ });

    await openAndSettle(page, '/refunds?queue=all&status=completed&state=open');
    await boxes.nth(0).check();
    await boxes.nth(1).check();
    await page.getByRole('button', { name: 'Refund 2 videos' }).click();
    await expect(page.getByLabel('Reason')).toBeFocused();
    await page.getByRole('button', { name: /^Refund 2 videos, / }).click();
    await expect(page.getByText('Say why the credits are given back.')).toBeVisible();
    await hideLaterRows(page);
    await expectNoAxeFindings(page);

    // Without an answer it says what happened, which is more than success does.
    await page.route('**/trpc/refunds.refundManyVideoCredits*', (route) => route.abort());
    await page.getByLabel('Reason').fill('Never sent');
    await page.getByRole('button', { name: /^Refund 2 videos, / }).click();
    await expect(page.getByText('2 videos on the way without an answer')).toBeVisible();
    await expectNoAxeFindings(page);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Bulk refunds (1)' }).click();
    await expect(page.getByRole('dialog', { name: 'Bulk refunds from this browser' })).toBeVisible();
    await expectNoAxeFindings(page);

    await openAndSettle(page, '/deleted-videos');
    await boxes.nth(0).check();
    await page.getByRole('button', { name: 'Restore 1 video' }).click();
    await expect(page.getByRole('dialog', { name: 'Restore 1 video?' })).toBeVisible();
    await hideLaterRows(page);
    await expectNoAxeFindings(page);
  });
}

test('a refund needs no mouse', async ({ page }) => {
  await signInAs(page, 'admin');
  const video = await failedVideo(page, 6);
  await openAndSettle(page, `/refunds?account=${video.userId}`);
  const refund = page.getByRole('button', { name: `Refund ${video.id.slice(0, 8)}` });
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(async () => {
    await page.keyboard.press('Tab');
    await expect(refund).toBeFocused({ timeout: 50 });
  }).toPass({ intervals: [0] });
  await page.keyboard.press('Enter');

  const dialog = page.getByRole('dialog', { name: 'Refund credits' });
  await expect(dialog.getByLabel('Amount')).toBeFocused();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('1');
  await page.keyboard.press('Enter');
  await expect(page.getByText('1 credit refunded')).toBeVisible();
  await expect(dialog).toBeHidden();
  expect((await chargeOf(page, video.id)).creditsRefunded).toBe(video.creditsRefunded + 1);
});

test('Escape closes a dialog, Back too, and the focus returns', async ({ page }) => {
  await signInAs(page, 'admin');
  await openAndSettle(page, '/refunds');
  const refund = page.getByRole('button', { name: /^Refund [\da-f]{8}$/ }).first();
  await refund.click();
  await expect(page.getByLabel('Amount')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(refund).toBeFocused();
  await refund.click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('dialog')).toBeHidden();
});

test('shortcuts lead to pages, and can be switched off', async ({ page }) => {
  await signInAs(page, 'admin');
  await page.keyboard.press('g');
  await page.keyboard.press('r');
  await expect(page.getByRole('heading', { level: 1, name: 'Refunds' })).toBeVisible();
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await help.getByRole('checkbox', { name: 'Shortcuts are on' }).uncheck();
  await page.keyboard.press('Escape');
  await expect(help).toBeHidden();
  await page.keyboard.press('?');
  await page.keyboard.press('g');
  await page.keyboard.press('a');
  await expect(page.getByRole('heading', { level: 1, name: 'Refunds' })).toBeVisible();
  await expect(help).toBeHidden();
});

test('at 320 pixels no page scrolls sideways, and the menu leads everywhere', async ({ page }) => {
  test.setTimeout(90_000);
  await signInAs(page, 'admin');
  const { id, userId } = await failedVideo(page, 5);
  await page.setViewportSize({ width: 320, height: 640 });
  for (const path of [
    '/usage',
    '/usage?view=table',
    '/usage?section=failures',
    '/usage?section=accounts',
    '/staff',
    '/keys',
    '/prices',
    '/deleted-videos',
    '/refunds?status=all&state=all',
    `/refunds?refund=${id}`,
    '/accounts',
    `/accounts/${userId}`,
    `/accounts/${userId}?tab=audit`,
    '/audit',
  ]) {
    await test.step(path, async () => {
      await openAndSettle(page, path);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
    });
  }
  await page.getByRole('button', { name: 'Open the menu' }).click();
  await page.getByRole('dialog', { name: 'Menu' }).getByRole('link', { name: 'Usage' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Usage' })).toBeVisible();
  await expect(page.getByRole('dialog')).toBeHidden();
});

test('a lost connection is said, and a failed refund is not shown as done', async ({ page, context }) => {
  await signInAs(page, 'admin');
  const video = await failedVideo(page, 5);
  await openAndSettle(page, `/refunds?refund=${video.id}`);
  const submit = page.getByRole('button', { name: /^Refund \d/ });
  await expect(submit).toBeVisible();
  await context.setOffline(true);
  await expect(page.getByText('You are offline.')).toBeVisible();
  await submit.click();
  await expect(page.getByRole('alert')).toContainText('can’t be reached');
  await context.setOffline(false);
  expect((await chargeOf(page, video.id)).creditsRefunded).toBe(video.creditsRefunded);
});

for (const theme of ['light', 'dark'] as const) {
  test(`axe finds nothing in what opens over a page in the ${theme} theme`, async ({ page }) => {
    test.setTimeout(90_000);
    await page.emulateMedia({ colorScheme: theme });
    await signInAs(page, 'admin');
    await useTheme(page, theme);
    await openAndSettle(page, '/usage?range=7d&view=table');
    await page
      .getByRole('button', { name: /^Open the rows of/ })
      .first()
      .click();
    await expect(page.getByRole('dialog').getByText(/They foot|More rows follow/)).toBeVisible();
    await hideLaterRows(page);
    await expectNoAxeFindings(page);
    await openAndSettle(page, '/accounts');
    await hideLaterRows(page);
    await page.getByRole('button', { name: 'Columns' }).click();
    await expect(page.getByRole('checkbox', { name: 'Since' })).toBeVisible();
    await expectNoAxeFindings(page);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Views' }).click();
    await expect(page.getByLabel('Name of this view')).toBeVisible();
    await expectNoAxeFindings(page);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Go to/ }).click();
    await page.getByRole('combobox', { name: 'Go to' }).fill('a');
    await expect(page.getByRole('option').first()).toBeVisible();
    await expectNoAxeFindings(page);
  });
}
