import { createApiKeyOutput } from '@reeldesk/api/contract/keys';
import { listStaffOutput } from '@reeldesk/api/contract/staff';
import { expect, type Page } from '@playwright/test';
import { failedVideo, mutate, query } from './api.ts';
import type { Server } from './fixtures.ts';

/** A page of the desk, or a dialog over one, by its address; `shows` is there when it is as it should be. */
export interface Place {
  path: string;
  shows?: (page: Page) => Promise<void>;
}

const dialog = (name: string) => async (page: Page) => expect(page.getByRole('dialog', { name })).toBeVisible();
const amount = async (page: Page) => expect(page.getByRole('textbox', { name: 'Amount' })).toBeVisible();

/** Every route, with each of its sections, and every dialog that an address opens. For an admin. */
export async function everyPlace(page: Page, server: Server): Promise<Place[]> {
  const { id, userId } = await failedVideo(page, 5);
  const deleted = await idOfFirst(page, 'videos.listDeletedVideos');
  const keyId = await aKey(page);
  const staff = await query(page, 'staff.listStaff', {});
  const member = listStaffOutput
    .parse(staff.body.result?.data)
    .items.find(({ email }) => email === server.credentialsOf('analyst').email)!.userId;
  const inDrawer = async (p: Page) => expect(p.getByRole('dialog').first()).toContainText(id);
  return [
    { path: '/' },
    { path: '/usage' },
    { path: '/usage?view=table' },
    { path: '/usage?section=failures' },
    { path: '/usage?section=accounts' },
    { path: '/videos' },
    { path: `/videos?status=failed&from=2026-01-01&video=${id}`, shows: inDrawer },
    { path: `/videos?video=${id}&act=delete`, shows: inDrawer },
    { path: `/videos?video=${id}&act=refund`, shows: amount },
    { path: '/deleted-videos' },
    { path: `/deleted-videos?restore=${deleted}`, shows: dialog('Restore this video?') },
    { path: '/refunds' },
    { path: '/refunds?queue=stuck' },
    { path: '/refunds?queue=unusual' },
    { path: '/refunds?queue=all' },
    { path: `/refunds?refund=${id}`, shows: amount },
    { path: '/accounts' },
    { path: `/accounts/${userId}` },
    { path: `/accounts/${userId}?tab=videos` },
    { path: `/accounts/${userId}?tab=audit` },
    { path: `/accounts/${userId}?at=2026-11-01T12:00` },
    { path: `/accounts/${userId}?dialog=adjust`, shows: amount },
    { path: '/audit' },
    { path: '/staff' },
    { path: '/staff?dialog=grant', shows: dialog('Give somebody a role') },
    { path: `/staff?dialog=change&member=${member}`, shows: dialog('Change this role?') },
    { path: `/staff?dialog=revoke&member=${member}`, shows: dialog('Take this role away?') },
    { path: '/keys' },
    { path: '/keys?dialog=create', shows: dialog('New API key') },
    { path: `/keys?dialog=revoke&key=${keyId}`, shows: dialog('Revoke this key?') },
    { path: '/prices' },
    { path: '/prices?dialog=edit&resolution=1920x1080&quality=high', shows: dialog('Change this price?') },
    { path: '/no-such-page' },
  ];
}

async function idOfFirst(page: Page, procedure: string): Promise<string> {
  const { body } = await query(page, procedure, { limit: 1 });
  return (body.result!.data as { items: { id: string }[] }).items[0]!.id;
}

async function aKey(page: Page): Promise<string> {
  const { body } = await mutate(page, 'keys.createApiKey', { name: 'Looked at', role: 'staff' });
  return createApiKeyOutput.parse(body.result?.data).id;
}

/** Goes there and waits until everything is loaded. */
export async function goTo(page: Page, { path, shows }: Place): Promise<void> {
  await page.goto(path);
  // A dialog over the page hides it from assistive technology.
  await expect(page.getByRole('heading', { level: 1, includeHidden: true })).toBeVisible();
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
  await shows?.(page);
}
