import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ownOrigin, startTestServer, type Person, type TestServer } from '../testing/test-server.ts';
import { hashSessionId } from './session-secrets.ts';

let server: TestServer;
let somebody: Person;
beforeAll(async () => {
  server = await startTestServer();
  somebody = await server.signUp();
});
afterAll(() => server.close());

const post = (payload: object, headers: Record<string, string> = { origin: ownOrigin }) =>
  server.app.inject({ method: 'POST', url: '/session', headers, payload });

const valueOf = (cookie: string) => cookie.slice(cookie.indexOf('=') + 1);

const change = (cookie: string, assignment: string) =>
  server.owner.query(`update reeldesk.sessions set ${assignment} where id = $1`, [hashSessionId(valueOf(cookie))]);

const isKept = async (cookie: string) =>
  (await server.owner.query('select from reeldesk.sessions where id = $1', [hashSessionId(valueOf(cookie))]))
    .rowCount === 1;

const userIdOf = (response: { json(): unknown }) =>
  (response.json() as { result: { data: { userId: string | null } } }).result.data.userId;

describe('signing in', () => {
  test('the browser gets an opaque cookie that scripts and other sites cannot reach, and no token', async () => {
    const admin = await server.signUp('admin');
    const response = await post(admin);
    expect(response.statusCode).toBe(200);
    expect(response.json()).toEqual({
      userId: admin.id,
      email: admin.email,
      role: 'admin',
      expiresAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(response.headers['set-cookie']).toMatch(
      /^__Host-reeldesk=[\w-]{43}; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/,
    );
  });

  test('Safari, which keeps no Secure cookie from http, gets another one on the own machine only', async () => {
    const safari =
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15';
    const local = await post(somebody, { origin: ownOrigin, 'user-agent': safari });
    expect(local.headers['set-cookie']).toMatch(/^reeldesk=[\w-]{43}; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/);
    const cookie = `reeldesk=${local.cookies[0]?.value}`;
    expect(userIdOf(await server.whoAmI({ cookie, 'user-agent': safari }))).toBe(somebody.id);
    expect(userIdOf(await server.whoAmI({ cookie }))).toBeNull();
    const elsewhere = await post(somebody, {
      origin: 'https://desk.example',
      host: 'desk.example',
      'user-agent': safari,
    });
    expect(elsewhere.headers['set-cookie']).toMatch(/^__Host-reeldesk=.*Secure/);
  });

  test('an unknown address and a wrong password get the same answer', async () => {
    const { email } = somebody;
    const wrongPassword = await post({ email, password: 'not the password' });
    const unknown = await post({ email: 'nobody@reeldesk.example', password: 'not the password' });
    for (const response of [wrongPassword, unknown]) {
      expect(response.statusCode).toBe(401);
      expect(response.headers['set-cookie']).toBeUndefined();
    }
    const said = ({ error }: { error: { message: string; data: Record<string, unknown> } }) => ({
      ...error,
      data: { ...error.data, requestId: '' },
    });
    expect(said(wrongPassword.json())).toEqual(said(unknown.json()));
    expect(wrongPassword.json()).toMatchObject({ error: { data: { reason: 'sign_in_failed' } } });
  });

  test('a missing field is named', async () => {
    const response = await post({ email: 'somebody@reeldesk.example' });
    expect(response.statusCode).toBe(400);
    expect(response.json()).toMatchObject({
      error: { data: { reason: 'invalid_input', details: { field: 'password' } } },
    });
  });

  test('another site cannot sign a browser in', async () => {
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
    ]) {
      const response = await post(somebody, headers);
      expect(response.statusCode).toBe(403);
      expect(response.headers['set-cookie']).toBeUndefined();
    }
  });

  test('a session id that the browser came with is never the one it leaves with', async () => {
    const planted = `__Host-reeldesk=${'a'.repeat(43)}`;
    const response = await post(somebody, { origin: ownOrigin, cookie: planted });
    expect(response.cookies[0]?.value).not.toBe('a'.repeat(43));
    expect(userIdOf(await server.whoAmI({ cookie: planted }))).toBeNull();
  });

  test('signing in again ends the session before', async () => {
    const before = await server.signIn(somebody);
    await post(somebody, { origin: ownOrigin, cookie: before });
    expect(userIdOf(await server.whoAmI({ cookie: before }))).toBeNull();
  });

  test('the database knows neither the cookie nor the tokens', async () => {
    const cookie = await server.signIn(somebody);
    const { rows } = await server.owner.query(
      `select encode(sealed_tokens, 'escape') as sealed, to_jsonb(s)::text as row from reeldesk.sessions s where id = $1`,
      [hashSessionId(valueOf(cookie))],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0].sealed).not.toContain('eyJ');
    expect(rows[0].row).not.toContain(valueOf(cookie));
  });
});

describe('a session', () => {
  test('is the person it was made for', async () => {
    const analyst = await server.signUp('analyst');
    const cookie = await server.signIn(analyst);
    const response = await server.whoAmI({ cookie });
    expect(response.json()).toMatchObject({ result: { data: { userId: analyst.id, role: 'analyst', kind: 'user' } } });
  });

  test('ends after its time, however much it is used', async () => {
    const cookie = await server.signIn(somebody);
    await change(cookie, `created_at = now() - interval '13 hours', expires_at = now() - interval '1 second'`);
    expect(userIdOf(await server.whoAmI({ cookie }))).toBeNull();
  });

  test('lasts twelve hours at most', async () => {
    const cookie = await server.signIn(somebody);
    const { rows } = await server.owner.query(
      `select expires_at - created_at = interval '12 hours' as is_right from reeldesk.sessions where id = $1`,
      [hashSessionId(valueOf(cookie))],
    );
    expect(rows).toEqual([{ is_right: true }]);
  });

  test('ends when nobody uses it for two hours, and use keeps it', async () => {
    const cookie = await server.signIn(somebody);
    await change(cookie, `seen_at = now() - interval '119 minutes'`);
    expect(userIdOf(await server.whoAmI({ cookie }))).toBe(somebody.id);
    const { rows } = await server.owner.query(
      `select seen_at > now() - interval '1 minute' as is_seen from reeldesk.sessions where id = $1`,
      [hashSessionId(valueOf(cookie))],
    );
    expect(rows).toEqual([{ is_seen: true }]);
    await change(cookie, `seen_at = now() - interval '121 minutes'`);
    expect(userIdOf(await server.whoAmI({ cookie }))).toBeNull();
  });

  test('losing the role at the desk counts at once', async () => {
    const admin = await server.signUp('admin');
    const cookie = await server.signIn(admin);
    await server.owner.query('delete from staff_members where user_id = $1', [admin.id]);
    expect((await server.whoAmI({ cookie })).json()).toMatchObject({ result: { data: { role: null } } });
    const response = await server.app.inject({ url: '/trpc/accounts.listAccounts?input={}', headers: { cookie } });
    expect(response.statusCode).toBe(403);
  });

  test('signing out ends it here and at Supabase', async () => {
    const cookie = await server.signIn(somebody);
    const { rowCount: before } = await server.owner.query('select from auth.sessions where user_id = $1', [
      somebody.id,
    ]);
    const response = await server.app.inject({
      method: 'DELETE',
      url: '/session',
      headers: { cookie, origin: ownOrigin },
    });
    expect(response.statusCode).toBe(204);
    expect(response.headers['set-cookie']).toMatch(/^__Host-reeldesk=; Max-Age=0; Path=\/; .*Secure/);
    expect(userIdOf(await server.whoAmI({ cookie }))).toBeNull();
    expect(await isKept(cookie)).toBe(false);
    const { rowCount: after } = await server.owner.query('select from auth.sessions where user_id = $1', [somebody.id]);
    expect(after).toBe((before ?? 0) - 1);
  });

  test('signing out works while Supabase is unreachable', async () => {
    const cookie = await server.signIn(somebody);
    server.auth.isDown = true;
    const response = await server.app
      .inject({ method: 'DELETE', url: '/session', headers: { cookie, origin: ownOrigin } })
      .finally(() => {
        server.auth.isDown = false;
      });
    expect(response.statusCode).toBe(204);
    expect(await isKept(cookie)).toBe(false);
  });

  test('counts nowhere but in our own API', async () => {
    const cookie = await server.signIn(somebody);
    for (const url of ['/rest/v1/profiles', '/auth/v1/user']) {
      expect((await server.app.inject({ url, headers: { cookie } })).statusCode).toBe(401);
    }
  });
});

describe('tokens of a session', () => {
  const makeTokensOld = (cookie: string) => change(cookie, `tokens_expire_at = now() - interval '1 minute'`);
  const refreshes = () => server.authCalls.filter((path) => path.includes('refresh_token')).length;

  test('are refreshed once, however many calls come at once, on two servers', async () => {
    const cookie = await server.signIn(somebody);
    const second = await server.startSecond();
    await makeTokensOld(cookie);
    const before = refreshes();
    const responses = await Promise.all(
      [server.app, second].flatMap((app) =>
        Array.from({ length: 4 }, () => app.inject({ url: '/trpc/session.getSession', headers: { cookie } })),
      ),
    );
    expect(responses.map(userIdOf)).toEqual(Array(8).fill(somebody.id));
    expect(refreshes()).toBe(before + 1);
  });

  test('that Supabase no longer renews end the session', async () => {
    const person = await server.signUp();
    const cookie = await server.signIn(person);
    await server.owner.query('delete from auth.sessions where user_id = $1', [person.id]);
    await makeTokensOld(cookie);
    expect(userIdOf(await server.whoAmI({ cookie }))).toBeNull();
    expect(await isKept(cookie)).toBe(false);
  });

  test('that cannot be renewed for the moment end nothing: 503, and the session goes on after', async () => {
    const cookie = await server.signIn(somebody);
    await makeTokensOld(cookie);
    server.auth.isDown = true;
    const response = await server.whoAmI({ cookie }).finally(() => {
      server.auth.isDown = false;
    });
    expect(response.statusCode).toBe(503);
    expect(response.json()).toMatchObject({ error: { data: { reason: 'unavailable' } } });
    expect(userIdOf(await server.whoAmI({ cookie }))).toBe(somebody.id);
  });
});

describe('a call that changes something', () => {
  const remove = (headers: Record<string, string>) =>
    server.app.inject({
      method: 'POST',
      url: '/trpc/videos.softDeleteVideo',
      headers,
      payload: { videoId: '00000000-0000-4000-8000-000000000000' },
    });

  test('with a cookie needs the own origin', async () => {
    const cookie = await server.signIn(somebody);
    for (const headers of [
      {},
      { origin: 'https://evil.example' },
      { origin: 'http://localhost:8080' },
      { origin: 'null' },
      { origin: ownOrigin, 'sec-fetch-site': 'cross-site' },
    ]) {
      const response = await remove({ cookie, ...headers });
      expect(response.statusCode, JSON.stringify(headers)).toBe(403);
      expect(response.json()).toMatchObject({ error: { data: { reason: 'forbidden' } } });
    }
    expect((await remove({ cookie, origin: ownOrigin, 'sec-fetch-site': 'same-origin' })).statusCode).toBe(404);
    const signOut = await server.app.inject({
      method: 'DELETE',
      url: '/session',
      headers: { cookie, origin: 'https://evil.example' },
    });
    expect(signOut.statusCode).toBe(403);
    expect(await isKept(cookie)).toBe(true);
  });

  test('cannot be made with GET', async () => {
    const cookie = await server.signIn(somebody);
    const response = await server.app.inject({ url: '/trpc/videos.softDeleteVideo?input={}', headers: { cookie } });
    expect(response.statusCode).toBe(405);
  });
});
