import { createReeldeskClient, errorDataOf } from '@reeldesk/api/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, testKeys, type TestServer } from './testing/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

test('the typed client works over the wire: the example costs 15 of 100 credits', async () => {
  const { id: userId } = await server.signUp();
  const client = createReeldeskClient({ url: server.url, token: testKeys.secretKey });
  await client.credits.adjustCredits.mutate({ userId, amount: 100, reasonCode: 'purchase' });
  const video = await client.videos.createVideoGeneration.mutate({
    userId,
    prompt: 'A beautiful sunset',
    videoType: 'text_to_video',
    durationSeconds: 5,
    resolution: '1920x1080',
    quality: 'high',
  });
  expect(video).toMatchObject({ creditsUsed: 15, creditsRemaining: 85 });
  const [info, session] = await Promise.all([
    client.credits.getCreditInfo.query({ userId }),
    client.session.getSession.query(),
  ]);
  expect([info.credits, session.kind]).toEqual([85, 'backend']);
});

test('each call of a batch is told of its error, before and inside of the procedures', async () => {
  const refused = createReeldeskClient({ url: server.url, token: 'not a token'.replaceAll(' ', '-') });
  const answers = await Promise.allSettled([
    refused.session.getSession.query(),
    refused.prices.listCreditPrices.query(),
  ]);
  for (const answer of answers) {
    expect(answer.status === 'rejected' && errorDataOf(answer.reason)).toMatchObject({
      reason: 'invalid_token',
      httpStatus: 401,
    });
  }
  const anonymous = createReeldeskClient({ url: server.url });
  const error = await anonymous.prices.listCreditPrices.query().catch((reason: unknown) => reason);
  expect(errorDataOf(error)).toMatchObject({ reason: 'not_signed_in', requestId: expect.stringMatching(/./) });
});

test('without a server there is no answer to look into', async () => {
  const client = createReeldeskClient({ url: 'http://127.0.0.1:9' });
  const error = await client.session.getSession.query().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(Error);
  expect(errorDataOf(error)).toBeNull();
});
