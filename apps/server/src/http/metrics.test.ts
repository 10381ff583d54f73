import { createReeldeskClient } from '@reeldesk/api/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, testKeys, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const read = async (target = server, headers: Record<string, string> = {}) =>
  (await target.app.inject({ url: '/metrics', headers })).body;

/** The value of a line, `undefined` without one. */
function valueOf(metrics: string, line: string): number | undefined {
  const found = metrics.split('\n').find((text) => text.startsWith(`${line} `));
  return found === undefined ? undefined : Number(found.slice(line.length + 1));
}

describe('/metrics', () => {
  test('counts calls by procedure and status, errors by reason, each call of a batch', async () => {
    const { id: userId } = await server.signUp();
    const client = createReeldeskClient({ url: server.url, token: testKeys.secretKey });
    await Promise.allSettled([
      client.credits.getCreditInfo.query({ userId }),
      client.credits.getCreditInfo.query({ userId: '00000000-0000-4000-8000-000000000000' }),
      client.session.getSession.query(),
    ]);
    await server.app.inject('/trpc/no.such');
    await server.app.inject({ url: '/trpc/session.getSession', headers: { authorization: 'Bearer x' } });
    const metrics = await read();
    expect(valueOf(metrics, 'reeldesk_calls_total{procedure="credits.getCreditInfo",status="200"}')).toBe(1);
    expect(valueOf(metrics, 'reeldesk_calls_total{procedure="credits.getCreditInfo",status="404"}')).toBe(1);
    expect(valueOf(metrics, 'reeldesk_calls_total{procedure="session.getSession",status="200"}')).toBe(1);
    expect(valueOf(metrics, 'reeldesk_errors_total{reason="account_not_found"}')).toBe(1);
    expect(valueOf(metrics, 'reeldesk_errors_total{reason="not_found"}')).toBe(1);
    expect(valueOf(metrics, 'reeldesk_errors_total{reason="invalid_token"}')).toBe(1);
    expect(valueOf(metrics, 'reeldesk_call_duration_seconds_count{procedure="credits.getCreditInfo"}')).toBe(2);
    expect(metrics).toContain('reeldesk_http_request_duration_seconds_bucket');
    expect(metrics).not.toContain(userId);
  });

  test('shows the pool, the sessions, and how the event loop does', async () => {
    await server.signIn(await server.signUp());
    const metrics = await read();
    expect(valueOf(metrics, 'reeldesk_pool_size')).toBe(10);
    expect(valueOf(metrics, 'reeldesk_pool_open')).toBeGreaterThan(0);
    expect(valueOf(metrics, 'reeldesk_pool_waiting')).toBe(0);
    expect(valueOf(metrics, 'reeldesk_pool_sharing')).toBe(0);
    expect(valueOf(metrics, 'reeldesk_shared_calls_total')).toBeGreaterThan(0);
    expect(valueOf(await read(), 'reeldesk_shared_calls_total')).toBe(valueOf(metrics, 'reeldesk_shared_calls_total'));
    expect(valueOf(metrics, 'reeldesk_live_streams')).toBe(0);
    expect(metrics).toContain('nodejs_eventloop_lag_seconds');
    // Looked up a while ago by the first one, and now by another.
    const second = await server.startSecond();
    expect(valueOf((await second.inject('/metrics')).body, 'reeldesk_sessions')).toBe(1);
  });

  test('says when the books do not balance, and looks only every few minutes', async () => {
    const { id } = await server.signUp();
    expect(valueOf(await read(), 'reeldesk_ledger_problems')).toBe(0);
    const superuser = await server.openSuperuser();
    await superuser.query('set session_replication_role = replica');
    await superuser.query('alter table profiles disable trigger all');
    await superuser.query('update profiles set credits = 7 where id = $1', [id]);
    expect(valueOf(await read(), 'reeldesk_ledger_problems')).toBe(0);
    const second = await server.startSecond();
    expect(valueOf((await second.inject('/metrics')).body, 'reeldesk_ledger_problems')).toBe(1);
    await superuser.query('update profiles set credits = 0 where id = $1', [id]);
    await superuser.query('alter table profiles enable trigger all');
    await superuser.end();
  });

  test('is for this machine only, and not for what a proxy on it passes on', async () => {
    expect((await server.app.inject('/metrics')).headers['content-type']).toMatch(/^text\/plain/);
    for (const request of [
      { remoteAddress: '192.0.2.1' },
      { headers: { 'x-forwarded-for': '192.0.2.1' } },
      { headers: { forwarded: 'for=192.0.2.1' } },
    ]) {
      const response = await server.app.inject({ url: '/metrics', ...request });
      expect([response.statusCode, response.json().error.data.reason]).toEqual([404, 'not_found']);
    }
  });

  test('is for whoever has the token when there is one', async () => {
    const token = 'a-token-of-tests-that-is-long-enough';
    const guarded = await startTestServer({ app: { metrics: { token, ledgerCheckMinutes: 0 } } });
    const ask = (authorization?: string) =>
      guarded.app.inject({
        url: '/metrics',
        remoteAddress: '192.0.2.1',
        headers: authorization === undefined ? {} : { authorization },
      });
    expect((await ask()).statusCode).toBe(404);
    expect((await ask('Bearer wrong')).statusCode).toBe(404);
    expect((await guarded.app.inject('/metrics')).statusCode).toBe(404);
    const metrics = await ask(`Bearer ${token}`);
    expect(metrics.statusCode).toBe(200);
    expect(valueOf(metrics.body, 'reeldesk_pool_size')).toBe(10);
    // Switched off, it is not said to be fine.
    expect(valueOf(metrics.body, 'reeldesk_ledger_problems')).toBeUndefined();
    await guarded.close();
  });
});
