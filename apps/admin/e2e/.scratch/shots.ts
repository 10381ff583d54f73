import { readFile } from 'node:fs/promises';
import { test } from '@playwright/test';
const url = 'http://127.0.0.1:47811';
test('shots', async ({ browser }) => {
  const people = JSON.parse(await readFile('/tmp/desk-refunds-data/sign-in.json', 'utf8'));
  const who = people.find((p: any) => p.role === (process.env.ROLE ?? 'admin'));
  const W = Number(process.env.W ?? 1280);
  const theme = (process.env.THEME as any) ?? 'light';
  const context = await browser.newContext({ viewport: { width: W, height: Number(process.env.H ?? 800) }, colorScheme: theme, locale: 'en-US', timezoneId: 'UTC' });
  const page = await context.newPage();
  page.on('console', (m) => m.type() === 'error' && console.log('console:', m.text()));
  page.on('pageerror', (e) => console.log('pageerror:', e.message));
  await page.goto(url);
  await page.getByLabel('E-mail').fill(who.email);
  await page.getByLabel('Password', { exact: true }).fill(who.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  for (const shot of (process.env.SHOTS ?? '').split(' ')) {
    const [name, ...rest] = shot.split('=');
    await page.goto(url + rest.join('='));
    await page.getByRole('heading', { level: 1, includeHidden: true }).first().waitFor();
    await page.waitForLoadState('networkidle');
    await page.waitForTimeout(500);
    await page.screenshot({ path: `/tmp/shots/${name}-${W}-${theme}.png`, animations: 'disabled', fullPage: W < 500 });
  }
});
