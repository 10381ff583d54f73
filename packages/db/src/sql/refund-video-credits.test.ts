import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import {
  call,
  createScene,
  creditsOf,
  expectBooksBalance,
  expectOnly,
  expectRefused,
  invalid,
  lastAudit,
  makeVideo,
  videoNotFound,
  type Json,
} from './scene.ts';

const scene = await createScene();
const { database, callers, ids } = scene;
afterAll(database.drop);

const refund = (videoId: string | null, args: Json = {}, caller = callers.admin) =>
  call(caller, 'refund_video_credits', { p_video_id: videoId, ...args });
const because = (reason: string, amount?: number) => ({ p_reason: reason, p_amount: amount ?? null });

/** A failed video whose charge was not given back, as a hand-made status leaves it. */
async function makeUnrefundedFailure(userId = ids.owner): Promise<string> {
  const id = await makeVideo(scene, userId, 'processing');
  await database.asOwner.query(`update videos set status = 'failed' where id = $1`, [id]);
  return id;
}

test('a failed video gives all its credits back, with the reason that needs no words', async () => {
  const before = await creditsOf(scene, ids.owner);
  const id = await makeUnrefundedFailure();
  const answer = await refund(id);
  expect(answer).toEqual({
    success: true,
    video_id: id,
    transaction_id: expect.any(String),
    credits_refunded: 15,
    message: 'Credits refunded successfully',
  });
  const [entry] = await database.asOwner.query('select * from credit_transactions where id = $1', [
    answer['transaction_id'],
  ]);
  expect(entry).toMatchObject({
    user_id: ids.owner,
    amount: 15,
    balance_after: before,
    type: 'refund',
    video_id: id,
    actor_id: ids.admin,
    reason: 'Video generation failed',
  });
  expect(await creditsOf(scene, ids.owner)).toBe(before);
  await expectBooksBalance(scene);
});

test('only an admin and the back end refund', async () => {
  const id = await makeUnrefundedFailure();
  await expectOnly(scene, ['admin', 'backend', 'operator'], (caller) => refund(id, { p_amount: 5 }, caller));
});

test('a refund is audited with its reason, amount and what was there before and after', async () => {
  const id = await makeVideo(scene, ids.owner);
  const before = await creditsOf(scene, ids.owner);
  await refund(id, because('Flicker', 4));
  const { transaction_id } = await refund(id, because('More flicker', 5));
  expect(await lastAudit(scene, id)).toMatchObject({
    actor_id: ids.admin,
    actor_role: 'admin',
    action: 'refund_video_credits',
    target_type: 'video',
    user_id: ids.owner,
    transaction_id,
    reason: 'More flicker',
    amount: 5,
    before: { credits: before + 4, refunded: 4 },
    after: { credits: before + 9, refunded: 9 },
  });
});

test('partial refunds follow each other up to the charge and never beyond', async () => {
  const id = await makeVideo(scene, ids.owner);
  expect(await refund(id, because('Part', 6))).toMatchObject({ credits_refunded: 6 });
  await expectRefused(scene, () => refund(id, because('Too much', 10)), {
    sqlstate: 'PT409',
    code: 'refund_exceeds_charge',
    message: 'Only 9 credits of this charge are left to refund.',
    details: { charged: 15, refunded: 6, refundable: 9, requested: 10 },
  });
  await expectRefused(scene, () => refund(id, because('Far too much', 2147483647)), {
    sqlstate: 'PT409',
    code: 'refund_exceeds_charge',
  });
  expect(await refund(id, because('The rest'))).toMatchObject({ credits_refunded: 9 });
  for (const amount of [undefined, 1]) {
    await expectRefused(scene, () => refund(id, because('Again', amount)), {
      sqlstate: 'PT409',
      code: 'already_refunded',
      details: { charged: 15, refunded: 15 },
    });
  }
  await expectBooksBalance(scene);
});

test('what the back end gave back on failure is not given back again', async () => {
  const id = await makeVideo(scene, ids.owner, 'failed');
  await expectRefused(scene, () => refund(id), { sqlstate: 'PT409', code: 'already_refunded' });
});

test.each(['pending', 'processing'] as const)(
  'a %s video is not refunded: the provider may still bill',
  async (status) => {
    const id = await makeVideo(scene, ids.owner, status);
    await expectRefused(scene, () => refund(id, because('API timeout')), {
      sqlstate: 'PT409',
      code: 'not_refundable',
      message: `This video is still ${status}, so its charge can't be refunded yet.`,
      details: { status },
    });
  },
);

test.each([undefined, 'Video generation failed', ' video  generation FAILED. ', 'Video\u00a0generation failed'])(
  'a completed video is not refunded with the untrue reason %j',
  async (reason) => {
    const id = await makeVideo(scene, ids.owner);
    const args = reason === undefined ? {} : { p_reason: reason };
    await expectRefused(scene, () => refund(id, args), { sqlstate: 'PT409', code: 'reason_required' });
    expect(await refund(id, { p_reason: 'Flickers throughout' })).toMatchObject({ credits_refunded: 15 });
  },
);

test('nobody refunds himself, not even an admin or a back end in his name', async () => {
  await call(callers.backend, 'adjust_credits', { p_user_id: ids.admin, p_amount: 100, p_reason_code: 'purchase' });
  const id = await makeUnrefundedFailure(ids.admin);
  await expectRefused(scene, () => refund(id), {
    sqlstate: 'PT403',
    code: 'own_account',
    message: 'Nobody refunds himself.',
  });
  expect(await refund(id, {}, callers.backend)).toMatchObject({ credits_refunded: 15 });
});

test('the amount comes from the ledger, whatever the video says it cost', async () => {
  const id = await makeUnrefundedFailure();
  await database.asOwner.query('update videos set credits_used = 900 where id = $1', [id]);
  expect(await refund(id)).toMatchObject({ credits_refunded: 15 });
});

test('a video that was never charged gives nothing back, nor one moved to another account', async () => {
  const [free] = await database.asOwner.query<{ id: string }>(
    `insert into videos (user_id, prompt, video_type, status, credits_used)
    values ($1, 'Free', 'text_to_video', 'failed', 500) returning id`,
    [ids.owner],
  );
  const moved = await makeUnrefundedFailure();
  await database.asOwner.query('update videos set user_id = $1 where id = $2', [ids.other, moved]);
  for (const id of [free!.id, moved]) {
    await expectRefused(scene, () => refund(id), { sqlstate: 'PT409', code: 'nothing_charged' });
  }
});

test('a deleted video can still be refunded, a purged one not', async () => {
  const id = await makeVideo(scene, ids.owner);
  await call(callers.owner, 'soft_delete_video', { p_video_id: id });
  expect(await refund(id, because('Part', 5))).toMatchObject({ credits_refunded: 5 });
  await call(callers.backend, 'purge_deleted_videos', { p_older_than: '0 seconds' });
  await expectRefused(scene, () => refund(id, because('Rest')), videoNotFound);
});

describe('refuses by name and moves nothing for', () => {
  const cases: [string, string, Json][] = [
    ['p_reason', 'no reason', { p_reason: null }],
    ['p_reason', 'an empty reason', { p_reason: '' }],
    ['p_reason', 'a reason of blanks', { p_reason: ' \t\n\u00a0\u200b' }],
    ['p_reason', 'a reason of 501 characters', { p_reason: 'x'.repeat(501) }],
    ['p_amount', 'nothing', { p_amount: 0 }],
    ['p_amount', 'less than nothing', { p_amount: -15 }],
    ['p_amount', 'the smallest integer', { p_amount: -2147483648 }],
    ['p_idempotency_key', 'an empty key', { p_idempotency_key: '' }],
    ['p_idempotency_key', 'a key of 201 characters', { p_idempotency_key: 'k'.repeat(201) }],
  ];
  test.each(cases)('%s: %s', async (field, _what, args) => {
    const id = await makeVideo(scene, ids.owner);
    await expectRefused(scene, () => refund(id, { p_reason: 'Flicker', ...args }), invalid(field));
  });

  test('p_video_id: no video, or one that is not there', async () => {
    await expectRefused(scene, () => refund(null), invalid('p_video_id'));
    await expectRefused(scene, () => refund(randomUUID()), videoNotFound);
  });

  test('p_amount: a balance that could not hold it', async () => {
    const { id: userId } = await database.createAccount({ credits: 15 });
    const id = await makeUnrefundedFailure(userId);
    await call(callers.backend, 'adjust_credits', {
      p_user_id: userId,
      p_amount: 2147483640,
      p_reason_code: 'purchase',
    });
    await expectRefused(scene, () => refund(id), invalid('p_amount'));
    expect(await refund(id, { p_amount: 7 })).toMatchObject({ credits_refunded: 7 });
  });
});
