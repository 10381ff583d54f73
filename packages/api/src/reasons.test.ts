import type { Actor } from '@reeldesk/db/actor';
import { hashApiKey } from '@reeldesk/db/keys';
import { createTestDatabase } from '@reeldesk/db/testing/test-database';
import { backend, makeVideo, request } from '@reeldesk/db/testing/fixtures';
import { softDeleteVideo } from '@reeldesk/db/videos';
import { afterAll, describe, expect, test } from 'vitest';
import { catalogue, errorDetails, type Reason } from './contract/errors.ts';
import { definitions } from './definitions.ts';
import { callApi, type Answer } from './testing/call-api.ts';

const database = await createTestDatabase();
const { db } = database;
afterAll(database.drop);
const nobody = '00000000-0000-4000-8000-000000000000';
const admin = await database.createAccount({ role: 'admin', credits: 100 });
const analyst = await database.createAccount({ role: 'analyst' });
const owner = await database.createAccount({ credits: 1000 });
const closed = await database.createAccount({ credits: 100 });
const videoOfClosed = await makeVideo(db, closed.id);
await softDeleteVideo(db, closed.actor, { videoId: videoOfClosed });
await database.asOwner.query('delete from auth.users where id = $1', [closed.id]);

const call = (path: string, actor: Actor, input: object): Promise<Answer> => callApi(db, actor, path, input);
const refund = (videoId: string, more: object = {}, actor: Actor = admin.actor) =>
  call('refunds.refundVideoCredits', actor, { videoId, reason: 'Flicker', ...more });
const adjust = (more: object = {}, actor: Actor = admin.actor) =>
  call('credits.adjustCredits', actor, { userId: owner.id, amount: 1, reasonCode: 'goodwill', ...more });
const create = (more: object = {}, actor: Actor = owner.actor) =>
  call('videos.createVideoGeneration', actor, { userId: owner.id, ...request, ...more });
const onVideo = (name: string, actor: Actor, videoId: string, more: object = {}) =>
  call(`videos.${name}`, actor, { videoId, ...more });
const url = { videoUrl: 'https://cdn.reeldesk.example/a.mp4' };

async function deletedVideo(): Promise<string> {
  const videoId = await makeVideo(db, owner.id);
  await softDeleteVideo(db, owner.actor, { videoId });
  return videoId;
}

/** How each documented reason of each procedure that writes comes about. */
const provocations: Record<string, Partial<Record<Reason, () => Promise<Answer>>>> = {
  'credits.adjustCredits': {
    forbidden: () => adjust({}, analyst.actor),
    own_account: () => adjust({ userId: admin.id }),
    account_not_found: () => adjust({ userId: nobody }),
    insufficient_credits: () => adjust({ amount: -1_000_000 }),
    idempotency_key_reused: async () => {
      await adjust({ idempotencyKey: 'a' });
      return adjust({ idempotencyKey: 'a', amount: 2 });
    },
  },
  'keys.createApiKey': {
    forbidden: () => call('keys.createApiKey', analyst.actor, { name: 'Mine', role: 'staff' }),
  },
  'keys.revokeApiKey': {
    forbidden: () => call('keys.revokeApiKey', owner.actor, { keyId: nobody }),
    api_key_not_found: () => call('keys.revokeApiKey', admin.actor, { keyId: nobody }),
  },
  'prices.setCreditPrice': {
    forbidden: () =>
      call('prices.setCreditPrice', analyst.actor, { resolution: '10x10', quality: 'high', creditsPerSecond: 1 }),
  },
  'refunds.refundManyVideoCredits': {
    forbidden: () => call('refunds.refundManyVideoCredits', owner.actor, { items: [{ videoId: nobody }] }),
  },
  'refunds.refundVideoCredits': {
    forbidden: () => refund(nobody, {}, analyst.actor),
    own_account: async () => refund(await makeVideo(db, admin.id)),
    video_not_found: () => refund(nobody),
    not_refundable: async () => refund(await makeVideo(db, owner.id, 'processing')),
    nothing_charged: async () => {
      const [row] = await database.asOwner.query<{ id: string }>(
        `insert into videos (user_id, prompt, video_type, status) values ($1, 'Old', 'text_to_video', 'completed') returning id`,
        [owner.id],
      );
      return refund(row!.id);
    },
    already_refunded: async () => refund(await makeVideo(db, owner.id, 'failed')),
    refund_exceeds_charge: async () => refund(await makeVideo(db, owner.id), { amount: 16 }),
    charge_moved: async () => refund(await makeVideo(db, owner.id), { amount: 1, refundedBefore: 3 }),
    reason_required: async () => refund(await makeVideo(db, owner.id), { reason: undefined }),
    idempotency_key_reused: async () => {
      const videoId = await makeVideo(db, owner.id);
      await refund(videoId, { amount: 1, idempotencyKey: 'r' });
      return refund(videoId, { amount: 2, idempotencyKey: 'r' });
    },
  },
  'staff.grantStaffRole': {
    forbidden: () => call('staff.grantStaffRole', analyst.actor, { userId: owner.id, role: 'analyst' }),
    own_account: () => call('staff.grantStaffRole', admin.actor, { userId: admin.id, role: 'analyst' }),
    account_not_found: () => call('staff.grantStaffRole', admin.actor, { userId: nobody, role: 'analyst' }),
  },
  'staff.revokeStaffRole': {
    forbidden: () => call('staff.revokeStaffRole', owner.actor, { userId: admin.id }),
    own_account: () => call('staff.revokeStaffRole', admin.actor, { userId: admin.id }),
    staff_member_not_found: () => call('staff.revokeStaffRole', admin.actor, { userId: owner.id }),
  },
  'videos.createVideoGeneration': {
    forbidden: () => create({}, analyst.actor),
    account_not_found: () => create({ userId: nobody }, admin.actor),
    account_closed: () => create({ userId: closed.id }, admin.actor),
    insufficient_credits: () => create({ durationSeconds: 300, resolution: '3840x2160' }),
    idempotency_key_reused: async () => {
      await create({ idempotencyKey: 'c' });
      return create({ idempotencyKey: 'c', prompt: 'Another' });
    },
  },
  'videos.softDeleteVideo': {
    video_not_found: () => onVideo('softDeleteVideo', owner.actor, nobody),
    already_deleted: async () => onVideo('softDeleteVideo', owner.actor, await deletedVideo()),
  },
  'videos.restoreVideo': {
    video_not_found: () => onVideo('restoreVideo', owner.actor, nobody),
    not_deleted: async () => onVideo('restoreVideo', owner.actor, await makeVideo(db, owner.id)),
    account_closed: () => onVideo('restoreVideo', admin.actor, videoOfClosed),
  },
  'videos.startVideoGeneration': {
    forbidden: () => onVideo('startVideoGeneration', admin.actor, nobody),
    video_not_found: () => onVideo('startVideoGeneration', backend, nobody),
    invalid_status_change: async () => onVideo('startVideoGeneration', backend, await makeVideo(db, owner.id)),
  },
  'videos.completeVideoGeneration': {
    forbidden: () => onVideo('completeVideoGeneration', admin.actor, nobody, url),
    video_not_found: () => onVideo('completeVideoGeneration', backend, nobody, url),
    invalid_status_change: async () =>
      onVideo('completeVideoGeneration', backend, await makeVideo(db, owner.id, 'pending'), url),
  },
  'videos.failVideoGeneration': {
    forbidden: () => onVideo('failVideoGeneration', owner.actor, nobody, { error: 'No' }),
    video_not_found: () => onVideo('failVideoGeneration', backend, nobody, { error: 'No' }),
    invalid_status_change: async () =>
      onVideo('failVideoGeneration', backend, await makeVideo(db, owner.id), { error: 'No' }),
  },
};

const writing = definitions.filter(({ type }) => type === 'mutation');

test('every procedure that writes is tried here', () => {
  expect(Object.keys(provocations).toSorted()).toEqual(writing.map(({ path }) => path).toSorted());
});

describe.each(writing)('$path', ({ path, meta }) => {
  const tried = Object.entries(provocations[path] ?? {}) as [Reason, () => Promise<Answer>][];

  test('documents just the reasons that are provoked here', () => {
    expect(tried.map(([reason]) => reason).toSorted()).toEqual([...(meta?.reasons ?? [])].toSorted());
  });

  test.each(tried)('answers %s, with its status and a sentence', async (reason, provoke) => {
    const answer = await provoke();
    expect([answer.reason, answer.status]).toEqual([reason, catalogue[reason].status]);
    expect(answer.message).toMatch(/^\S.*\.$/);
    const details = reason in errorDetails ? errorDetails[reason as keyof typeof errorDetails] : null;
    expect(details?.safeParse(answer.details).error?.issues ?? []).toEqual([]);
  });

  test('answers not_signed_in to nobody and invalid_api_key to a wrong key', async () => {
    const input = meta?.example;
    expect(await callApi(db, { kind: 'anon' }, path, input)).toMatchObject({ reason: 'not_signed_in', status: 401 });
    const key: Actor = { kind: 'key', keyHash: hashApiKey('rdk_wrong') };
    expect(await callApi(db, key, path, input)).toMatchObject({ reason: 'invalid_api_key', status: 401 });
  });
});
