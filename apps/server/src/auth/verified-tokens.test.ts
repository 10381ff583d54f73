import { expect, test } from 'vitest';
import { VerifiedTokens } from './verified-tokens.ts';

const now = 1_800_000_000_000;
const claims = { sub: 'x', exp: now / 1000 + 3600 };

test('a token is known for a minute, and no other', () => {
  const tokens = new VerifiedTokens();
  tokens.keep('a', claims, now);
  expect(tokens.find('a', now + 59_999)).toEqual(claims);
  expect(tokens.find('b', now)).toBeNull();
  expect(tokens.find('a', now + 60_000)).toBeNull();
});

test('of what a token says only that is kept which counts', () => {
  const tokens = new VerifiedTokens();
  const counted = { ...claims, iss: 'i', role: 'authenticated' };
  const all = { ...counted, user_metadata: { name: 'long' } };
  tokens.keep('a', all, now);
  expect(tokens.find('a', now)).toEqual(counted);
});

test('a token is not known past its own end', () => {
  const tokens = new VerifiedTokens();
  tokens.keep('a', { exp: now / 1000 + 5 }, now);
  tokens.keep('b', {}, now);
  expect(tokens.find('a', now + 4_999)).not.toBeNull();
  expect(tokens.find('a', now + 5_000)).toBeNull();
  expect(tokens.find('b', now)).toBeNull();
});

test('of too many the oldest are forgotten', () => {
  const tokens = new VerifiedTokens();
  for (let n = 0; n <= 20_000; n += 1) {
    tokens.keep(String(n), claims, now);
  }
  expect(tokens.find('0', now)).toBeNull();
  expect(tokens.find('1', now)).toEqual(claims);
  expect(tokens.find('20000', now)).toEqual(claims);
});
