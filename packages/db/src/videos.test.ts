import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import { getCreditInfo } from './credits.ts';
import { anon, backend, makeVideo, readAllPages, request } from './testing/fixtures.ts';
import { createTestDatabase } from './testing/test-database.ts';
import {
  completeVideoGeneration,
  createVideoGeneration,
  failVideoGeneration,
  getVideo,
  listDeletedVideos,
  listVideos,
  restoreVideo,
  softDeleteVideo,
  startVideoGeneration,
} from './videos.ts';

const database = await createTestDatabase();
const { db } = database;
afterAll(database.drop);
const admin = await database.createAccount({ role: 'admin' });
const analyst = await database.createAccount({ role: 'analyst' });

describe('createVideoGeneration', () => {
  test('charges 15 of 100 credits for the five seconds of the example', async () => {
    const owner = await database.createAccount({ credits: 100 });
    const created = await createVideoGeneration(db, owner.actor, { userId: owner.id, ...request });
    expect(created).toMatchObject({
      success: true,
      creditsUsed: 15,
      creditsRemaining: 85,
      message: 'Video generation started successfully',
    });
    expect(await getVideo(db, owner.actor, { videoId: created.videoId })).toMatchObject({
      userId: owner.id,
      prompt: request.prompt,
      status: 'pending',
      creditsUsed: 15,
      ownerEmail: owner.email,
    });
  });

  test('serves the owner, an admin and the back end, and refuses everybody else', async () => {
    const owner = await database.createAccount({ credits: 100 });
    const stranger = await database.createAccount({ credits: 100 });
    const input = { userId: owner.id, ...request };
    await createVideoGeneration(db, admin.actor, input);
    await createVideoGeneration(db, backend, input);
    for (const actor of [stranger.actor, analyst.actor]) {
      await expect(createVideoGeneration(db, actor, input)).rejects.toMatchObject({ reason: 'forbidden', status: 403 });
    }
    await expect(createVideoGeneration(db, anon, input)).rejects.toMatchObject({
      reason: 'not_signed_in',
      status: 401,
    });
    expect(await getCreditInfo(db, owner.actor, { userId: owner.id })).toMatchObject({ credits: 70, totalVideos: 2 });
  });

  test('says how many credits are there and how many are needed', async () => {
    const owner = await database.createAccount({ credits: 10 });
    await expect(createVideoGeneration(db, owner.actor, { userId: owner.id, ...request })).rejects.toMatchObject({
      name: 'ReeldeskError',
      reason: 'insufficient_credits',
      status: 402,
      message: 'Insufficient credits. You have 10 credits, but need 15 credits.',
      details: { credits: 10, required: 15 },
      hint: expect.stringContaining('Buy credits'),
    });
  });

  test('names a wrong argument as the caller wrote it', async () => {
    const owner = await database.createAccount({ credits: 100 });
    const input = { userId: owner.id, ...request };
    await expect(createVideoGeneration(db, owner.actor, { ...input, durationSeconds: 0 })).rejects.toMatchObject({
      reason: 'invalid_input',
      message: expect.stringMatching(/^durationSeconds must be between 1 and/),
      details: { field: 'durationSeconds' },
    });
    await expect(createVideoGeneration(db, owner.actor, { ...input, quality: 'superb' })).rejects.toMatchObject({
      details: { field: 'quality' },
      hint: 'Choose one of: draft, high, standard.',
    });
  });

  test('answers a repeated key with the first answer, and refuses it for another call', async () => {
    const owner = await database.createAccount({ credits: 100 });
    const input = { userId: owner.id, ...request, idempotencyKey: randomUUID() };
    const first = await createVideoGeneration(db, owner.actor, input);
    expect(await createVideoGeneration(db, owner.actor, input)).toEqual(first);
    await expect(createVideoGeneration(db, owner.actor, { ...input, durationSeconds: 6 })).rejects.toMatchObject({
      reason: 'idempotency_key_reused',
      status: 409,
    });
  });
});

test('a video goes from pending to processing to completed, and no other way', async () => {
  const owner = await database.createAccount({ credits: 100 });
  const videoId = await makeVideo(db, owner.id, 'pending');
  const videoUrl = 'https://cdn.reeldesk.example/a.mp4';
  await expect(completeVideoGeneration(db, backend, { videoId, videoUrl })).rejects.toMatchObject({
    reason: 'invalid_status_change',
    details: { status: 'pending', requested: 'completed' },
  });
  await expect(startVideoGeneration(db, owner.actor, { videoId })).rejects.toMatchObject({ reason: 'forbidden' });
  expect(await startVideoGeneration(db, backend, { videoId })).toMatchObject({ status: 'processing' });
  expect(await completeVideoGeneration(db, backend, { videoId, videoUrl })).toMatchObject({ status: 'completed' });
  expect(await getVideo(db, owner.actor, { videoId })).toMatchObject({ status: 'completed', videoUrl });
});

test('a failure gives the charge back in the same call', async () => {
  const owner = await database.createAccount({ credits: 100 });
  const videoId = await makeVideo(db, owner.id, 'processing');
  expect(await failVideoGeneration(db, backend, { videoId, error: 'Provider timed out' })).toMatchObject({
    status: 'failed',
    creditsRefunded: 15,
    transactionId: expect.any(String),
  });
  expect(await getCreditInfo(db, owner.actor, { userId: owner.id })).toMatchObject({ credits: 100 });
});

describe('soft delete', () => {
  test('hides a video from its owner until it is restored', async () => {
    const owner = await database.createAccount({ credits: 100 });
    const videoId = await makeVideo(db, owner.id);
    await softDeleteVideo(db, owner.actor, { videoId });

    await expect(getVideo(db, owner.actor, { videoId })).rejects.toMatchObject({
      reason: 'video_not_found',
      details: { videoId },
    });
    expect((await listVideos(db, owner.actor, { limit: 10 })).items).toEqual([]);
    const { items } = await listDeletedVideos(db, owner.actor, { limit: 10 });
    expect(items).toMatchObject([
      { id: videoId, deletedAt: expect.any(String), prompt: request.prompt, ownerEmail: owner.email },
    ]);
    await expect(softDeleteVideo(db, owner.actor, { videoId })).rejects.toMatchObject({
      reason: 'already_deleted',
      details: { videoId, deletedAt: items[0]?.deletedAt },
    });

    await restoreVideo(db, owner.actor, { videoId });
    expect((await listVideos(db, owner.actor, { limit: 10 })).items).toMatchObject([{ id: videoId, deletedAt: null }]);
    await expect(restoreVideo(db, owner.actor, { videoId })).rejects.toMatchObject({ reason: 'not_deleted' });
  });

  test('is for the owner and admins: to others the video does not exist', async () => {
    const owner = await database.createAccount({ credits: 100 });
    const stranger = await database.createAccount();
    const videoId = await makeVideo(db, owner.id);
    for (const actor of [stranger.actor, analyst.actor]) {
      await expect(softDeleteVideo(db, actor, { videoId })).rejects.toMatchObject({ reason: 'video_not_found' });
    }
    await softDeleteVideo(db, admin.actor, { videoId });
    await expect(restoreVideo(db, stranger.actor, { videoId })).rejects.toMatchObject({ reason: 'video_not_found' });
    await restoreVideo(db, admin.actor, { videoId });
  });

  test("staff list everybody's deleted videos or one account's; a user only his own", async () => {
    const [one, other] = [await database.createAccount({ credits: 15 }), await database.createAccount({ credits: 15 })];
    const [ofOne, ofOther] = [await makeVideo(db, one.id), await makeVideo(db, other.id)];
    await softDeleteVideo(db, one.actor, { videoId: ofOne });
    await softDeleteVideo(db, other.actor, { videoId: ofOther });

    for (const actor of [admin.actor, analyst.actor]) {
      const everybody = await listDeletedVideos(db, actor, { limit: 2 });
      expect(everybody.items.map(({ id }) => id)).toEqual([ofOther, ofOne]);
      const ofAccount = await listDeletedVideos(db, actor, { userId: one.id, limit: 10 });
      expect(ofAccount.items.map(({ id }) => id)).toEqual([ofOne]);
    }
    await expect(listDeletedVideos(db, one.actor, { userId: other.id, limit: 10 })).rejects.toMatchObject({
      reason: 'forbidden',
    });
    await expect(listDeletedVideos(db, anon, { limit: 10 })).rejects.toMatchObject({ reason: 'not_signed_in' });
  });
});

test('analysts get no prompt, no e-mail, and nothing that may repeat one', async () => {
  const owner = await database.createAccount({ credits: 100 });
  const videoId = await makeVideo(db, owner.id, 'failed');
  const found = await getVideo(db, analyst.actor, { videoId });
  expect(found).toMatchObject({ prompt: null, imageUrl: null, videoUrl: null, errorMessage: null, ownerEmail: null });
  expect(found).toMatchObject({ userId: owner.id, creditsUsed: 15, status: 'failed' });
  expect(await getVideo(db, admin.actor, { videoId })).toMatchObject({
    prompt: request.prompt,
    errorMessage: 'Provider timed out',
    ownerEmail: owner.email,
  });
});

test('a list by status and account holds just these', async () => {
  const owner = await database.createAccount({ credits: 100 });
  const failed = await makeVideo(db, owner.id, 'failed');
  const pending = await makeVideo(db, owner.id, 'pending');
  await makeVideo(db, owner.id, 'completed');
  const { items } = await listVideos(db, admin.actor, { userId: owner.id, status: ['failed', 'pending'], limit: 10 });
  expect(items.map(({ id }) => id)).toEqual([pending, failed]);
  const stranger = await database.createAccount();
  expect(await listVideos(db, stranger.actor, { userId: owner.id, limit: 10 })).toEqual({
    items: [],
    nextCursor: null,
  });
  await expect(listVideos(db, anon, { limit: 10 })).rejects.toMatchObject({ reason: 'not_signed_in' });
});

test('a list by type, resolution and time holds just these, in the order that is asked for', async () => {
  const owner = await database.createAccount({ credits: 100 });
  const make = async (more: object, at: string) => {
    const { videoId } = await createVideoGeneration(db, owner.actor, { userId: owner.id, ...request, ...more });
    await database.asOwner.query('update videos set created_at = $2 where id = $1', [videoId, at]);
    return videoId;
  };
  const text = await make({}, '2026-03-01T00:00:00Z');
  const image = await make(
    { videoType: 'image_to_video', imageUrl: 'https://reeldesk.example/a.png' },
    '2026-03-02T00:00:00Z',
  );
  const small = await make({ resolution: '1280x720' }, '2026-03-03T00:00:00Z');
  const find = async (filter: Partial<Parameters<typeof listVideos>[2]>) =>
    (
      await readAllPages((cursor) => listVideos(db, admin.actor, { userId: owner.id, limit: 2, cursor, ...filter }))
    ).map(({ id }) => id);
  expect(await find({})).toEqual([small, image, text]);
  expect(await find({ sort: 'oldest' })).toEqual([text, image, small]);
  expect(await find({ videoType: ['image_to_video'] })).toEqual([image]);
  expect(await find({ resolution: ['1280x720', '640x360'] })).toEqual([small]);
  expect(await find({ createdFrom: '2026-03-02T00:00:00Z' })).toEqual([small, image]);
  expect(await find({ createdBefore: '2026-03-02T00:00:00Z' })).toEqual([text]);
  expect(await find({ videoType: ['text_to_video'], status: ['pending'], sort: 'oldest' })).toEqual([text, small]);
});

describe('pages', () => {
  const rows = 23;

  test.each(['user', 'admin', 'analyst', 'backend'] as const)(
    'of many videos made in the same microsecond neither skip nor repeat one, for %s',
    async (kind) => {
      const owner = await database.createAccount();
      const ids = await insertVideos(owner.id, 'null');
      const actor = { user: owner.actor, admin: admin.actor, analyst: analyst.actor, backend }[kind];
      const found = await readAllPages((cursor) => listVideos(db, actor, { userId: owner.id, limit: 5, cursor }));
      expect(found.map(({ id }) => id)).toEqual(ids);
      expect(found[0]?.createdAt).toContain('.123456');
    },
  );

  test.each(['user', 'admin', 'analyst', 'backend'] as const)(
    'of many videos deleted in the same microsecond neither skip nor repeat one, for %s',
    async (kind) => {
      const owner = await database.createAccount();
      const ids = await insertVideos(owner.id, `timestamptz '2026-02-03 04:05:06.654321Z'`);
      const actor = { user: owner.actor, admin: admin.actor, analyst: analyst.actor, backend }[kind];
      const found = await readAllPages((cursor) =>
        listDeletedVideos(db, actor, { userId: owner.id, limit: 5, cursor }),
      );
      expect(found.map(({ id }) => id)).toEqual(ids);
      expect(found[0]?.deletedAt).toContain('.654321');
    },
  );

  test('end where the rows do, when the last page is full', async () => {
    const owner = await database.createAccount();
    await insertVideos(owner.id, 'null');
    expect(await listVideos(db, owner.actor, { limit: rows })).toMatchObject({ nextCursor: null });
    expect((await listVideos(db, owner.actor, { limit: rows - 1 })).nextCursor).not.toBeNull();
  });

  test('of the greatest size work for deleted videos', async () => {
    const owner = await database.createAccount();
    await insertVideos(owner.id, 'now()', 201);
    const found = await readAllPages((cursor) => listDeletedVideos(db, owner.actor, { limit: 200, cursor }));
    expect(new Set(found.map(({ id }) => id)).size).toBe(201);
  });

  test('refuse a cursor of another list', async () => {
    await expect(listVideos(db, admin.actor, { limit: 5, cursor: 'bm9uc2Vuc2U' })).rejects.toMatchObject({
      reason: 'invalid_input',
      details: { field: 'cursor' },
    });
  });

  /** Videos of one moment; their ids in the order of the list. */
  async function insertVideos(userId: string, deletedAt: string, count = rows): Promise<string[]> {
    const inserted = await database.asOwner.query<{ id: string }>(
      `insert into videos (user_id, prompt, video_type, duration_seconds, resolution, quality, status, created_at, deleted_at)
      select $1, 'p', 'text_to_video', 5, '1920x1080', 'high', 'completed', '2026-01-02 03:04:05.123456Z', ${deletedAt}
      from generate_series(1, ${count})
      returning id`,
      [userId],
    );
    return inserted
      .map(({ id }) => id)
      .toSorted()
      .toReversed();
  }
});
