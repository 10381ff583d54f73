import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import { createDatabase } from './client.ts';
import { getCreditInfo } from './credits.ts';
import type { ReeldeskError } from './errors.ts';
import { listRefundCandidates, previewRefund, refundManyVideoCredits, refundVideoCredits } from './refunds.ts';
import { anon, backend, makeVideo, readAllPages, request } from './testing/fixtures.ts';
import { createTestDatabase } from './testing/test-database.ts';

const database = await createTestDatabase();
const { db } = database;
afterAll(database.drop);
const admin = await database.createAccount({ role: 'admin', credits: 100 });
const analyst = await database.createAccount({ role: 'analyst' });

describe('refundVideoCredits', () => {
  test('gives the charge of a completed video back, for a reason of its own', async () => {
    const owner = await database.createAccount({ credits: 100 });
    const videoId = await makeVideo(db, owner.id);
    expect(await refundVideoCredits(db, admin.actor, { videoId, reason: 'Faces are distorted' })).toMatchObject({
      success: true,
      videoId,
      creditsRefunded: 15,
      message: 'Credits refunded successfully',
    });
    expect(await getCreditInfo(db, admin.actor, { userId: owner.id })).toMatchObject({ credits: 100 });
  });

  test('in parts, never exceeds the charge, and says what is left', async () => {
    const owner = await database.createAccount({ credits: 100 });
    const videoId = await makeVideo(db, owner.id);
    await refundVideoCredits(db, admin.actor, { videoId, reason: 'Flicker', amount: 10 });
    await expect(refundVideoCredits(db, admin.actor, { videoId, reason: 'Flicker', amount: 6 })).rejects.toMatchObject({
      reason: 'refund_exceeds_charge',
      status: 409,
      details: { charged: 15, refunded: 10, refundable: 5, requested: 6 },
      hint: 'Refund at most 5 credits.',
    });
    await refundVideoCredits(db, backend, { videoId, reason: 'Flicker', amount: 5 });
    await expect(refundVideoCredits(db, backend, { videoId, reason: 'Flicker' })).rejects.toMatchObject({
      reason: 'already_refunded',
    });
  });

  test('with the same key refunds once', async () => {
    const owner = await database.createAccount({ credits: 100 });
    const input = { videoId: await makeVideo(db, owner.id), reason: 'Flicker', idempotencyKey: randomUUID() };
    const [first, second] = await Promise.all([
      refundVideoCredits(db, admin.actor, input),
      refundVideoCredits(db, admin.actor, input),
    ]);
    expect(second).toEqual(first);
    expect(await getCreditInfo(db, admin.actor, { userId: owner.id })).toMatchObject({ credits: 100 });
  });

  test('of a charge that was counted is refused when somebody gave back a part of it since', async () => {
    const owner = await database.createAccount({ credits: 100 });
    const videoId = await makeVideo(db, owner.id);
    const part = { videoId, reason: 'Outage', amount: 7, refundedBefore: 0 };
    const [one, other] = await Promise.allSettled([
      refundVideoCredits(db, admin.actor, { ...part, idempotencyKey: 'one' }),
      refundVideoCredits(db, backend, { ...part, idempotencyKey: 'other' }),
    ]);
    const [won, lost] = one.status === 'fulfilled' ? [one, other] : [other, one];
    expect(won).toMatchObject({ status: 'fulfilled', value: { creditsRefunded: 7 } });
    expect(lost).toMatchObject({
      status: 'rejected',
      reason: { reason: 'charge_moved', status: 409, details: { refundedBefore: 0, refunded: 7 } },
    });
    expect(await getCreditInfo(db, backend, { userId: owner.id })).toMatchObject({ credits: 100 - 15 + 7 });
    // Counted anew it goes through, and all that is left when no amount is given.
    await refundVideoCredits(db, admin.actor, { videoId, reason: 'Outage', refundedBefore: 7 });
    expect(await getCreditInfo(db, backend, { userId: owner.id })).toMatchObject({ credits: 100 });
  });

  test('of a counted charge answers a repeated call as the first time, though the charge has moved by that call', async () => {
    const owner = await database.createAccount({ credits: 100 });
    const input = {
      videoId: await makeVideo(db, owner.id),
      reason: 'Outage',
      amount: 7,
      refundedBefore: 0,
      idempotencyKey: 'x',
    };
    const first = await refundVideoCredits(db, admin.actor, input);
    let isReplayed = false;
    const actor = { ...admin.actor, onReplayed: () => void (isReplayed = true) };
    expect(await refundVideoCredits(db, actor, input)).toEqual(first);
    expect(isReplayed).toBe(true);
    await expect(refundVideoCredits(db, admin.actor, { ...input, amount: 6 })).rejects.toMatchObject({
      reason: 'idempotency_key_reused',
    });
    expect(await getCreditInfo(db, backend, { userId: owner.id })).toMatchObject({ credits: 100 - 15 + 7 });
  });

  test('of a counted charge is for the same people, and never their own', async () => {
    const owner = await database.createAccount({ credits: 100 });
    const input = { videoId: await makeVideo(db, owner.id), reason: 'Outage', amount: 7, refundedBefore: 0 };
    for (const { actor } of [owner, analyst]) {
      await expect(refundVideoCredits(db, actor, input)).rejects.toMatchObject({ reason: 'forbidden' });
    }
    const own = { ...input, videoId: await makeVideo(db, admin.id), refundedBefore: 3 };
    await expect(refundVideoCredits(db, admin.actor, own)).rejects.toMatchObject({ reason: 'own_account' });
    await expect(refundVideoCredits(db, admin.actor, { ...input, refundedBefore: -1 })).rejects.toMatchObject({
      reason: 'invalid_input',
      details: { field: 'refundedBefore' },
    });
    expect(await getCreditInfo(db, backend, { userId: owner.id })).toMatchObject({ credits: 85 });
  });

  test("is refused to users, analysts, the account's own admin and nobody in particular", async () => {
    const owner = await database.createAccount({ credits: 100 });
    const input = { videoId: await makeVideo(db, owner.id), reason: 'Flicker' };
    for (const { actor } of [owner, analyst]) {
      await expect(refundVideoCredits(db, actor, input)).rejects.toMatchObject({ reason: 'forbidden' });
    }
    await expect(refundVideoCredits(db, anon, input)).rejects.toMatchObject({ reason: 'not_signed_in' });
    const own = { videoId: await makeVideo(db, admin.id), reason: 'Flicker' };
    await expect(refundVideoCredits(db, admin.actor, own)).rejects.toMatchObject({ reason: 'own_account' });
  });

  test('waits for a video to end, and asks for a reason when it ended well', async () => {
    const owner = await database.createAccount({ credits: 100 });
    const pending = await makeVideo(db, owner.id, 'pending');
    await expect(refundVideoCredits(db, admin.actor, { videoId: pending, reason: 'Slow' })).rejects.toMatchObject({
      reason: 'not_refundable',
      details: { status: 'pending' },
    });
    const completed = await makeVideo(db, owner.id);
    await expect(
      refundVideoCredits(db, admin.actor, { videoId: completed, reason: 'Video generation failed' }),
    ).rejects.toMatchObject({ reason: 'reason_required' });
    await expect(refundVideoCredits(db, admin.actor, { videoId: randomUUID(), reason: 'Slow' })).rejects.toMatchObject({
      reason: 'video_not_found',
    });
  });
});

describe('listRefundCandidates', () => {
  test('tells open from refunded, failed from completed', async () => {
    const owner = await database.createAccount({ credits: 100 });
    const failed = await makeVideo(db, owner.id, 'failed');
    const completed = await makeVideo(db, owner.id, 'completed');
    const halfRefunded = await makeVideo(db, owner.id, 'completed');
    await refundVideoCredits(db, admin.actor, { videoId: halfRefunded, reason: 'Flicker', amount: 7 });
    await makeVideo(db, owner.id, 'processing');
    const list = async (input: Partial<Parameters<typeof listRefundCandidates>[2]>) =>
      (await listRefundCandidates(db, admin.actor, { userId: owner.id, limit: 10, ...input })).items.map(
        ({ id }) => id,
      );

    expect(await list({})).toEqual([halfRefunded, completed, failed]);
    expect(await list({ refundState: 'open' })).toEqual([halfRefunded, completed]);
    expect(await list({ refundState: 'refunded' })).toEqual([failed]);
    expect(await list({ status: ['failed'] })).toEqual([failed]);
    expect(await list({ status: ['failed', 'completed'], refundState: 'open' })).toEqual([halfRefunded, completed]);
  });

  test("is for staff, and shows analysts no text of the account's owner", async () => {
    const owner = await database.createAccount({ credits: 100 });
    const videoId = await makeVideo(db, owner.id);
    const input = { userId: owner.id, limit: 10 };
    expect(await listRefundCandidates(db, analyst.actor, input)).toMatchObject({
      items: [
        { id: videoId, prompt: null, videoUrl: null, ownerEmail: null, creditsCharged: 15, creditsRefundable: 15 },
      ],
    });
    expect(await listRefundCandidates(db, backend, input)).toMatchObject({
      items: [{ id: videoId, prompt: request.prompt, ownerEmail: owner.email }],
    });
    await expect(listRefundCandidates(db, owner.actor, input)).rejects.toMatchObject({ reason: 'forbidden' });
    await expect(listRefundCandidates(db, anon, input)).rejects.toMatchObject({ reason: 'not_signed_in' });
  });

  test('in pages neither skips nor repeats videos of the same microsecond', async () => {
    const owner = await database.createAccount({ credits: 300 });
    const ids: string[] = [];
    for (let count = 0; count < 9; count++) {
      ids.push(await makeVideo(db, owner.id));
    }
    await database.asOwner.query(`update videos set created_at = '2026-01-02 03:04:05.123456Z' where user_id = $1`, [
      owner.id,
    ]);
    const found = await readAllPages((cursor) =>
      listRefundCandidates(db, admin.actor, { userId: owner.id, limit: 4, cursor }),
    );
    expect(found.map(({ id }) => id)).toEqual(ids.toSorted().toReversed());
  });
});

test('a preview shows the balance and the refunds made before, newest first', async () => {
  const owner = await database.createAccount({ credits: 100 });
  const videoId = await makeVideo(db, owner.id);
  await refundVideoCredits(db, admin.actor, { videoId, reason: 'Flicker', amount: 4 });
  await refundVideoCredits(db, backend, { videoId, reason: 'Second look', amount: 2 });
  const preview = await previewRefund(db, admin.actor, { videoId });
  expect(preview).toMatchObject({ balance: 91, creditsCharged: 15, creditsRefunded: 6, creditsRefundable: 9 });
  expect(preview.earlierRefunds).toMatchObject([
    { amount: 2, reason: 'Second look', actorId: null },
    { amount: 4, reason: 'Flicker', actorId: admin.id },
  ]);
  expect(await previewRefund(db, analyst.actor, { videoId })).toMatchObject({ balance: 91, ownerEmail: null });
  await expect(previewRefund(db, owner.actor, { videoId })).rejects.toMatchObject({ reason: 'forbidden' });
  await expect(previewRefund(db, admin.actor, { videoId: randomUUID() })).rejects.toMatchObject({
    reason: 'video_not_found',
  });
});

describe('refundManyVideoCredits', () => {
  const outcome = (result: Awaited<ReturnType<typeof refundManyVideoCredits>>[number]) =>
    'refunded' in result ? result.refunded.creditsRefunded : (result.error as ReeldeskError).reason;

  test('refunds each row by itself: one that is refused leaves the others alone', async () => {
    const owner = await database.createAccount({ credits: 1000 });
    const [whole, part, done, pending, own] = [
      await makeVideo(db, owner.id),
      await makeVideo(db, owner.id),
      await makeVideo(db, owner.id, 'failed'),
      await makeVideo(db, owner.id, 'pending'),
      await makeVideo(db, admin.id),
    ];
    const items = [whole, done, pending, own, randomUUID()].map((videoId) => ({ videoId, reason: 'Outage' }));
    const results = await refundManyVideoCredits(db, admin.actor, [
      ...items,
      { videoId: part, reason: 'Outage', amount: 5 },
    ]);
    expect(results.map(outcome)).toEqual([
      15,
      'already_refunded',
      'not_refundable',
      'own_account',
      'video_not_found',
      5,
    ]);
    // Three charges of 15 are out; 15 came back by the failure, 15 and 5 now.
    expect(await getCreditInfo(db, backend, { userId: owner.id })).toMatchObject({ credits: 1000 - 60 + 15 + 15 + 5 });
  });

  test('never refunds a video twice, however often and at once it is asked', async () => {
    const owner = await database.createAccount({ credits: 1000 });
    const items = await Promise.all(
      Array.from({ length: 10 }, async (_, index) => ({
        videoId: await makeVideo(db, owner.id),
        reason: 'Outage',
        amount: 5,
        idempotencyKey: `row ${index}`,
      })),
    );
    const answers = await Promise.all([1, 2, 3].map(() => refundManyVideoCredits(db, admin.actor, items)));
    expect(answers.flat().map(outcome)).toEqual(Array.from({ length: 30 }, () => 5));
    expect(answers.flat().filter((result) => 'isReplayed' in result && result.isReplayed)).toHaveLength(20);
    expect(await getCreditInfo(db, backend, { userId: owner.id })).toMatchObject({ credits: 1000 - 150 + 50 });
  });

  test('gives back a part of each, and refuses the rows whose charge moved since they were counted', async () => {
    const owner = await database.createAccount({ credits: 1000 });
    const ids = [await makeVideo(db, owner.id), await makeVideo(db, owner.id), await makeVideo(db, owner.id)];
    await refundVideoCredits(db, admin.actor, { videoId: ids[1]!, reason: 'Was faster', amount: 2 });
    const items = ids.map((videoId, n) => ({
      videoId,
      reason: 'Outage',
      amount: 7,
      refundedBefore: 0,
      idempotencyKey: `part ${n}`,
    }));
    expect((await refundManyVideoCredits(db, admin.actor, items)).map(outcome)).toEqual([7, 'charge_moved', 7]);
    expect((await refundManyVideoCredits(db, admin.actor, items)).map(outcome)).toEqual([7, 'charge_moved', 7]);
    expect(await getCreditInfo(db, backend, { userId: owner.id })).toMatchObject({ credits: 1000 - 45 + 2 + 14 });
  });

  test('refuses the whole to whom may not refund at all', async () => {
    const items = [{ videoId: randomUUID(), reason: 'Outage' }];
    await expect(refundManyVideoCredits(db, analyst.actor, items)).rejects.toMatchObject({ reason: 'forbidden' });
    await expect(refundManyVideoCredits(db, anon, items)).rejects.toMatchObject({ reason: 'not_signed_in' });
  });

  test('tries no more rows once the database does not answer', async () => {
    const gone = createDatabase({ url: 'postgres://reeldesk_api:x@127.0.0.1:1/reeldesk' });
    const items = Array.from({ length: 3 }, () => ({ videoId: randomUUID(), reason: 'Outage' }));
    const results = await refundManyVideoCredits(gone, backend, items);
    expect(results.map(outcome)).toEqual(['unavailable', 'unavailable', 'unavailable']);
    expect(results.map((result) => 'error' in result && (result.error as Error).message)).toEqual([
      'The database does not answer.',
      'The database does not answer; this video was not tried.',
      'The database does not answer; this video was not tried.',
    ]);
    await gone.$disconnect();
  });
});
