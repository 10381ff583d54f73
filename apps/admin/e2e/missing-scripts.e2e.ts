import { expect, signInAs, test } from './fixtures.ts';
import { goTo } from './places.ts';

test('a page whose script can’t be loaded is said inside the desk, and is there once the server is back', async ({
  page,
  context,
}) => {
  await signInAs(page, 'admin');
  await goTo(page, { path: '/' });
  await context.setOffline(true);
  await page.getByRole('link', { name: 'Audit log', exact: true }).click();
  const alert = page.getByRole('alert');
  await expect(alert).toContainText('The server can’t be reached.');
  await alert.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('link', { name: 'Audit log', exact: true })).toBeVisible();
  await context.setOffline(false);
  await alert.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Audit log' })).toBeVisible();
});

test('a script that a new release has replaced loads the desk again, once', async ({ page }) => {
  await signInAs(page, 'admin');
  await goTo(page, { path: '/' });
  let loads = 0;
  page.on('load', () => (loads += 1));
  const gone = (name: string, times?: number) =>
    page.route(`**/assets/${name}-*.js`, (route) => route.fulfill({ status: 404 }), { ...(times && { times }) });
  await gone('audit-page', 1);
  await page.getByRole('link', { name: 'Audit log', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Audit log' })).toBeVisible();
  expect(loads).toBe(1);

  await gone('keys-page');
  await page.getByRole('link', { name: 'API keys' }).click();
  await expect(page.getByRole('alert')).toContainText('The server can’t be reached.');
  expect(loads).toBe(1);
});

test('what opens over a page comes with its script, also where the server is gone since', async ({ page, context }) => {
  await signInAs(page, 'admin');
  await goTo(page, { path: '/refunds' });
  await context.setOffline(true);
  await page
    .getByRole('checkbox', { name: /^Select [\da-f]{8}$/ })
    .first()
    .check();
  await page.getByRole('button', { name: 'Refund 1 video' }).click();
  await expect(page.getByRole('dialog', { name: 'Refund 1 video' })).toBeVisible();
});
