import { API_KEY_MARK } from '@reeldesk/db/keys';
import { createDatabase, poolState } from '@reeldesk/db/client';
import { Prisma } from '@reeldesk/db/generated/client';
import { readAs, translateError } from '@reeldesk/db/actor';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDatabaseProxy } from '../testing/database-proxy.ts';
import { startTestServer, testKeys, type TestServer } from '../testing/test-server.ts';

const asBackend = { authorization: `Bearer ${testKeys.secretKey}` };
const session = '/trpc/session.getSession';
const account = '/trpc/accounts.listAccounts?input={}';
const batch = `${Array(4).fill('session.getSession').join(',')}?batch=1&input={}`;

describe('calls a minute', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ app: { callLimits: { perCaller: 6, perAddress: 5 }, trustProxy: ['127.0.0.1'] } });
  });
  afterAll(() => server.close());
  const from = (address: string) => ({ 'x-forwarded-for': address });

  test('are counted by person, each call of a batch, and what is left is said', async () => {
    const [one, other] = await Promise.all([server.signUp(), server.signUp()]);
    const [cookie, otherCookie] = await Promise.all([server.signIn(one), server.signIn(other)]);
    const first = await server.whoAmI({ cookie, ...from('192.0.2.1') });
    expect(first.statusCode).toBe(200);
    expect(first.headers).toMatchObject({
      'ratelimit-limit': '6',
      'ratelimit-remaining': '5',
      'ratelimit-reset': expect.stringMatching(/^\d+$/),
      'ratelimit-policy': '6;w=60',
    });
    // From another address he is still the same.
    const four = await server.app.inject({ url: `/trpc/${batch}`, headers: { cookie, ...from('192.0.2.2') } });
    expect(four.headers['ratelimit-remaining']).toBe('1');
    await server.whoAmI({ cookie });
    const refused = await server.whoAmI({ cookie });
    expect(refused.statusCode).toBe(429);
    expect(refused.headers).toMatchObject({
      'retry-after': expect.stringMatching(/^\d+$/),
      'ratelimit-remaining': '0',
    });
    expect(refused.json()).toMatchObject({
      error: { data: { reason: 'rate_limited', httpStatus: 429, details: { limit: 6 }, hint: expect.any(String) } },
    });
    expect((await server.whoAmI({ cookie: otherCookie })).statusCode).toBe(200);
  });

  test('are counted by address where nobody is signed in, wrong credentials too', async () => {
    const ask = (headers: Record<string, string>) => server.whoAmI({ ...from('2001:db8:1:2::1'), ...headers });
    for (let call = 0; call < 3; call += 1) {
      expect((await ask({ authorization: `Bearer wrong-${call}` })).statusCode).toBe(401);
    }
    // Another address of the same network.
    expect((await ask(from('2001:db8:1:2:ffff::9'))).headers['ratelimit-remaining']).toBe('1');
    expect((await ask({})).statusCode).toBe(200);
    expect((await ask({ authorization: 'Bearer wrong' })).statusCode).toBe(429);
    expect((await ask({})).statusCode).toBe(429);
    expect((await ask(from('192.0.2.77'))).statusCode).toBe(200);
  });

  test('are counted by address for API keys that are none, however they differ', async () => {
    const ask = (key: string) =>
      server.app.inject({
        url: account,
        headers: { authorization: `Bearer ${API_KEY_MARK}${key.repeat(43)}`, ...from('192.0.2.99') },
      });
    for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) {
      expect((await ask(key)).json()).toMatchObject({ error: { data: { reason: 'invalid_api_key' } } });
    }
    expect((await ask('g')).statusCode).toBe(429);
  });

  test('are not limited for the back end', async () => {
    for (let call = 0; call < 10; call += 1) {
      const response = await server.whoAmI(asBackend);
      expect(response.statusCode).toBe(200);
      expect(response.headers).not.toHaveProperty('ratelimit-limit');
    }
  });
});

describe('a full pool', () => {
  test('refuses what would wait too long before it is begun, and serves what waits', async () => {
    const server = await startTestServer({ database: { poolSize: 1 }, app: { maxWaiting: 1 } });
    const { db, app } = server;
    let free: () => void = () => undefined;
    const isFree = new Promise<void>((resolve) => {
      free = resolve;
    });
    const holding = db.$transaction(async (tx) => {
      await tx.$queryRaw`select 1`;
      await isFree;
    });
    await expect.poll(() => poolState(db)).toMatchObject({ open: 1, idle: 0 });
    const waiting = app.inject({ url: account, headers: asBackend });
    await expect.poll(() => poolState(db).waiting).toBe(1);
    const refused = await app.inject({ url: account, headers: asBackend });
    expect(refused.statusCode).toBe(503);
    expect(refused.headers['retry-after']).toBe('1');
    expect(refused.json()).toMatchObject({ error: { data: { reason: 'unavailable' } } });
    // Pages and health go on.
    expect((await app.inject('/healthz')).statusCode).toBe(200);
    free();
    await holding;
    expect((await waiting).statusCode).toBe(200);
    await server.close();
  });
});

describe('the database', () => {
  test('ends statements of the login by itself, and those of a read earlier or later as the read says', async () => {
    const server = await startTestServer();
    const { db } = server;
    const backend = { kind: 'backend' } as const;
    const limitOf = (timeoutMs?: number) =>
      readAs(
        db,
        backend,
        (tx) => tx.$queryRaw<[{ is: string }]>(Prisma.sql`select current_setting('statement_timeout') as is`),
        timeoutMs,
      );
    expect(await db.$queryRaw`select current_setting('statement_timeout') as is`).toEqual([{ is: '30s' }]);
    expect(await limitOf()).toEqual([{ is: '15s' }]);
    expect(await limitOf(60_000)).toEqual([{ is: '1min' }]);
    await expect(readAs(db, backend, (tx) => tx.$queryRaw(Prisma.sql`select pg_sleep(60)`), 50)).rejects.toMatchObject({
      reason: 'unavailable',
    });
    // The connection goes on as before.
    expect(await db.$queryRaw`select current_setting('statement_timeout') as is`).toEqual([{ is: '30s' }]);
    const strict = createDatabase({ url: server.apiUrl, statementTimeoutMs: 70 });
    const error = await strict.$queryRaw`select pg_sleep(60)`.catch((reason: unknown) => reason);
    expect(translateError(error, backend)).toMatchObject({ reason: 'unavailable' });
    await strict.$disconnect();
    await server.close();
  });

  test.each([
    ['a read', account],
    ['a call of one statement', '/trpc/credits.getCreditInfo'],
  ])('that is frozen in the middle of %s leaves nobody hanging, and is used again when it is back', async (_, url) => {
    const server = await startTestServer();
    const proxy = await startDatabaseProxy(server.apiUrl);
    const frozen = await startTestServer({ database: { url: proxy.url, answerTimeoutMs: 400 } });
    const { id: userId } = await server.signUp();
    const path = url.includes('?') ? url : `${url}?input=${encodeURIComponent(JSON.stringify({ userId }))}`;
    const ask = () => frozen.app.inject({ url: path, headers: asBackend });
    expect((await ask()).statusCode).toBe(200);
    proxy.become('frozen');
    const hung = await ask();
    expect(hung.statusCode).toBe(503);
    expect(hung.headers['retry-after']).toBe('1');
    expect(hung.json()).toMatchObject({ error: { data: { reason: 'unavailable' } } });
    proxy.become('open');
    expect((await ask()).statusCode).toBe(200);
    await Promise.all([frozen.close(), server.close()]);
    await proxy.close();
  });
});

test('calls are limited before they are counted as made: /trpc, but no page and no health', async () => {
  const server = await startTestServer({ app: { callLimits: { perCaller: 1, perAddress: 1 } } });
  expect((await server.app.inject(session)).statusCode).toBe(200);
  expect((await server.app.inject(session)).statusCode).toBe(429);
  for (const url of ['/', '/healthz', '/readyz']) {
    expect((await server.app.inject({ url, headers: { accept: 'text/html' } })).statusCode).toBe(200);
  }
  await server.close();
});
