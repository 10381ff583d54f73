import { createReeldeskClient } from '@reeldesk/api/client';
import { EventSource } from 'eventsource';
import { afterAll, afterEach, beforeAll, describe, expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { startDatabaseProxy } from './testing/database-proxy.ts';
import { startTestServer, testKeys, type TestServer } from './testing/test-server.ts';

let server: TestServer;
const aborts: AbortController[] = [];
beforeAll(async () => {
  server = await startTestServer({ live: { streamsPerCaller: 3, recheckMs: 50 } });
});
afterEach(async () => {
  aborts.splice(0).forEach((abort) => abort.abort());
  await expect.poll(() => server.live.streams()).toBe(0);
});
afterAll(() => server.close());

const message = z.object({ event: z.string(), id: z.string().optional(), data: z.string() });
type Message = z.infer<typeof message>;
const change = z.object({ kind: z.string(), type: z.string(), userId: z.string().nullable() });

/** Opens the stream as a browser does, and answers what comes piece by piece. */
async function listen(headers: Record<string, string>, target = server, input?: unknown) {
  const abort = new AbortController();
  aborts.push(abort);
  const query = input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(input))}`;
  const response = await fetch(`${target.url}/trpc/live.changes${query}`, {
    headers: { accept: 'text/event-stream', 'accept-encoding': 'gzip, br', ...headers },
    signal: abort.signal,
  });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const next = async (): Promise<Message | null> => {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end >= 0) {
        const lines = text.slice(0, end).split('\n');
        text = text.slice(end + 2);
        const fields = Object.fromEntries(lines.map((line) => [line.split(':', 1)[0], line.replace(/^\w+: ?/, '')]));
        return message.parse({ event: 'message', data: '', ...fields });
      }
      const { value, done } = await reader.read();
      if (done) {
        return null;
      }
      text += value;
    }
  };
  const nextChange = async () => {
    for (;;) {
      const found = await next();
      if (!found) {
        throw new Error('The stream has ended.');
      }
      if (found.event === 'message') {
        return { id: found.id ?? '', ...change.parse(JSON.parse(found.data)) };
      }
    }
  };
  return { response, next, nextChange, stop: () => abort.abort() };
}

const signedIn = z.object({ access_token: z.string() });

async function accessTokenOf({ email, password }: { email: string; password: string }): Promise<string> {
  const response = await server.app.inject({
    method: 'POST',
    url: '/auth/v1/token?grant_type=password',
    headers: { apikey: testKeys.publishableKey },
    payload: { email, password },
  });
  return signedIn.parse(response.json()).access_token;
}

const backend = (target = server) => createReeldeskClient({ url: target.url, token: testKeys.secretKey });
const grant = (userId: string, amount: number, target = server) =>
  backend(target).credits.adjustCredits.mutate({ userId, amount, reasonCode: 'goodwill' });

describe('the stream of changes', () => {
  test('comes piece by piece to a signed-in browser, and goes on after the last event it had', async () => {
    const person = await server.signUp();
    const cookie = await server.signIn(person);
    const stream = await listen({ cookie });
    expect(stream.response.status).toBe(200);
    expect(stream.response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(stream.response.headers.get('content-encoding')).toBeNull();
    expect(stream.response.headers.get('cache-control')).toMatch(/no-cache|no-store/);
    expect(await stream.next()).toMatchObject({ event: 'connected', data: expect.stringContaining('reconnectAfter') });
    expect(await stream.nextChange()).toMatchObject({ kind: 'stream', type: 'ready' });
    await grant(person.id, 1);
    const first = await stream.nextChange();
    expect(first).toMatchObject({ kind: 'ledger', type: 'adjustment', userId: person.id });
    const metrics = (await server.app.inject('/metrics')).body;
    expect(metrics).toContain('reeldesk_live_streams 1');
    stream.stop();
    await grant(person.id, 2);
    for (const [headers, input] of [
      [{ 'last-event-id': first.id }, undefined],
      [{}, { lastEventId: first.id }],
    ] as const) {
      const again = await listen({ cookie, ...headers }, server, input);
      expect(await again.nextChange()).toMatchObject({ type: 'ready', id: first.id });
      expect(await again.nextChange()).toMatchObject({ kind: 'ledger', userId: person.id });
      again.stop();
    }
  });

  test('is refused to those who are not signed in, and for a position that is none', async () => {
    const anonymous = await listen({});
    await anonymous.next();
    expect(await anonymous.next()).toMatchObject({
      event: 'serialized-error',
      data: expect.stringMatching(/"httpStatus":401.*"reason":"not_signed_in"/),
    });
    expect(await anonymous.next()).toBeNull();
    const stream = await listen({ authorization: `Bearer ${testKeys.secretKey}` }, server, { lastEventId: 'x' });
    const seen = [await stream.next(), await stream.next()];
    expect(seen[1]).toMatchObject({
      event: 'serialized-error',
      data: expect.stringContaining('"reason":"invalid_input"'),
    });
  });

  test('is open so many times for one caller: the next one is told why not', async () => {
    const cookie = await server.signIn(await server.signUp());
    const open = await Promise.all([listen({ cookie }), listen({ cookie }), listen({ cookie })]);
    await Promise.all(open.map(({ nextChange }) => nextChange()));
    const fourth = await listen({ cookie });
    await fourth.next();
    expect(await fourth.next()).toMatchObject({
      event: 'serialized-error',
      data: expect.stringMatching(/"httpStatus":429.*"reason":"rate_limited"/),
    });
  });

  test('ends when an admin is demoted, and when he signs out', async () => {
    const [demoted, leaving] = await Promise.all([server.signUp('admin'), server.signUp('analyst')]);
    const [first, second] = await Promise.all([server.signIn(demoted), server.signIn(leaving)]);
    const [ofDemoted, ofLeaving] = await Promise.all([listen({ cookie: first }), listen({ cookie: second })]);
    await Promise.all([ofDemoted.nextChange(), ofLeaving.nextChange()]);
    await server.owner.query('delete from staff_members where user_id = $1', [demoted.id]);
    const lastOf = async ({ next }: typeof ofDemoted) => {
      let last: Message | null = null;
      for (let each = await next(); each; each = await next()) {
        last = each;
      }
      return last?.data;
    };
    expect(await lastOf(ofDemoted)).toMatch(/"httpStatus":403.*"reason":"forbidden"/);
    await server.app.inject({
      method: 'DELETE',
      url: '/session',
      headers: { cookie: second, origin: 'http://localhost:80' },
    });
    expect(await lastOf(ofLeaving)).toMatch(/"httpStatus":401.*"reason":"not_signed_in"/);
  });

  test('outlives a restart of the database: what happened meanwhile is told, once', async () => {
    const proxy = await startDatabaseProxy(server.apiUrl);
    const apart = await startTestServer({ database: { url: proxy.url } });
    const person = await server.signUp('analyst');
    const { id } = person;
    // On another database: this one's people sign in there by the same key.
    const stream = await listen({ authorization: `Bearer ${await accessTokenOf(person)}` }, apart);
    expect(await stream.nextChange()).toMatchObject({ type: 'ready' });
    proxy.become('stopped');
    await expect.poll(async () => (await apart.app.inject('/readyz')).statusCode).toBe(503);
    await grant(id, 1);
    await grant(id, 2);
    proxy.become('open');
    const told = [await stream.nextChange(), await stream.nextChange()];
    expect(told).toMatchObject([
      { kind: 'ledger', userId: id },
      { kind: 'ledger', userId: id },
    ]);
    await grant(id, 3);
    const newest = await stream.nextChange();
    expect(new Set([...told, newest].map((each) => each.id)).size).toBe(3);
    stream.stop();
    await apart.close();
    await proxy.close();
  });

  test('is typed, and goes on by itself: the client connects again, and hears of what happened meanwhile', async () => {
    const proxy = await startDatabaseProxy(server.url);
    const { id: userId } = await server.signUp();
    const url = new URL(proxy.url).origin;
    const client = createReeldeskClient({ url, token: testKeys.secretKey, EventSource });
    const told: string[] = [];
    const errors: unknown[] = [];
    const subscription = client.live.changes.subscribe(undefined, {
      onData: ({ id, data }) => {
        expectTypeOf(data.kind).toEqualTypeOf<'ledger' | 'video' | 'audit' | 'stream'>();
        told.push(data.userId === userId && data.kind === 'ledger' ? id : data.type);
      },
      onError: (error) => errors.push(error),
    });
    await expect.poll(() => told).toEqual(['ready']);
    proxy.become('stopped');
    await expect.poll(() => server.live.streams()).toBe(0);
    await grant(userId, 1);
    proxy.become('open');
    await expect.poll(() => told.length).toBe(4);
    await grant(userId, 2);
    await expect.poll(() => told.length).toBe(6);
    expect(told[1]).toBe('ready');
    expect(told.filter((each) => each === 'adjust_credits')).toHaveLength(2);
    expect(new Set(told.filter((each) => each.includes('.'))).size).toBe(2);
    expect(errors).toEqual([]);
    subscription.unsubscribe();
    await proxy.close();
  });

  test('has its line in the log when it ends', async () => {
    const stream = await listen({ authorization: `Bearer ${testKeys.secretKey}`, 'x-request-id': 'a-live-stream' });
    await stream.nextChange();
    stream.stop();
    await expect.poll(() => server.log()).toMatch(/"requestId":"a-live-stream".*"procedure":"live.changes"/);
  });
});
