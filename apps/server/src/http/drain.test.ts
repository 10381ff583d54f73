import { createReeldeskClient } from '@reeldesk/api/client';
import { expect, test } from 'vitest';
import { startTestServer, testKeys } from '../testing/test-server.ts';

test('a stop finishes and answers a refund that has begun, refuses what comes then, and ends streams', async () => {
  const server = await startTestServer();
  const { app, owner, url } = server;
  const { id: userId } = await server.signUp();
  const client = createReeldeskClient({ url, token: testKeys.secretKey });
  await client.credits.adjustCredits.mutate({ userId, amount: 100, reasonCode: 'purchase' });
  const { videoId } = await client.videos.createVideoGeneration.mutate({
    userId,
    prompt: 'A beautiful sunset',
    videoType: 'text_to_video',
    durationSeconds: 5,
    resolution: '1920x1080',
    quality: 'high',
  });
  await client.videos.startVideoGeneration.mutate({ videoId });
  await client.videos.completeVideoGeneration.mutate({ videoId, videoUrl: 'https://cdn.reeldesk.example/video.mp4' });

  const lock = await owner.connect();
  await lock.query('begin');
  await lock.query('select from profiles where id = $1 for update', [userId]);
  const blocked = `select count(*)::integer as n from pg_stat_activity
    where cardinality(pg_blocking_pids(pid)) > 0 and datname = current_database()`;
  const headers = { authorization: `Bearer ${testKeys.secretKey}`, 'content-type': 'application/json' };
  const running = fetch(`${url}/trpc/refunds.refundVideoCredits`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ videoId, reason: 'Wrong aspect ratio', amount: 5 }),
  });
  const stream = await fetch(`${url}/trpc/live.changes?input={}`, { headers });
  const streamed = stream.text();
  await expect.poll(async () => (await owner.query<{ n: number }>(blocked)).rows[0]?.n).toBe(1);

  let isClosed = false;
  const closing = (async () => {
    await app.close();
    isClosed = true;
  })();
  // The stream ends at once, so it shows that the stop has begun.
  expect(await streamed).toContain('"reason":"unavailable"');
  const late = await fetch(`${url}/trpc/session.getSession`, { headers });
  expect(late.status).toBe(503);
  expect(late.headers.get('connection')).toBe('close');
  expect(late.headers.get('retry-after')).toBe('1');
  expect(await late.json()).toMatchObject({ error: { data: { reason: 'unavailable' } } });
  expect(isClosed).toBe(false);

  await lock.query('commit');
  lock.release();
  const answer = await running;
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ result: { data: { creditsRefunded: 5 } } });
  await closing;
  await expect(fetch(`${url}/healthz`)).rejects.toThrow('fetch failed');
  await server.close();
});
