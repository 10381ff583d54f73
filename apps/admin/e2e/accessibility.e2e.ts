import type { Page } from '@playwright/test';
import { chargeOf, failedVideo } from './api.ts';
import { expect, expectNoAxeFindings, expectNoAxeFindingsInBothThemes, signInAs, test } from './fixtures.ts';
import { everyPlace, goTo } from './places.ts';

async function openAndSettle(page: Page, path: string): Promise<void> {
  await goTo(page, { path });
}

const sizes = { wide: { width: 1280, height: 720 }, narrow: { width: 320, height: 640 } } as const;

for (const size of ['wide', 'narrow'] as const) {
  test(`axe finds nothing on any page and in any dialog, ${size}, light and dark, and nothing scrolls sideways`, async ({
    page,
    server,
  }) => {
    test.setTimeout(600_000);
    await page.goto('/sign-in');
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expectNoAxeFindingsInBothThemes(page);
    await signInAs(page, 'admin');
    const places = await everyPlace(page, server);
    await page.setViewportSize(sizes[size]);
    for (const place of places) {
      await test.step(place.path, async () => {
        await goTo(page, place);
        await expectNoAxeFindingsInBothThemes(page);
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
      });
    }
  });
}

test('a theme that is chosen holds whatever the system’s is, and is kept', async ({ page }) => {
  const theme = page.locator('html');
  await signInAs(page, 'admin');
  await page.emulateMedia({ colorScheme: 'light' });
  await expect(theme).toHaveAttribute('data-theme', 'light');
  await page.getByRole('radio', { name: 'Dark' }).check();
  await expect(theme).toHaveAttribute('data-theme', 'dark');
  await page.reload();
  await expect(page.getByRole('radio', { name: 'Dark' })).toBeChecked();
  await expect(theme).toHaveAttribute('data-theme', 'dark');
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.getByRole('radio', { name: 'Light' }).check();
  await expect(theme).toHaveAttribute('data-theme', 'light');
  await page.getByRole('radio', { name: 'System' }).check();
  await expect(theme).toHaveAttribute('data-theme', 'dark');
});

test('axe finds nothing in what is opened over a page, light and dark', async ({ page }) => {
  await signInAs(page, 'admin');
  const boxes = page.getByRole('checkbox', { name: /^Select [\da-f]{8}$/ });

  await openAndSettle(page, '/refunds?queue=all&status=completed&state=open');
  await boxes.nth(0).check();
  await boxes.nth(1).check();
  await page.getByRole('button', { name: 'Refund 2 videos' }).click();
  await expect(page.getByLabel('Reason')).toBeFocused();
  await page.getByRole('button', { name: /^Refund 2 videos, / }).click();
  await expect(page.getByText('Say why the credits are given back.')).toBeVisible();
  await expectNoAxeFindingsInBothThemes(page);

  // Without an answer it says what happened, which is more than success does.
  await page.route('**/trpc/refunds.refundManyVideoCredits*', (route) => route.abort());
  await page.getByLabel('Reason').fill('Never sent');
  await page.getByRole('button', { name: /^Refund 2 videos, / }).click();
  await expect(page.getByText('2 videos on the way without an answer')).toBeVisible();
  await expectNoAxeFindingsInBothThemes(page);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Bulk refunds (1)' }).click();
  await expect(page.getByRole('dialog', { name: 'Bulk refunds from this browser' })).toBeVisible();
  await expectNoAxeFindingsInBothThemes(page);

  await openAndSettle(page, '/deleted-videos');
  await boxes.nth(0).check();
  await page.getByRole('button', { name: 'Restore 1 video' }).click();
  await expect(page.getByRole('dialog', { name: 'Restore 1 video?' })).toBeVisible();
  await expectNoAxeFindingsInBothThemes(page);
});

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

test('at 320 pixels the menu leads everywhere', async ({ page }) => {
  await signInAs(page, 'admin');
  await page.setViewportSize(sizes.narrow);
  await page.getByRole('button', { name: 'Open the menu' }).click();
  const menu = page.getByRole('dialog', { name: 'Menu' });
  await expectNoAxeFindings(page);
  await menu.getByRole('link', { name: 'Usage' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Usage' })).toBeVisible();
  await expect(page.getByRole('dialog')).toBeHidden();
});

test('what fails under an open dialog is heard, and the keyboard reaches it', async ({ page, context }) => {
  await signInAs(page, 'admin');
  await page.setViewportSize(sizes.narrow);
  await page.getByRole('button', { name: 'Open the menu' }).click();
  const menu = page.getByRole('dialog', { name: 'Menu' });
  await expect(menu.getByRole('button', { name: 'Sign out' })).toBeVisible();
  await context.setOffline(true);
  await menu.getByRole('button', { name: 'Sign out' }).click();
  const notifications = page.getByRole('region', { name: 'Notifications, reached with F6' });
  await expect(notifications.getByRole('alert')).toContainText('The server can’t be reached.');
  await expectNoAxeFindings(page);
  await page.keyboard.press('F6');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expect(notifications.getByRole('button', { name: 'Dismiss' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(notifications.getByRole('alert')).toBeHidden();
  await expect(menu).toBeVisible();
  await expect(menu.getByRole('button', { name: 'Sign out' })).toBeFocused();
  await context.setOffline(false);
});

test('what is copied in an open dialog is said', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-write']);
  await signInAs(page, 'admin');
  const { id } = await failedVideo(page, 5);
  await openAndSettle(page, `/refunds?refund=${id}`);
  await page.getByRole('button', { name: `Copy video id ${id}` }).click();
  // What is behind a modal dialog is hidden from assistive technology: this is not.
  await expect(page.getByRole('status').filter({ hasText: 'Copied the video id.' })).toHaveCount(1);
});

test('who asks for less motion gets none', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await signInAs(page, 'admin');
  const { id } = await failedVideo(page, 5);
  for (const path of ['/usage', `/videos?video=${id}`, `/refunds?refund=${id}`]) {
    await openAndSettle(page, path);
    const longest = await page.evaluate(() =>
      Math.max(
        ...[...document.querySelectorAll('*')].flatMap((element) =>
          ['', '::before', '::after'].flatMap((part) => {
            const { animationDuration, transitionDuration } = getComputedStyle(element, part);
            return `${animationDuration}, ${transitionDuration}`.split(', ').map(Number.parseFloat);
          }),
        ),
      ),
    );
    expect(longest).toBeLessThanOrEqual(0.001);
  }
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

test('axe finds nothing in what opens over a page, light and dark', async ({ page }) => {
  await signInAs(page, 'admin');
  await openAndSettle(page, '/usage?range=7d&view=table');
  await page
    .getByRole('button', { name: /^Open the rows of/ })
    .first()
    .click();
  await expect(page.getByRole('dialog').getByText(/They foot|More rows follow/)).toBeVisible();
  await expectNoAxeFindingsInBothThemes(page);
  await openAndSettle(page, '/accounts');
  await page.getByRole('button', { name: 'Columns' }).click();
  await expect(page.getByRole('checkbox', { name: 'Since' })).toBeVisible();
  await expectNoAxeFindingsInBothThemes(page);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Views' }).click();
  await expect(page.getByLabel('Name of this view')).toBeVisible();
  await expectNoAxeFindingsInBothThemes(page);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^Go to/ }).click();
  await page.getByRole('combobox', { name: 'Go to' }).fill('a');
  await expect(page.getByRole('option').first()).toBeVisible();
  await expectNoAxeFindingsInBothThemes(page);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await expectNoAxeFindingsInBothThemes(page);
});
