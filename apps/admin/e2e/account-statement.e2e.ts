import { listAuditLogOutput } from '@reeldesk/api/contract/audit';
import { query } from './api.ts';
import { expect, signInAs, test } from './fixtures.ts';

test('a statement at a moment says of each entry why, by whom and with which note; to an analyst neither name nor note', async ({
  browser,
  page,
}) => {
  await signInAs(page, 'admin');
  const { body } = await query(page, 'audit.listAuditLog', { action: 'adjust_credits', limit: 200 });
  const byColleague = listAuditLogOutput
    .parse(body.result?.data)
    .items.find(({ actorEmail, note }) => actorEmail !== null && note !== null)!;
  const { userId, actorId, actorEmail, note, createdAt } = byColleague;
  // The minute after it: whatever came later is not on the statement.
  const at = new Date(Math.ceil(Date.parse(createdAt) / 60_000) * 60_000).toISOString().slice(0, 16);
  const address = `/accounts/${userId}?at=${at}`;
  await page.goto(address);
  const row = page
    .getByRole('table', { name: /^Statement up to/ })
    .getByRole('row')
    .filter({ hasText: note! })
    .first();
  await expect(row).toContainText('Adjustment');
  await row.getByRole('link', { name: `What ${actorEmail} did to this account` }).click();
  await expect(page).toHaveURL(new RegExp(`/audit\\?.*actor=${actorId}`));

  const other = await browser.newPage();
  await signInAs(other, 'analyst');
  await other.goto(new URL(address, page.url()).href);
  const statement = other.getByRole('table', { name: /^Statement up to/ });
  await expect(statement.getByText(actorId!.slice(0, 8)).first()).toBeVisible();
  await expect(statement).not.toContainText('@');
  await expect(statement).not.toContainText(note!);
  await other.close();
});
