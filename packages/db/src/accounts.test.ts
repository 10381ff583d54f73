import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { getAccount, listAccounts } from './accounts.ts';
import { anon, backend, makeVideo, readAllPages } from './testing/fixtures.ts';
import { createTestDatabase } from './testing/test-database.ts';
import { softDeleteVideo } from './videos.ts';

const database = await createTestDatabase();
const { db } = database;
afterAll(database.drop);
const admin = await database.createAccount({ role: 'admin', email: 'admin@desk.example' });
const analyst = await database.createAccount({ role: 'analyst', email: 'analyst@desk.example' });

async function find(search: string, actor = admin.actor): Promise<string[]> {
  return (await listAccounts(db, actor, { search, limit: 20 })).items.map(({ id }) => id);
}

test('accounts are found by the beginning of their e-mail, its signs taken as they are', async () => {
  const plain = await database.createAccount({ email: 'Rosa.Moss@studio.example' });
  const underscore = await database.createAccount({ email: 'rosa_moss@studio.example' });
  const percent = await database.createAccount({ email: 'ro%sa\\moss@studio.example' });
  expect(await find('rosa')).toEqual([underscore.id, plain.id]);
  expect(await find('ROSA.')).toEqual([plain.id]);
  expect(await find('rosa_')).toEqual([underscore.id]);
  expect(await find('ro%')).toEqual([percent.id]);
  expect(await find('ro%sa\\')).toEqual([percent.id]);
  expect(await find('moss')).toEqual([]);
});

test('accounts are found by their id and by the id of a video, also of a purged one', async () => {
  const owner = await database.createAccount({ credits: 15 });
  const videoId = await makeVideo(db, owner.id);
  for (const { actor } of [admin, analyst]) {
    expect(await find(owner.id, actor)).toEqual([owner.id]);
    expect(await find(videoId.toUpperCase(), actor)).toEqual([owner.id]);
    expect(await find(randomUUID(), actor)).toEqual([]);
  }
  await softDeleteVideo(db, owner.actor, { videoId });
  await database.asBackend.query(`select purge_deleted_videos(interval '0')`);
  expect(await find(videoId)).toEqual([owner.id]);
});

test("analysts see no e-mail, and can't search by it", async () => {
  const owner = await database.createAccount({ credits: 7, email: 'hidden@studio.example' });
  await expect(find('hidden', analyst.actor)).rejects.toMatchObject({
    reason: 'invalid_input',
    details: { field: 'search' },
  });
  const { items } = await listAccounts(db, analyst.actor, { limit: 50 });
  expect(items.length).toBeGreaterThan(2);
  expect(new Set(items.map(({ email }) => email))).toEqual(new Set([null]));
  expect(await getAccount(db, analyst.actor, { userId: owner.id })).toMatchObject({ email: null, credits: 7 });
});

test('an account shows its videos and its credits out and back', async () => {
  const owner = await database.createAccount({ credits: 100 });
  await makeVideo(db, owner.id, 'pending');
  await makeVideo(db, owner.id, 'processing');
  await makeVideo(db, owner.id, 'failed');
  await softDeleteVideo(db, owner.actor, { videoId: await makeVideo(db, owner.id) });
  for (const actor of [admin.actor, backend]) {
    expect(await getAccount(db, actor, { userId: owner.id })).toMatchObject({
      id: owner.id,
      email: owner.email,
      credits: 55,
      ledgerEntries: 6,
      totalVideos: 3,
      videosPending: 1,
      videosProcessing: 1,
      videosDeleted: 1,
      creditsCharged: 60,
      creditsRefunded: 15,
      closedAt: null,
    });
  }
});

test('accounts are for staff and the back end', async () => {
  const owner = await database.createAccount();
  await expect(listAccounts(db, owner.actor, { limit: 5 })).rejects.toMatchObject({ reason: 'forbidden' });
  await expect(listAccounts(db, anon, { limit: 5 })).rejects.toMatchObject({ reason: 'not_signed_in' });
  await expect(getAccount(db, owner.actor, { userId: owner.id })).rejects.toMatchObject({ reason: 'forbidden' });
  const userId = randomUUID();
  await expect(getAccount(db, admin.actor, { userId })).rejects.toMatchObject({
    reason: 'account_not_found',
    details: { userId },
  });
});

test('pages of accounts made in the same microsecond neither skip nor repeat one', async () => {
  for (let count = 0; count < 8; count++) {
    await database.createAccount();
  }
  await database.asOwner.query(`update profiles set created_at = '2026-01-02 03:04:05.123456Z'`);
  const rows = await database.asOwner.query<{ id: string }>('select id from profiles order by id desc');
  for (const actor of [admin.actor, analyst.actor, backend]) {
    const found = await readAllPages((cursor) => listAccounts(db, actor, { limit: 3, cursor }));
    expect(found.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
  }
});

test('accounts come in the order and within the balance that is asked for', async () => {
  const few = await Promise.all([3, 4, 4, 4, 5].map((credits) => database.createAccount({ credits: credits + 4000 })));
  const range = { minCredits: 4003, maxCredits: 4005 };
  for (const sort of ['most_credits', 'fewest_credits', 'newest', 'oldest'] as const) {
    const found = await readAllPages((cursor) => listAccounts(db, admin.actor, { ...range, sort, limit: 2, cursor }));
    const order = {
      most_credits: 'credits desc, id desc',
      fewest_credits: 'credits, id',
      newest: 'created_at desc, id desc',
      oldest: 'created_at, id',
    };
    const rows = await database.asOwner.query<{ id: string }>(
      `select id from profiles where id = any ($1) order by ${order[sort]}`,
      [few.map(({ id }) => id)],
    );
    expect([sort, ...found.map(({ id }) => id)]).toEqual([sort, ...rows.map(({ id }) => id)]);
  }
  const { nextCursor } = await listAccounts(db, admin.actor, { sort: 'most_credits', limit: 1 });
  await expect(listAccounts(db, admin.actor, { sort: 'newest', limit: 1, cursor: nextCursor })).rejects.toMatchObject({
    reason: 'invalid_input',
    details: { field: 'cursor' },
  });
});

test('closed accounts are found by their state', async () => {
  const closed = await database.createAccount({ credits: 5000 });
  const open = await database.createAccount({ credits: 5000 });
  await database.asOwner.query('delete from auth.users where id = $1', [closed.id]);
  const ids = async (state: 'open' | 'closed') =>
    (await listAccounts(db, admin.actor, { state, minCredits: 5000, maxCredits: 5000, limit: 10 })).items.map(
      ({ id }) => id,
    );
  expect(await ids('closed')).toEqual([closed.id]);
  expect(await ids('open')).toEqual([open.id]);
});
