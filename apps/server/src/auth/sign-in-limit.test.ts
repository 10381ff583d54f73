import { ReeldeskError } from '@reeldesk/db/errors';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ownOrigin, startTestServer, type TestServer } from '../testing/test-server.ts';
import { createSignInLimit } from './sign-in-limit.ts';

describe('the count of failed sign-ins', () => {
  const limits = { windowMinutes: 15, perAccount: 3, perAddress: 5 };

  test('stops an account from everywhere, and an address for every account', () => {
    const limit = createSignInLimit(limits);
    for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.3']) {
      limit.count(address, 'a');
    }
    expect(() => limit.count('192.0.2.4', 'a')).toThrow(ReeldeskError);
    for (const account of ['b', 'c', 'd', 'e']) {
      limit.count('192.0.2.1', account);
    }
    expect(() => limit.count('192.0.2.1', 'f')).toThrow(ReeldeskError);
  });

  test('starts anew when its window has passed', () => {
    let now = 0;
    const limit = createSignInLimit(limits, () => now);
    const tryThree = () => [1, 2, 3].forEach(() => limit.count('192.0.2.1', 'a'));
    tryThree();
    expect(() => limit.count('192.0.2.1', 'a')).toThrow(
      expect.objectContaining({ details: { retryAfterSeconds: 900 } }),
    );
    now += 15 * 60_000;
    tryThree();
  });

  test('leaves out those that were right', () => {
    const limit = createSignInLimit(limits);
    for (let round = 0; round < 20; round++) {
      limit.count('192.0.2.1', 'a');
      limit.forgive('192.0.2.1', 'a');
    }
  });
});

describe('signing in', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ limits: { windowMinutes: 15, perAccount: 3, perAddress: 100 } });
  });
  afterAll(() => server.close());

  test('is refused after too many failures, for an account that exists as for one that does not', async () => {
    const person = await server.signUp();
    const attempt = (email: string, password: string) =>
      server.app.inject({
        method: 'POST',
        url: '/session',
        headers: { origin: ownOrigin },
        payload: { email, password },
      });
    for (const email of [person.email, 'nobody@reeldesk.example']) {
      // All at once: they must not slip through between check and count.
      const responses = await Promise.all(Array.from({ length: 8 }, () => attempt(email.toUpperCase(), 'wrong')));
      const refusals = responses.filter(({ statusCode }) => statusCode === 429);
      expect([responses.length, refusals.length]).toEqual([8, 5]);
      const refused = await attempt(email, person.password);
      expect(refused.statusCode).toBe(429);
      expect(refused.headers['retry-after']).toMatch(/^\d+$/);
      expect(refused.json()).toMatchObject({ error: { data: { reason: 'rate_limited' } } });
    }
  });
});
