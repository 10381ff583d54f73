import { appRouter } from '@reeldesk/api/router';
import { createDatabase } from '@reeldesk/db/client';
import type { InjectOptions } from 'fastify';
import { pino } from 'pino';
import { z } from 'zod';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApp } from './app.ts';
import { createLogger } from './http/log.ts';
import { startDatabaseProxy } from './testing/database-proxy.ts';
import { ownOrigin, startTestServer, testKeys, type TestServer } from './testing/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const nothing = {
  auth: null,
  sessions: null,
  readBearer: null,
  localSupabase: null,
  adminDirectory: '/nonexistent',
  logger: pino({ level: 'silent' }),
};
const page = { accept: 'text/html,application/xhtml+xml' };

describe('every answer', () => {
  test.each(['/', '/healthz', '/nothing', '/%zz', '/trpc/session.getSession'])(
    '%s forbids what the page does not need',
    async (url) => {
      const { headers } = await server.app.inject({ url, headers: page });
      expect(headers['content-security-policy']).toBe(
        "default-src 'self';script-src 'self';style-src 'self';img-src 'self' data:;connect-src 'self';" +
          "object-src 'none';base-uri 'none';form-action 'self';frame-ancestors 'none'",
      );
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'same-origin',
      });
    },
  );

  test("carries the request id: the caller's when harmless, else a new one", async () => {
    const ask = async (id: string) =>
      (await server.app.inject({ url: '/healthz', headers: { 'x-request-id': id } })).headers['x-request-id'];
    expect(await ask('order-12345')).toBe('order-12345');
    for (const bad of ['a', 'x'.repeat(65), 'one two three', '{"a":"b","c":"d"}', 'aaaaaaaa<script>']) {
      expect(await ask(bad)).toMatch(/^[\da-f-]{36}$/);
    }
  });

  test('is compressed when it is long', async () => {
    const response = await server.app.inject({ url: '/', headers: { ...page, 'accept-encoding': 'gzip' } });
    expect(response.headers['content-encoding']).toBe('gzip');
  });
});

describe('an error outside of the procedures', () => {
  const cases: [string, InjectOptions, number, string][] = [
    ['an unknown address', { url: '/nothing' }, 404, 'not_found'],
    ['an unknown address, asked for by a browser', { url: '/api/x', headers: page }, 404, 'not_found'],
    ["an unknown procedure's address", { url: '/trpc', headers: page }, 404, 'not_found'],
    ['a broken address', { url: '/%zz' }, 400, 'invalid_input'],
    [
      'broken JSON',
      { method: 'POST', url: '/session', headers: { 'content-type': 'application/json' }, payload: '{' },
      400,
      'invalid_input',
    ],
    [
      'another content type',
      { method: 'POST', url: '/session', headers: { 'content-type': 'text/plain' }, payload: 'x' },
      415,
      'invalid_input',
    ],
    [
      'a form',
      {
        method: 'POST',
        url: '/session',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: 'a=b',
      },
      415,
      'invalid_input',
    ],
    [
      'too many bytes',
      { method: 'POST', url: '/trpc/videos.getVideo', payload: { x: 'x'.repeat(300_000) } },
      413,
      'too_large',
    ],
    [
      'too many calls',
      { url: `/trpc/${Array(11).fill('session.getSession').join(',')}?batch=1&input={}` },
      413,
      'too_large',
    ],
    [
      'a token that is none',
      { url: '/trpc/session.getSession', headers: { authorization: 'Bearer x' } },
      401,
      'invalid_token',
    ],
    [
      'another kind of authorization',
      { url: '/trpc/session.getSession', headers: { authorization: 'Basic eDp5' } },
      401,
      'invalid_token',
    ],
  ];
  test.each(cases)('%s has the shape of all errors', async (_, request, status, reason) => {
    const response = await server.app.inject(request);
    expect(response.statusCode).toBe(status);
    expect(response.headers['content-type']).toMatch(/^application\/json/);
    expect(response.json()).toEqual({
      error: {
        message: expect.stringMatching(/\.$/),
        code: expect.any(Number),
        data: {
          code: expect.any(String),
          httpStatus: status,
          reason,
          details: expect.any(Object),
          hint: expect.any(String),
          requestId: response.headers['x-request-id'],
        },
      },
    });
  });

  test('ten calls in one request are answered', async () => {
    const response = await server.app.inject({
      url: `/trpc/${Array(10).fill('session.getSession').join(',')}?batch=1&input={}`,
    });
    expect(response.json()).toHaveLength(10);
  });
});

describe('the dashboard', () => {
  test('is served at every page address, and never kept by the browser', async () => {
    for (const url of ['/', '/refunds', '/accounts/7f1c2f04-6f0c-4a51-9d3a-0c8f6e5b1a22?tab=ledger']) {
      const response = await server.app.inject({ url, headers: page });
      expect(response.statusCode).toBe(200);
      expect(response.headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache',
      });
      expect(response.body).toContain('<title>Reeldesk</title>');
    }
  });

  test('has files that never change under their name', async () => {
    const response = await server.app.inject('/assets/main-abc123.js');
    expect(response.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    for (const url of ['/assets/gone-abc123.js', '/types/main.d.ts']) {
      const missing = await server.app.inject({ url, headers: page });
      expect(missing.statusCode, url).toBe(404);
    }
  });
});

describe('health', () => {
  test('tells the process from the database', async () => {
    expect((await server.app.inject('/healthz')).json()).toEqual({ status: 'ok' });
    expect((await server.app.inject('/readyz')).json()).toEqual({ status: 'ready' });
  });

  test('follows the database: 503 while it is stopped or frozen, ready again when it is back', async () => {
    const proxy = await startDatabaseProxy(server.apiUrl);
    const db = createDatabase({ url: proxy.url });
    const lines: string[] = [];
    const app = await createApp({
      ...nothing,
      logger: createLogger('info', { write: (line: string) => void lines.push(line) }),
      db,
      readBearer: async () => ({ actor: { kind: 'backend' }, expiresAt: null }),
    });
    const ready = async () => (await app.inject('/readyz')).statusCode;
    expect(await ready()).toBe(200);
    proxy.become('stopped');
    expect(await ready()).toBe(503);
    expect((await app.inject('/healthz')).statusCode).toBe(200);
    const call = await app.inject({
      url: '/trpc/accounts.listAccounts?input={}',
      headers: { authorization: 'Bearer x', 'x-request-id': 'without-database' },
    });
    const fault = lines
      .join('')
      .split('\n')
      .find((line) => line.includes('without-database') && line.includes('"err"'));
    expect(JSON.parse(fault ?? '{}')).toMatchObject({
      procedure: 'accounts.listAccounts',
      err: { type: 'ReeldeskError', cause: { type: expect.stringContaining('Prisma') } },
    });
    expect(call.json()).toMatchObject({ error: { data: { reason: 'unavailable', httpStatus: 503 } } });
    proxy.become('open');
    expect(await ready()).toBe(200);
    proxy.become('frozen');
    expect(await ready()).toBe(503);
    proxy.become('open');
    expect(await ready()).toBe(200);
    await app.close();
    await db.$disconnect();
    await proxy.close();
  });

  test('is not ready, and says so at once, without a database', async () => {
    const db = createDatabase({ url: 'postgres://reeldesk_api:x@127.0.0.1:9/none' });
    const app = await createApp({ ...nothing, db });
    const ready = await app.inject('/readyz');
    expect(ready.statusCode).toBe(503);
    expect(ready.json()).toMatchObject({ error: { data: { reason: 'unavailable' } } });
    expect((await app.inject('/healthz')).statusCode).toBe(200);
    const call = await app.inject('/trpc/session.getSession');
    expect(call.json()).toMatchObject({ result: { data: { kind: 'anon' } } });
    const home = await app.inject({ url: '/', headers: page });
    expect(home.json()).toMatchObject({ error: { message: 'The dashboard is not built.' } });
    const signIn = await app.inject({ method: 'POST', url: '/session', payload: { email: 'a', password: 'b' } });
    expect(signIn.json()).toMatchObject({
      error: { data: { reason: 'unavailable', hint: expect.stringContaining('SUPABASE_URL') } },
    });
    await app.close();
    await db.$disconnect();
  });
});

describe('the log', () => {
  test('names every call of every batch, and nothing of what was sent', async () => {
    const secret = 'a-text-that-nobody-else-should-read';
    // oxlint-disable-next-line no-underscore-dangle -- tRPC's own name
    const procedures = Object.entries(appRouter._def.procedures) as unknown as [string, { _def: { type: string } }][];
    for (const [kind, method] of [
      ['query', 'GET'],
      ['mutation', 'POST'],
    ] as const) {
      const names = procedures.filter(([, { _def }]) => _def.type === kind).map(([name]) => name);
      expect(names.length).toBeGreaterThan(3);
      for (let from = 0; from < names.length; from += 10) {
        const batch = names.slice(from, from + 10);
        const id = `batch-${kind}-${from}`;
        const fields = ['userId', 'videoId', 'prompt', 'note', 'reason', 'error', 'email', 'search', 'cursor', 'name'];
        const one = Object.fromEntries(fields.map((field) => [field, secret]));
        const input = Object.fromEntries(batch.map((_, index) => [index, one]));
        const query = method === 'GET' ? `&input=${encodeURIComponent(JSON.stringify(input))}` : '';
        await server.app.inject({
          method,
          url: `/trpc/${batch.join(',')}?batch=1${query}`,
          headers: { authorization: `Bearer ${testKeys.secretKey}`, 'x-request-id': id },
          ...(method === 'POST' && { payload: input }),
        });
        const line = server
          .log()
          .split('\n')
          .find((text) => text.includes(`"${id}"`) && text.includes('"msg":"request"'));
        const { calls, caller } = z
          .object({ caller: z.string(), calls: z.array(z.object({ procedure: z.string(), ms: z.number() })) })
          .parse(JSON.parse(line ?? '{}'));
        expect(caller).toBe('backend');
        expect(calls.map(({ procedure }) => procedure).toSorted()).toEqual(batch.toSorted());
      }
    }
    expect(server.log()).not.toContain(secret);
  });

  test('has who called what and why it failed, and nothing secret', async () => {
    const admin = await server.signUp('admin');
    const cookie = await server.signIn(admin);
    const prompt = 'a prompt that nobody else should read';
    await server.app.inject({
      method: 'POST',
      url: '/trpc/videos.createVideoGeneration?secret=in-the-query',
      headers: { cookie, origin: ownOrigin, 'x-request-id': 'traced-request' },
      payload: {
        userId: admin.id,
        prompt,
        videoType: 'text_to_video',
        durationSeconds: 5,
        resolution: '1920x1080',
        quality: 'high',
      },
    });
    await server.app.inject({
      method: 'POST',
      url: '/session',
      payload: { email: admin.email, password: 'a wrong password' },
    });
    await server.app.inject({
      method: 'POST',
      url: '/rest/v1/rpc/get_credit_info',
      headers: { apikey: testKeys.secretKey },
      payload: { p_user_id: 'not-an-id-but-private' },
    });
    const log = server.log();
    const line = log.split('\n').find((text) => text.includes('traced-request')) ?? '{}';
    expect(JSON.parse(line)).toMatchObject({
      requestId: 'traced-request',
      method: 'POST',
      path: '/trpc/videos.createVideoGeneration',
      status: 402,
      caller: 'user',
      userId: admin.id,
      calls: [{ procedure: 'videos.createVideoGeneration', reason: 'insufficient_credits', ms: expect.any(Number) }],
      ms: expect.any(Number),
    });
    expect(log).toContain('22P02');
    for (const secret of [
      prompt,
      'in-the-query',
      admin.password,
      admin.email,
      'a wrong password',
      cookie.split('=')[1] ?? '',
      'eyJ',
      'not-an-id-but-private',
      ...Object.values(testKeys),
    ]) {
      expect(log).not.toContain(secret);
    }
  });
});
