import { mutate, query } from './api.ts';
import { expect, signInAs, test } from './fixtures.ts';

test.describe('an admin', () => {
  test.beforeEach(async ({ page }) => signInAs(page, 'admin'));

  test('makes somebody an analyst, then an admin, and takes the role away', async ({ page }) => {
    const { body } = await query(page, 'accounts.listAccounts', { state: 'open', sort: 'oldest', limit: 1 });
    const { email } = (body.result!.data as { items: { email: string }[] }).items[0]!;
    await page.getByRole('link', { name: 'Staff' }).click();
    await page.getByRole('button', { name: 'Give a role' }).click();
    const dialog = page.getByRole('dialog', { name: 'Give somebody a role' });
    await dialog.getByRole('button', { name: 'Make an analyst' }).click();
    await expect(dialog.getByText('Find and choose a person first.')).toBeVisible();
    await dialog.getByLabel('Find the person').fill(email);
    await page.keyboard.press('Enter');
    await dialog.getByRole('button', { name: `Choose ${email}` }).click();
    await dialog.getByRole('button', { name: 'Make an analyst' }).click();
    await expect(page.getByText(`${email} is an analyst now.`)).toBeVisible();

    const row = page.getByRole('row', { name: email });
    await expect(row).toContainText('Analyst');
    await row.getByRole('button', { name: `Change the role of ${email}` }).click();
    await page
      .getByRole('dialog', { name: 'Change this role?' })
      .getByRole('button', { name: 'Make an admin' })
      .click();
    await expect(row).toContainText('Admin');

    await row.getByRole('button', { name: `Take the role of ${email} away` }).click();
    const confirmation = page.getByRole('dialog', { name: 'Take this role away?' });
    await expect(confirmation).toContainText('loses the desk at once');
    await confirmation.getByRole('button', { name: 'Take role away' }).click();
    await expect(row).toBeHidden();

    await page.getByRole('link', { name: 'Audit log' }).click();
    await expect(page.getByRole('row').nth(1)).toContainText('Role revoked');
  });

  test('can’t change his own role, and is told why', async ({ page, server }) => {
    const { email } = server.credentialsOf('admin');
    await page.goto('/staff');
    const revoke = page.getByRole('button', { name: `Take the role of ${email} away` });
    await expect(revoke).toBeDisabled();
    await expect(revoke).toHaveAccessibleDescription('Nobody changes his own role. Ask another admin.');
    const { body } = await query(page, 'session.getSession', {});
    const { userId } = body.result!.data as { userId: string };
    await page.goto(`/staff?dialog=revoke&member=${userId}`);
    await expect(revoke).toBeVisible();
    await expect(page.getByRole('dialog')).toBeHidden();
    const refused = await mutate(page, 'staff.revokeStaffRole', { userId });
    expect(refused.body.error?.data.reason).toBe('own_account');
  });

  test('makes a key that works once it is copied, and none after it is revoked', async ({ page, server, context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.goto('/keys?dialog=create');
    const form = page.getByRole('dialog', { name: 'New API key' });
    await form.getByRole('button', { name: 'Make key' }).click();
    await expect(form.getByText('Say what the key is for.')).toBeVisible();
    await form.getByLabel('Name').fill('Nightly report');
    await form.getByRole('button', { name: 'Make key' }).click();
    const shown = page.getByRole('dialog', { name: 'Copy this key now' });
    await expect(shown.getByRole('alert')).toContainText('never be shown again');
    await shown.getByRole('button', { name: 'Copy key' }).click();
    const key = await page.evaluate(() => navigator.clipboard.readText());
    expect(key).toBe(await shown.getByLabel('API key').inputValue());
    const call = () => fetch(`${server.url}/trpc/staff.listStaff`, { headers: { authorization: `Bearer ${key}` } });
    expect((await call()).status).toBe(200);

    await shown.getByRole('button', { name: 'I have kept it' }).click();
    await expect(page.getByRole('main')).not.toContainText(key);
    const row = page.getByRole('row', { name: /Nightly report/ }).first();
    await expect(row).toContainText('Active');
    await row.getByRole('button', { name: 'Revoke Nightly report' }).click();
    const confirmation = page.getByRole('dialog', { name: 'Revoke this key?' });
    await expect(confirmation).toContainText('can’t be taken back');
    await confirmation.getByRole('button', { name: 'Revoke key' }).click();
    await expect(page.getByText('Key revoked', { exact: true })).toBeVisible();
    await expect(row).toContainText('Revoked');
    expect((await call()).status).toBe(401);
  });

  test('sets a price, with what it was beside what it will be', async ({ page }) => {
    await page.getByRole('link', { name: 'Prices' }).click();
    await page.getByRole('button', { name: 'New price' }).click();
    const dialog = page.getByRole('dialog', { name: 'New price' });
    await dialog.getByLabel('Resolution').fill('640x360');
    await dialog.getByLabel('Quality').fill('draft');
    await dialog.getByLabel('Credits per second').fill('0');
    await dialog.getByRole('button', { name: 'Set price' }).click();
    await expect(dialog.getByText('Enter a whole number from 1 to 100,000.')).toBeVisible();
    await dialog.getByLabel('Credits per second').fill('1');
    await dialog.getByRole('button', { name: 'Set 1 credit per second' }).click();
    await expect(page.getByText('Price set', { exact: true })).toBeVisible();

    await page.getByRole('button', { name: 'Change the price of 640 × 360, draft' }).click();
    const change = page.getByRole('dialog', { name: 'Change this price?' });
    await change.getByLabel('Credits per second').fill('2');
    await expect(change).toContainText('5 credits');
    await expect(change).toContainText('10 credits');
    await change.getByRole('button', { name: 'Set 2 credits per second' }).click();
    await expect(change).toBeHidden();
    await expect(page.getByRole('row', { name: /640 × 360/ })).toContainText('2');
  });
});

test.describe('an analyst', () => {
  test.beforeEach(async ({ page }) => signInAs(page, 'analyst'));

  test('sees that he may not manage staff, keys and prices, and why; the database refuses him too', async ({
    page,
  }) => {
    for (const [path, button, reason] of [
      ['/staff', 'Give a role', 'Analysts can’t manage staff. Ask an admin.'],
      ['/keys?dialog=create', 'New key', 'Analysts can’t make or revoke keys. Ask an admin.'],
      ['/prices', 'New price', 'Analysts can look but not change prices. Ask an admin.'],
    ] as const) {
      await page.goto(path);
      await expect(page.getByRole('button', { name: button })).toHaveAccessibleDescription(reason);
      await expect(page.getByRole('dialog')).toBeHidden();
    }
    await expect(page.getByRole('cell', { name: '1920 × 1080', exact: true })).toBeVisible();
    const calls = [
      mutate(page, 'staff.grantStaffRole', { userId: crypto.randomUUID(), role: 'admin' }),
      mutate(page, 'keys.createApiKey', { name: 'Mine', role: 'staff' }),
      mutate(page, 'prices.setCreditPrice', { resolution: '1920x1080', quality: 'high', creditsPerSecond: 1 }),
      query(page, 'staff.listStaff', {}),
      query(page, 'keys.listApiKeys', {}),
    ];
    for (const { status, body } of await Promise.all(calls)) {
      expect([status, body.error?.data.reason]).toEqual([403, 'forbidden']);
    }
  });
});
