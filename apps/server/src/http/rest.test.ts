import { createReeldeskClient, errorDataOf } from '@reeldesk/api/client';
import { restRoutes } from '@reeldesk/api/rest';
import { createApiKey } from '@reeldesk/db/keys';
import type { LightMyRequestResponse } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ownOrigin, startTestServer, testKeys, type Person, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
let admin: Person;
let owner: Person;
beforeAll(async () => {
  server = await startTestServer();
  admin = await server.signUp('admin');
  owner = await server.signUp();
});
afterAll(() => server.close());

const backend = { authorization: `Bearer ${testKeys.secretKey}` };
const sunset = {
  prompt: 'A beautiful sunset',
  videoType: 'text_to_video',
  durationSeconds: 5,
  resolution: '1920x1080',
  quality: 'high',
};

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

function send(
  method: Method,
  url: string,
  payload?: object,
  headers: object = backend,
): Promise<LightMyRequestResponse> {
  return server.app.inject({ method, url: `/api${url}`, headers: { ...headers }, ...(payload && { payload }) });
}

describe('over REST', () => {
  test('the example costs 15 of 100 credits, and is found, refunded and deleted', async () => {
    expect(
      (await send('POST', `/accounts/${owner.id}/adjustments`, { amount: 100, reasonCode: 'purchase' })).json(),
    ).toMatchObject({ creditsRemaining: 100 });
    const created = await send('POST', '/videos', { userId: owner.id, ...sunset });
    expect([created.statusCode, created.json()]).toMatchObject([200, { creditsUsed: 15, creditsRemaining: 85 }]);
    const { videoId } = created.json<{ videoId: string }>();
    expect((await send('GET', `/accounts/${owner.id}/credits`)).json()).toMatchObject({ credits: 85, totalVideos: 1 });
    const found = await send(
      'GET',
      `/videos?userId=${owner.id}&limit=1&status=pending&videoType=text_to_video&videoType=image_to_video`,
    );
    expect(found.json()).toMatchObject({ items: [{ id: videoId }], nextCursor: null });
    expect((await send('POST', `/videos/${videoId}/fail`, { error: 'The provider timed out' })).json()).toMatchObject({
      creditsRefunded: 15,
    });
    const cookie = await server.signIn(owner);
    const deleted = await send('DELETE', `/videos/${videoId}`, undefined, { cookie, origin: ownOrigin });
    expect(deleted.json()).toEqual({ success: true, videoId });
  });

  test('a replayed answer says so', async () => {
    const headers = { ...backend, 'idempotency-key': 'rest-1' };
    const call = () =>
      send('POST', `/accounts/${owner.id}/adjustments`, { amount: 5, reasonCode: 'goodwill' }, headers);
    const [first, second] = [await call(), await call()];
    expect([first.headers['idempotent-replayed'], second.headers['idempotent-replayed']]).toEqual([undefined, 'true']);
    expect(second.json()).toEqual(first.json());
  });

  test('an error has the shape that it has everywhere', async () => {
    const answer = await send('POST', '/videos', { userId: owner.id, ...sunset, durationSeconds: 300 });
    expect([answer.statusCode, answer.json()]).toEqual([
      402,
      {
        error: {
          message: expect.stringMatching(/^Insufficient credits\. You have \d+ credits, but need 900 credits\.$/),
          code: expect.any(Number),
          data: {
            code: 'PAYMENT_REQUIRED',
            httpStatus: 402,
            path: 'videos.createVideoGeneration',
            reason: 'insufficient_credits',
            details: { credits: expect.any(Number), required: 900 },
            hint: expect.any(String),
            requestId: answer.headers['x-request-id'],
          },
        },
      },
    ]);
  });

  test('bad input is refused in the words of the schema, wherever it stands', async () => {
    const reasons = async (answer: Promise<LightMyRequestResponse>) => {
      const { statusCode, json } = await answer;
      const { data } = json<{ error: { data: { reason: string; details: { field?: string } } } }>().error;
      return [statusCode, data.reason, data.details.field];
    };
    expect(await reasons(send('GET', '/videos?limit=0'))).toEqual([400, 'invalid_input', 'limit']);
    expect(await reasons(send('GET', '/videos?limit=many'))).toEqual([400, 'invalid_input', 'limit']);
    expect(await reasons(send('GET', '/videos/nonsense'))).toEqual([400, 'invalid_input', 'videoId']);
    expect(await reasons(send('POST', '/videos', []))).toEqual([400, 'invalid_input', 'input']);
    expect(await reasons(send('POST', '/videos', { ...sunset, userId: 5 }))).toEqual([400, 'invalid_input', 'userId']);
    expect(await reasons(send('GET', '/nothing'))).toEqual([404, 'not_found', undefined]);
  });

  test('what is no JSON, nested without end, poisoned or too large is a typed 4xx', async () => {
    const post = (payload: string, type = 'application/json') =>
      server.app.inject({ method: 'POST', url: '/api/videos', headers: { ...backend, 'content-type': type }, payload });
    const bodies = [
      '{',
      '[['.repeat(60_000),
      `${'{"a":'.repeat(30_000)}1${'}'.repeat(30_000)}`,
      `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
      '{"__proto__":{"userId":"x"}}',
      '{"constructor":{"prototype":{"a":1}}}',
      `{"userId":"${'x'.repeat(300_000)}"}`,
    ];
    for (const body of bodies) {
      const answer = await post(body);
      expect([body.slice(0, 20), answer.statusCode]).toEqual([body.slice(0, 20), body.length > 262_144 ? 413 : 400]);
      const { reason } = answer.json<{ error: { data: { reason: string } } }>().error.data;
      expect(['invalid_input', 'too_large']).toContain(reason);
    }
    expect((await post('userId=x', 'application/x-www-form-urlencoded')).statusCode).toBe(415);
  });

  test('every place asks who is calling', async () => {
    for (const { method, url } of restRoutes) {
      const path = url.replaceAll(/:\w+/g, '00000000-0000-4000-8000-000000000000');
      const answer = await send(method, path, method === 'POST' || method === 'PUT' ? {} : undefined, {});
      expect([url, answer.statusCode]).toEqual([url, url === '/session' ? 200 : 401]);
    }
  });

  test("another site's page changes nothing with a visitor's cookie", async () => {
    const cookie = await server.signIn(admin);
    const foreign = { cookie, origin: 'https://evil.example' };
    const answer = await send(
      'POST',
      `/accounts/${owner.id}/adjustments`,
      { amount: 5, reasonCode: 'goodwill' },
      foreign,
    );
    expect([answer.statusCode, answer.json()]).toMatchObject([403, { error: { data: { reason: 'forbidden' } } }]);
  });
});

describe('an Idempotency-Key', () => {
  const adjust = { userId: '', amount: 5, reasonCode: 'goodwill' };
  const post = (paths: string, body: object) =>
    server.app.inject({
      method: 'POST',
      url: `/trpc/${paths}`,
      headers: { ...backend, 'idempotency-key': 'trpc-1' },
      payload: body,
    });

  test('works as a header of a single tRPC call, whose replay says so', async () => {
    const call = () => post('credits.adjustCredits', { ...adjust, userId: owner.id });
    const [first, second] = [await call(), await call()];
    expect([first.headers['idempotent-replayed'], second.headers['idempotent-replayed']]).toEqual([undefined, 'true']);
    expect(second.json()).toEqual(first.json());
  });

  test('is refused with a batch: it could not say which call is meant', async () => {
    const input = { ...adjust, userId: owner.id };
    const answer = await post('credits.adjustCredits,credits.adjustCredits?batch=1', { 0: input, 1: input });
    expect(answer.statusCode).toBe(400);
    expect(answer.body).toContain('The header Idempotency-Key goes with one call.');
  });
});

describe('an API key', () => {
  const make = (role: 'backend' | 'staff') =>
    createApiKey(server.db, { kind: 'user', userId: admin.id }, { name: 'Test', role });

  test('signs in with it, over REST and with the typed client', async () => {
    const { key } = await make('backend');
    expect((await send('GET', '/session', undefined, { authorization: `Bearer ${key}` })).json()).toMatchObject({
      kind: 'backend',
      userId: admin.id,
    });
    const client = createReeldeskClient({ url: server.url, token: (await make('staff')).key });
    expect(await client.session.getSession.query()).toMatchObject({ kind: 'user', userId: admin.id, role: 'admin' });
    expect((await client.videos.listVideos.query({ limit: 5 })).items).toBeInstanceOf(Array);
  });

  test('that is wrong or revoked is refused, and never logged', async () => {
    const { key, id } = await make('backend');
    const client = createReeldeskClient({ url: server.url, token: key });
    await client.prices.listCreditPrices.query();
    const cookie = await server.signIn(admin);
    const revoked = await send('DELETE', `/api-keys/${id}`, undefined, { cookie, origin: ownOrigin });
    expect(revoked.json()).toMatchObject({ id, state: 'revoked' });
    const error = await client.prices.listCreditPrices.query().catch((reason: unknown) => reason);
    expect(errorDataOf(error)).toMatchObject({
      reason: 'invalid_api_key',
      httpStatus: 401,
      details: { problem: 'revoked' },
    });
    const wrong = await server.whoAmI({ authorization: 'Bearer rdk_made-up' });
    expect([wrong.statusCode, wrong.body]).toEqual([401, expect.stringContaining('"problem":"unknown"')]);
    expect(server.log()).not.toContain(key.slice(12));
  });

  test('made over the API is shown once and works', async () => {
    const cookie = await server.signIn(admin);
    const made = await send('POST', '/api-keys', { name: 'Workers', role: 'backend' }, { cookie, origin: ownOrigin });
    const { key } = made.json<{ key: string }>();
    expect(key).toMatch(/^rdk_[\w-]{43}$/);
    expect(
      (await send('GET', `/accounts/${owner.id}/credits`, undefined, { authorization: `Bearer ${key}` })).statusCode,
    ).toBe(200);
    const list = await send('GET', '/api-keys', undefined, { cookie });
    expect(list.body).not.toContain(key);
  });
});

describe('the playground', () => {
  test('serves the document, and a page without inline script or style, under the CSP of all pages', async () => {
    const document = await server.app.inject('/api/openapi.json');
    expect(document.json()).toMatchObject({ openapi: expect.stringMatching(/^3\.1/), servers: [{ url: '/api' }] });
    const page = await server.app.inject('/api/docs');
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-security-policy']).toBe(
      (await server.app.inject('/healthz')).headers['content-security-policy'],
    );
    expect(page.body).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=/);
    const files = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file!);
    expect(files.length).toBeGreaterThan(4);
    for (const file of files) {
      expect([file, (await server.app.inject(new URL(file, 'http://localhost/api/docs').pathname)).statusCode]).toEqual(
        [file, 200],
      );
    }
  });
});
