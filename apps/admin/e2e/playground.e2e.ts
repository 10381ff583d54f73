import { expect, signInAs, test } from './fixtures.ts';

test('the API playground shows every operation and calls one, under the CSP of all pages', async ({ page }) => {
  await signInAs(page, 'admin');
  const complaints: string[] = [];
  // An icon of Swagger UI has a style attribute, which the CSP blocks as it should; nothing is missed.
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Applying inline style')) {
      complaints.push(message.text());
    }
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto('/api/docs');
  await expect(page.locator('.opblock').nth(30)).toBeVisible();
  const operation = page.locator('#operations-session-getSession');
  await operation.getByRole('button').first().click();
  await operation.getByRole('button', { name: 'Try it out' }).click();
  await operation.getByRole('button', { name: 'Execute' }).click();
  await expect(operation.locator('.live-responses-table')).toContainText('"role": "admin"');
  expect(complaints).toEqual([]);
});
