import { once } from 'node:events';
import { connect } from 'node:net';
import { gunzipSync } from 'node:zlib';
import type { InjectOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, testKeys, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const asBackend = { authorization: `Bearer ${testKeys.secretKey}` };
const json = { 'content-type': 'application/json', ...asBackend };
const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;

describe('what comes in the wrong way', () => {
  const cases: [string, InjectOptions, number, string][] = [
    ['1,001 calls', { url: `/trpc/${Array(1001).fill('x').join(',')}?batch=1` }, 413, 'too_large'],
    [
      '1,001 calls in commas of the other spelling',
      { url: `/trpc/${Array(1001).fill('x').join('%2C')}?batch=1&input={}` },
      413,
      'too_large',
    ],
    [
      'deep JSON',
      { method: 'POST', url: '/trpc/videos.softDeleteVideo', headers: json, payload: deep },
      400,
      'invalid_input',
    ],
    [
      'deep JSON inside of the input',
      { method: 'POST', url: '/trpc/videos.softDeleteVideo', headers: json, payload: `{"videoId":${deep}}` },
      400,
      'invalid_input',
    ],
    [
      'broken JSON',
      { method: 'POST', url: '/trpc/videos.softDeleteVideo', headers: json, payload: '{' },
      400,
      'invalid_input',
    ],
    ['a query as broken JSON', { url: '/trpc/videos.getVideo?input={', headers: asBackend }, 400, 'invalid_input'],
    [
      'plain text',
      {
        method: 'POST',
        url: '/trpc/videos.softDeleteVideo',
        headers: { ...asBackend, 'content-type': 'text/plain' },
        payload: 'x',
      },
      415,
      'invalid_input',
    ],
    [
      'XML',
      {
        method: 'POST',
        url: '/trpc/videos.softDeleteVideo',
        headers: { ...asBackend, 'content-type': 'application/xml' },
        payload: '<a/>',
      },
      415,
      'invalid_input',
    ],
    ['a mutation by GET', { url: '/trpc/videos.softDeleteVideo?input={}', headers: asBackend }, 405, 'invalid_input'],
    ['PUT', { method: 'PUT', url: '/trpc/videos.softDeleteVideo', headers: json, payload: {} }, 405, 'invalid_input'],
    ['DELETE', { method: 'DELETE', url: '/trpc/videos.softDeleteVideo', headers: asBackend }, 405, 'invalid_input'],
    [
      'POST without a content type',
      { method: 'POST', url: '/trpc/videos.softDeleteVideo', headers: asBackend },
      415,
      'invalid_input',
    ],
    ['OPTIONS', { method: 'OPTIONS', url: '/trpc/videos.getVideo', headers: asBackend }, 405, 'invalid_input'],
    ['an unknown procedure', { url: '/trpc/videos.nothing', headers: asBackend }, 404, 'not_found'],
    [
      'a compressed body that is none',
      {
        method: 'POST',
        url: '/trpc/videos.softDeleteVideo',
        headers: { ...json, 'content-encoding': 'gzip' },
        payload: 'x',
      },
      400,
      'invalid_input',
    ],
  ];
  test.each(cases)('%s: is told in the shape of all errors', async (_, request, status, reason) => {
    const response = await server.app.inject(request);
    expect(response.statusCode, response.body).toBe(status);
    const body: unknown = response.json();
    const [first] = Array.isArray(body) ? (body as unknown[]) : [body];
    expect(first).toMatchObject({
      error: {
        message: expect.stringMatching(/\.$/),
        data: { reason, httpStatus: status, hint: expect.any(String), requestId: response.headers['x-request-id'] },
      },
    });
  });

  test('HEAD has no body', async () => {
    const response = await server.app.inject({ method: 'HEAD', url: '/trpc/session.getSession' });
    expect([response.statusCode, response.body]).toEqual([204, '']);
  });
});

test('a batch is answered piece by piece, compressed or not: the quick call does not wait for the slow one', async () => {
  const lock = await server.owner.connect();
  const { id } = await server.signUp();
  await lock.query('begin');
  // Every charge of this account waits, reads don't.
  await lock.query('select from profiles where id = $1 for update', [id]);
  const input = JSON.stringify({
    1: { userId: id, amount: 5, reasonCode: 'goodwill', idempotencyKey: 'slow' },
    0: { userId: id, amount: 5, reasonCode: 'goodwill', idempotencyKey: 'slow' },
  });
  const response = await fetch(`${server.url}/trpc/credits.nothing,credits.adjustCredits?batch=1`, {
    method: 'POST',
    headers: { ...json, 'trpc-accept': 'application/jsonl', 'accept-encoding': 'gzip' },
    body: input,
  });
  expect(response.headers.get('content-encoding')).toBe('gzip');
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!text.includes('not_found')) {
    const { value = '', done } = await reader.read();
    expect(done).toBe(false);
    text += value;
  }
  expect(text).not.toContain('creditsRemaining');
  await lock.query('rollback');
  lock.release();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    text += piece.value;
  }
  expect(text).toContain('"success":true');
});

test('a client that goes away leaves the server as it was, and its call is still done', async () => {
  const { id } = await server.signUp();
  const lock = await server.owner.connect();
  await lock.query('begin');
  await lock.query('select from profiles where id = $1 for update', [id]);
  const abort = new AbortController();
  const call = fetch(`${server.url}/trpc/credits.adjustCredits`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ userId: id, amount: 7, reasonCode: 'goodwill' }),
    signal: abort.signal,
  }).catch((error: Error) => error.name);
  const blocked = `select count(*)::integer as n from pg_stat_activity where cardinality(pg_blocking_pids(pid)) > 0 and datname = current_database()`;
  await expect.poll(async () => (await server.owner.query<{ n: number }>(blocked)).rows[0]?.n).toBe(1);
  abort.abort();
  expect(await call).toBe('AbortError');
  await lock.query('commit');
  lock.release();
  const credits = async () =>
    (await server.owner.query<{ credits: number }>('select credits from profiles where id = $1', [id])).rows[0]
      ?.credits;
  await expect.poll(credits).toBe(7);
  expect((await server.whoAmI({})).statusCode).toBe(200);
});

test('half a request, and one that is not HTTP, are answered or dropped without harm', async () => {
  const { port, hostname } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.write('NONSENSE\r\n\r\n');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 400 /);
  socket.destroy();
  expect((await server.whoAmI({})).statusCode).toBe(200);
});

test('a long answer is compressed as it is asked for', async () => {
  const response = await server.app.inject({
    url: `/trpc/${Array(10).fill('prices.listCreditPrices').join(',')}?batch=1&input={}`,
    headers: { ...asBackend, 'accept-encoding': 'gzip' },
  });
  expect(JSON.parse(gunzipSync(response.rawPayload).toString())).toHaveLength(10);
});
