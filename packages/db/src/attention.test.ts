import { afterAll, expect, test, vi } from 'vitest';
import { checkLedger, getAttention } from './attention.ts';
import { adjustCredits, listVideoEntries } from './credits.ts';
import {
  listRefundCandidates,
  refundVideoCredits,
  sumRefundCandidates,
  type RefundCandidateFilter,
} from './refunds.ts';
import { anon, backend, makeVideo, readAllPages } from './testing/fixtures.ts';
import { createTestDatabase } from './testing/test-database.ts';

const database = await createTestDatabase('demo');
const { db } = database;
afterAll(database.drop);
const admin = await database.createAccount({ role: 'admin' });
const analyst = await database.createAccount({ role: 'analyst' });
const longAgo = '2020-01-01T00:00:00Z';
const look = { adjustedSince: longAgo, stuckAfterMinutes: 30 };

test('the desk is told of exactly the videos that its lists hold', async () => {
  const { failed, unusual } = await getAttention(db, analyst.actor, look);
  expect(failed.videos).toBeGreaterThan(0);
  expect(unusual.videos).toBeGreaterThan(0);
  expect(await sumRefundCandidates(db, analyst.actor, { status: ['failed'], refundState: 'open' })).toMatchObject({
    videos: failed.videos,
    creditsRefundable: failed.credits,
  });
  expect(await sumRefundCandidates(db, analyst.actor, { refundState: 'unusual' })).toMatchObject({
    videos: unusual.videos,
    creditsRefundable: unusual.credits,
  });
});

const filters: RefundCandidateFilter[] = [
  {},
  { status: ['failed'] },
  { status: ['completed'], refundState: 'open' },
  { refundState: 'refunded' },
  { refundState: 'unusual' },
  { status: ['completed'], refundState: 'refunded' },
  { status: ['failed'], refundState: 'open' },
  { status: ['completed'], refundState: 'unusual' },
  { status: ['failed', 'completed'], refundState: 'open' },
];

test.each(filters)('what is counted beforehand is what the list holds: %j', async (filter) => {
  const listed = await readAllPages((cursor) =>
    listRefundCandidates(db, admin.actor, { ...filter, limit: 1000, cursor }),
  );
  expect(await sumRefundCandidates(db, admin.actor, filter)).toEqual({
    videos: listed.length,
    accounts: new Set(listed.map(({ userId }) => userId)).size,
    creditsRefundable: listed.reduce((sum, { creditsRefundable }) => sum + creditsRefundable, 0),
    isCapped: false,
  });
  expect(listed.length).toBeGreaterThan(0);

  const upTo = listed.length - 1;
  const newest = listed.slice(0, upTo);
  expect(await sumRefundCandidates(db, admin.actor, { ...filter, upTo })).toEqual({
    videos: upTo,
    accounts: new Set(newest.map(({ userId }) => userId)).size,
    creditsRefundable: newest.reduce((sum, { creditsRefundable }) => sum + creditsRefundable, 0),
    isCapped: true,
  });
  expect(await sumRefundCandidates(db, admin.actor, { ...filter, upTo: listed.length })).toMatchObject({
    videos: listed.length,
    isCapped: false,
  });
});

test('stuck, unusual and adjusted are told of one account alone', async () => {
  const owner = await database.createAccount({ credits: 100 });
  const nothing = { videos: 0, credits: 0 };
  await makeVideo(db, owner.id, 'pending');
  const partly = await makeVideo(db, owner.id);
  const input = { ...look, userId: owner.id };
  expect(await getAttention(db, admin.actor, input)).toMatchObject({
    failed: nothing,
    stuck: nothing,
    unusual: nothing,
    pending: 1,
    processing: 0,
  });

  await refundVideoCredits(db, admin.actor, { videoId: partly, reason: 'Flicker', amount: 4 });
  await adjustCredits(db, admin.actor, { userId: owner.id, amount: 20, reasonCode: 'goodwill' });
  await adjustCredits(db, admin.actor, { userId: owner.id, amount: -5, reasonCode: 'correction' });
  await adjustCredits(db, backend, { userId: owner.id, amount: 500, reasonCode: 'purchase' });
  expect(await getAttention(db, admin.actor, input)).toMatchObject({
    unusual: { videos: 1, credits: 11 },
    adjustments: { entries: 2, creditsAdded: 20, creditsTaken: 5 },
  });
  expect(await sumRefundCandidates(db, admin.actor, { userId: owner.id })).toEqual({
    videos: 1,
    accounts: 1,
    creditsRefundable: 11,
    isCapped: false,
  });
  const later = new Date(Date.now() + 3_600_000).toISOString();
  expect(await getAttention(db, admin.actor, { ...input, adjustedSince: later })).toMatchObject({
    adjustments: { entries: 0, creditsAdded: 0, creditsTaken: 0 },
  });
});

test('the ledger of a video holds its charge and its refunds, for analysts too', async () => {
  const owner = await database.createAccount({ credits: 100 });
  const videoId = await makeVideo(db, owner.id);
  await refundVideoCredits(db, admin.actor, { videoId, reason: 'Flicker', amount: 4 });
  for (const { actor } of [admin, analyst]) {
    const { items } = await listVideoEntries(db, actor, { videoId });
    expect(items).toMatchObject([
      { type: 'refund', amount: 4, reason: 'Flicker', actorId: admin.id },
      { type: 'charge', amount: -15, videoId },
    ]);
  }
});

test('the check of the ledger is shared by those who ask soon after each other', async () => {
  const [one, other] = await Promise.all([checkLedger(db, admin.actor), checkLedger(db, analyst.actor)]);
  expect(one.problems).toBe(0);
  expect(other).toEqual(one);
});

test('who asks later is told of the last check at once, and the next one is made meanwhile', async () => {
  const first = await checkLedger(db, admin.actor);
  const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 6 * 60_000);
  try {
    expect(await checkLedger(db, analyst.actor)).toEqual(first);
    await vi.waitFor(async () => expect((await checkLedger(db, admin.actor)).checkedAt).not.toBe(first.checkedAt));
  } finally {
    clock.mockRestore();
  }
});

test('nobody but staff is told', async () => {
  const owner = await database.createAccount();
  for (const ask of [
    (actor: typeof anon) => getAttention(db, actor, look),
    (actor: typeof anon) => checkLedger(db, actor),
    (actor: typeof anon) => sumRefundCandidates(db, actor, {}),
    (actor: typeof anon) => listVideoEntries(db, actor, { videoId: owner.id }),
  ]) {
    await expect(ask(owner.actor)).rejects.toMatchObject({ reason: 'forbidden' });
    await expect(ask(anon)).rejects.toMatchObject({ reason: 'not_signed_in' });
  }
});
