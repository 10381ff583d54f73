import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import { adjustCredits, balanceAt, creditStatement, getCreditInfo, listAccountEntries } from './credits.ts';
import { refundVideoCredits } from './refunds.ts';
import { anon, backend, makeVideo, readAllPages } from './testing/fixtures.ts';
import { postToLedger } from './testing/ledger.ts';
import { createTestDatabase } from './testing/test-database.ts';
import { softDeleteVideo } from './videos.ts';

const database = await createTestDatabase();
const { db } = database;
afterAll(database.drop);
const admin = await database.createAccount({ role: 'admin' });
const analyst = await database.createAccount({ role: 'analyst' });

test('credit info counts active videos, for the owner, staff and the back end', async () => {
  const owner = await database.createAccount({ credits: 100 });
  await makeVideo(db, owner.id, 'pending');
  await makeVideo(db, owner.id, 'processing');
  await softDeleteVideo(db, owner.actor, { videoId: await makeVideo(db, owner.id, 'completed') });
  for (const actor of [owner.actor, admin.actor, analyst.actor, backend]) {
    expect(await getCreditInfo(db, actor, { userId: owner.id })).toEqual({
      credits: 55,
      totalVideos: 2,
      videosPending: 1,
      videosProcessing: 1,
    });
  }
  const stranger = await database.createAccount();
  await expect(getCreditInfo(db, stranger.actor, { userId: owner.id })).rejects.toMatchObject({ reason: 'forbidden' });
  await expect(getCreditInfo(db, anon, { userId: owner.id })).rejects.toMatchObject({ reason: 'not_signed_in' });
  const userId = randomUUID();
  await expect(getCreditInfo(db, backend, { userId })).rejects.toMatchObject({
    reason: 'account_not_found',
    details: { userId },
  });
});

describe('adjustCredits', () => {
  test('adds and takes credits by hand, for admins and the back end', async () => {
    const owner = await database.createAccount();
    const input = { userId: owner.id, amount: 50, reasonCode: 'goodwill', note: 'Long wait' };
    expect(await adjustCredits(db, admin.actor, input)).toMatchObject({
      success: true,
      amount: 50,
      creditsRemaining: 50,
    });
    expect(await adjustCredits(db, backend, { userId: owner.id, amount: -20, reasonCode: 'fraud' })).toMatchObject({
      creditsRemaining: 30,
    });
    for (const { actor } of [owner, analyst]) {
      await expect(adjustCredits(db, actor, input)).rejects.toMatchObject({
        reason: expect.stringMatching(/forbidden|own_account/),
      });
    }
    await expect(adjustCredits(db, admin.actor, { ...input, userId: admin.id })).rejects.toMatchObject({
      reason: 'own_account',
    });
    await expect(adjustCredits(db, admin.actor, { ...input, amount: -31 })).rejects.toMatchObject({
      reason: 'insufficient_credits',
      details: { credits: 30, required: 31 },
    });
    await expect(adjustCredits(db, admin.actor, { ...input, reasonCode: 'whim' })).rejects.toMatchObject({
      details: { field: 'reasonCode' },
    });
  });

  test("refuses what a balance can't hold", async () => {
    const owner = await database.createAccount({ credits: 1 });
    await expect(
      adjustCredits(db, admin.actor, { userId: owner.id, amount: 2_147_483_647, reasonCode: 'goodwill' }),
    ).rejects.toMatchObject({ reason: 'invalid_input', details: { field: 'amount' } });
  });
});

describe('creditStatement', () => {
  test('is the running ledger, newest first, in pages without gap or repetition', async () => {
    const owner = await database.createAccount({ credits: 100 });
    await makeVideo(db, owner.id);
    await makeVideo(db, owner.id, 'failed');
    const entries = await readAllPages((cursor) =>
      creditStatement(db, owner.actor, { userId: owner.id, limit: 2, cursor }),
    );
    expect(entries.map(({ entryNo, type, amount, balanceAfter }) => [entryNo, type, amount, balanceAfter])).toEqual([
      [4, 'refund', 15, 85],
      [3, 'charge', -15, 70],
      [2, 'charge', -15, 85],
      [1, 'adjustment', 100, 100],
    ]);
  });

  test("shows colleagues' notes to admins and the back end only", async () => {
    const owner = await database.createAccount();
    await adjustCredits(db, admin.actor, { userId: owner.id, amount: 5, reasonCode: 'goodwill', note: 'Long wait' });
    const noteFor = async (actor: typeof backend) =>
      (await creditStatement(db, actor, { userId: owner.id, limit: 1 })).items[0]?.note;
    expect(await noteFor(admin.actor)).toBe('Long wait');
    expect(await noteFor(backend)).toBe('Long wait');
    expect(await noteFor(analyst.actor)).toBeNull();
    expect(await noteFor(owner.actor)).toBeNull();
  });

  test('of somebody else is refused', async () => {
    const [owner, stranger] = [await database.createAccount({ credits: 1 }), await database.createAccount()];
    await expect(creditStatement(db, stranger.actor, { userId: owner.id, limit: 5 })).rejects.toMatchObject({
      reason: 'forbidden',
    });
    await expect(creditStatement(db, anon, { userId: owner.id, limit: 5 })).rejects.toMatchObject({
      reason: 'not_signed_in',
    });
  });
});

describe('listAccountEntries', () => {
  test('names who made each entry and what he noted: to admins and the back end, not to analysts', async () => {
    const owner = await database.createAccount({ credits: 100 });
    const videoId = await makeVideo(db, owner.id);
    await refundVideoCredits(db, admin.actor, { videoId, reason: 'Flicker', amount: 4 });
    await adjustCredits(db, admin.actor, { userId: owner.id, amount: 5, reasonCode: 'goodwill', note: 'Long wait' });
    const seenBy = async (actor: typeof backend) =>
      (await listAccountEntries(db, actor, { userId: owner.id, limit: 10 })).items.map((row) => [
        row.entryNo,
        row.type,
        row.balanceAfter,
        row.reason,
        row.actorId,
        row.actorEmail,
        row.note,
      ]);
    const rows = [
      [4, 'adjustment', 94, 'goodwill', admin.id, admin.email, 'Long wait'],
      [3, 'refund', 89, 'Flicker', admin.id, admin.email, null],
      [2, 'charge', 85, 'Video generation', null, null, null],
      [1, 'adjustment', 100, 'purchase', null, null, null],
    ];
    expect(await seenBy(admin.actor)).toEqual(rows);
    expect(await seenBy(backend)).toEqual(rows);
    expect(await seenBy(analyst.actor)).toEqual(rows.map((row) => [...row.slice(0, 5), null, null]));
    await expect(seenBy(owner.actor)).rejects.toMatchObject({ reason: 'forbidden' });
    await expect(seenBy(anon)).rejects.toMatchObject({ reason: 'not_signed_in' });
  });

  test('at any moment is the ledger up to then, in pages, and its newest balance is the balance then', async () => {
    const owner = await database.createAccount();
    const second = (n: number) => `2026-01-02T03:04:${String(n).padStart(2, '0')}.000001Z`;
    // Several of one moment among them.
    for (const n of [1, 2, 2, 2, 3, 5, 8, 8, 9]) {
      await postToLedger(database.asOwner, owner.id, { at: second(n), type: 'adjustment', amount: n });
    }
    const all = (await listAccountEntries(db, admin.actor, { userId: owner.id, limit: 50 })).items;
    expect(all).toHaveLength(9);
    for (const n of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) {
      const at = second(n);
      const found = await readAllPages((cursor) =>
        listAccountEntries(db, admin.actor, { userId: owner.id, at, limit: 2, cursor }),
      );
      expect(found, at).toEqual(all.filter(({ createdAt }) => Date.parse(createdAt) <= Date.parse(at)));
      expect(await balanceAt(db, backend, { userId: owner.id, at })).toEqual({ balance: found[0]?.balanceAfter ?? 0 });
    }
    const before = second(5).replace('.000001', '.000000');
    expect((await listAccountEntries(db, admin.actor, { userId: owner.id, at: before, limit: 9 })).items).toHaveLength(
      5,
    );
  });

  test('of an account that is not there is empty', async () => {
    const input = { userId: randomUUID(), at: '2026-01-01T00:00:00Z', limit: 5 };
    expect(await listAccountEntries(db, admin.actor, input)).toEqual({ items: [], nextCursor: null });
  });
});

test('the balance at a moment holds the entry of that very microsecond', async () => {
  const owner = await database.createAccount({ credits: 10 });
  await adjustCredits(db, backend, { userId: owner.id, amount: 5, reasonCode: 'promotion' });
  const [newest, before] = (await creditStatement(db, owner.actor, { userId: owner.id, limit: 2 })).items;
  expect(await balanceAt(db, owner.actor, { userId: owner.id, at: newest!.createdAt })).toEqual({ balance: 15 });
  expect(await balanceAt(db, analyst.actor, { userId: owner.id, at: before!.createdAt })).toEqual({ balance: 10 });
  expect(await balanceAt(db, backend, { userId: owner.id, at: '2020-01-01T00:00:00Z' })).toEqual({ balance: 0 });
});
