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
  onlyForBackend,
  videoNotFound,
  type Queryable,
  type VideoStatus,
} from './scene.ts';

const scene = await createScene();
const { database, callers, ids } = scene;
afterAll(database.drop);

const videoUrl = 'https://cdn.reeldesk.example/a.mp4';
const start = (id: string | null, caller = callers.backend) =>
  call(caller, 'start_video_generation', { p_video_id: id });
const complete = (id: string | null, url: string | null = videoUrl, caller = callers.backend) =>
  call(caller, 'complete_video_generation', { p_video_id: id, p_video_url: url });
const fail = (id: string | null, error: string | null = 'Provider timed out', caller = callers.backend) =>
  call(caller, 'fail_video_generation', { p_video_id: id, p_error: error });

async function videoOf(id: string) {
  const [video] = await database.asOwner.query('select * from videos where id = $1', [id]);
  return video!;
}

test('a video goes from pending to processing to completed, with its times and its address', async () => {
  const id = await makeVideo(scene, ids.owner, 'pending');
  expect(await start(id)).toEqual({
    success: true,
    video_id: id,
    status: 'processing',
    message: 'Video generation is processing',
  });
  expect(await videoOf(id)).toMatchObject({ status: 'processing', started_at: expect.any(Date), finished_at: null });
  expect(await complete(id)).toEqual({
    success: true,
    video_id: id,
    status: 'completed',
    message: 'Video generation completed successfully',
  });
  expect(await videoOf(id)).toMatchObject({ status: 'completed', video_url: videoUrl, finished_at: expect.any(Date) });
});

test.each(['pending', 'processing'] as const)(
  'a %s video that fails gives its credits back in the same transaction',
  async (status) => {
    const id = await makeVideo(scene, ids.owner, status);
    const before = await creditsOf(scene, ids.owner);
    const answer = await fail(id);
    expect(answer).toEqual({
      success: true,
      video_id: id,
      status: 'failed',
      credits_refunded: 15,
      transaction_id: expect.any(String),
      message: 'Video generation failed, credits refunded',
    });
    expect(await creditsOf(scene, ids.owner)).toBe(before + 15);
    const both = await database.asOwner.query(
      `select v.status, v.error_message, t.amount, t.type, v.xmin::text = t.xmin::text as together
    from videos v join credit_transactions t on t.id = $2 where v.id = $1`,
      [id, answer['transaction_id']],
    );
    expect(both).toEqual([
      { status: 'failed', error_message: 'Provider timed out', amount: 15, type: 'refund', together: true },
    ]);
    expect(await lastAudit(scene, id)).toMatchObject({
      action: 'refund_video_credits',
      actor_role: 'backend',
      amount: 15,
    });
    await expectBooksBalance(scene);
  },
);

test('a video that cost nothing fails without a refund and without claiming one', async () => {
  const [video] = await database.asOwner.query<{ id: string }>(
    `insert into videos (user_id, prompt, video_type) values ($1, 'Free', 'text_to_video') returning id`,
    [ids.owner],
  );
  expect(await fail(video!.id)).toMatchObject({
    credits_refunded: 0,
    transaction_id: null,
    message: 'Video generation failed',
  });
});

describe('no status is left the wrong way, nor twice', () => {
  const all: VideoStatus[] = ['pending', 'processing', 'completed', 'failed'];
  const moves = {
    processing: { from: ['pending'], act: start },
    completed: { from: ['processing'], act: complete },
    failed: { from: ['pending', 'processing'], act: fail },
  };
  const wrong = Object.entries(moves).flatMap(([to, { from, act }]) =>
    all.filter((status) => !from.includes(status)).map((status) => ({ status, to, act })),
  );
  test.each(wrong)('$status to $to', async ({ status, to, act }) => {
    const id = await makeVideo(scene, ids.owner, status);
    await expectRefused(scene, () => act(id), {
      sqlstate: 'PT409',
      code: 'invalid_status_change',
      message: `This video is ${status} and can't become ${to}.`,
      details: { status, requested: to },
    });
  });
});

describe('only the back end moves a status:', () => {
  const acts: Record<string, (id: string, caller: Queryable) => Promise<unknown>> = {
    start_video_generation: (id, caller) => start(id, caller),
    complete_video_generation: (id, caller) => complete(id, videoUrl, caller),
    fail_video_generation: (id, caller) => fail(id, 'Provider timed out', caller),
  };
  test.each(Object.keys(acts))('%s', async (name) => {
    const next = async () => makeVideo(scene, ids.owner, name === 'start_video_generation' ? 'pending' : 'processing');
    let id = await next();
    await expectOnly(
      scene,
      ['backend', 'operator'],
      async (caller) => {
        const answer = await acts[name]!(id, caller);
        id = await next();
        return answer;
      },
      onlyForBackend,
    );
  });
});

test('a long provider message is cut, so that the refund does not hang on it', async () => {
  const id = await makeVideo(scene, ids.owner, 'processing');
  expect(await fail(id, 'x'.repeat(5000))).toMatchObject({ credits_refunded: 15 });
  expect((await videoOf(id))['error_message']).toBe('x'.repeat(2000));
});

test.each([null, '', 'a.mp4', 'ftp://a/b', 'javascript:alert(1)', 'https://a b', `https://a/${'x'.repeat(2000)}`])(
  'a video is not completed with the address %j',
  async (url) => {
    const id = await makeVideo(scene, ids.owner, 'processing');
    await expectRefused(scene, () => complete(id, url), invalid('p_video_url'));
  },
);

test.each([null, '', ' \n\t', '\u00a0\u200b'])('a video does not fail with the empty error %j', async (error) => {
  const id = await makeVideo(scene, ids.owner, 'processing');
  await expectRefused(scene, () => fail(id, error), invalid('p_error'));
});

test('a video that is not there is refused as such, and none at all by name', async () => {
  for (const act of [start, complete, fail]) {
    await expectRefused(scene, () => act(randomUUID()), videoNotFound);
    await expectRefused(scene, () => act(null), invalid('p_video_id'));
  }
});

test('a refund that the balance could not hold stops the failure, with a sentence that says so', async () => {
  const { id: userId } = await database.createAccount({ credits: 15 });
  const id = await makeVideo(scene, userId, 'processing');
  await call(callers.backend, 'adjust_credits', { p_user_id: userId, p_amount: 2147483640, p_reason_code: 'purchase' });
  await expectRefused(scene, () => fail(id), invalid('p_video_id'));
});
