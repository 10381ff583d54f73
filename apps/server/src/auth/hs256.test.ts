import { createHmac } from 'node:crypto';
import { jwtVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import { readPlainToken } from './hs256.ts';

const secret = new TextEncoder().encode('a-secret-of-tests-that-is-long-enough-for-hs256');
const now = Math.floor(Date.now() / 1000);
const claims = { sub: 'x', role: 'authenticated', aud: 'authenticated', exp: now + 60, iat: now };
const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

function sign(payload: unknown, header: unknown = { alg: 'HS256', typ: 'JWT' }, key: Uint8Array = secret): string {
  const signed = `${encode(header)}.${encode(payload)}`;
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
}

test('a plain token is read', () => {
  expect(readPlainToken(sign(claims), secret, now)).toEqual(claims);
  expect(readPlainToken(sign({ ...claims, nbf: now }, { alg: 'HS256', kid: '1' }), secret, now)).not.toBeNull();
});

describe('is left to jose, and accepted by neither:', () => {
  const good = sign(claims);
  const cut = good.slice(0, -1);
  test.each<[string, string]>([
    ['nothing', ''],
    ['two parts', good.split('.').slice(0, 2).join('.')],
    ['four parts', `${good}.x`],
    ['no signature', `${good.split('.').slice(0, 2).join('.')}.`],
    ['a signature cut short', cut],
    ['a signature with more', `${good}A`],
    [
      'a foreign signature',
      sign(claims, undefined, new TextEncoder().encode('another-secret-that-is-long-enough-too')),
    ],
    ['changed claims', good.replace(/\.[^.]+\./, `.${encode({ ...claims, role: 'service_role' })}.`)],
    ['no algorithm', sign(claims, { alg: 'none' })],
    ['another algorithm', sign(claims, { alg: 'HS512' })],
    ['an algorithm in small letters', sign(claims, { alg: 'hs256' })],
    ['an extension that must be known', sign(claims, { alg: 'HS256', crit: ['x'], x: 1 })],
    ['a payload that is not encoded', sign(claims, { alg: 'HS256', crit: ['b64'], b64: false })],
    ['a header that is no object', sign(claims, 'null')],
    ['claims that are no object', sign('[]')],
    ['claims that are no JSON', sign('{')],
    ['no end', sign({ ...claims, exp: undefined })],
    ['an end that is no number', sign({ ...claims, exp: `${claims.exp}` })],
    ['an end that is over', sign({ ...claims, exp: now - 30 })],
    ['a beginning to come', sign({ ...claims, nbf: now + 60 })],
    ['a beginning that is no number', sign({ ...claims, nbf: 'now' })],
    ['a birth that is no number', sign({ ...claims, iat: 'now' })],
    ['another audience', sign({ ...claims, aud: 'anon' })],
    ['no audience', sign({ ...claims, aud: undefined })],
  ])('%s', async (_title, token) => {
    expect(readPlainToken(token, secret, now)).toBeNull();
    await expect(
      jwtVerify(token, secret, { algorithms: ['HS256'], audience: 'authenticated', requiredClaims: ['exp'] }),
    ).rejects.toThrow();
  });
});
