import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { base64url, exportJWK, exportSPKI, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createBearerReader, type ReadBearer } from './bearer.ts';

const userId = '7f1c2f04-6f0c-4a51-9d3a-0c8f6e5b1a22';
const jwtSecret = 'a-secret-of-tests-that-is-long-enough-for-hs256';
const secretKey = 'sb_secret_0000000000000000000000_00000000';
const person = { sub: userId, role: 'authenticated' };

let jwksServer: Server;
let supabaseUrl: string;
let keys: { privateKey: CryptoKey; publicKey: CryptoKey };
let byJwks: ReadBearer;
let bySecret: ReadBearer;

beforeAll(async () => {
  keys = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'ES256', use: 'sig' };
  jwksServer = createServer((request, response) => {
    response.statusCode = request.url === '/auth/v1/.well-known/jwks.json' ? 200 : 404;
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] }));
  }).listen(0, '127.0.0.1');
  await once(jwksServer, 'listening');
  supabaseUrl = `http://127.0.0.1:${(jwksServer.address() as AddressInfo).port}`;
  byJwks = createBearerReader({ supabaseUrl, jwtSecret: null, useJwks: true, secretKey });
  bySecret = createBearerReader({ supabaseUrl, jwtSecret, useJwks: true, secretKey });
});
afterAll(() => jwksServer.close());

interface TokenOptions {
  issuer?: string;
  audience?: string;
  expires?: string | number;
  key?: CryptoKey | Uint8Array;
  alg?: string;
}

const sign = (claims: Record<string, unknown>, options: TokenOptions = {}) =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: options.alg ?? 'ES256', kid: 'one' })
    .setIssuedAt()
    .setIssuer(options.issuer ?? `${supabaseUrl}/auth/v1`)
    .setAudience(options.audience ?? 'authenticated')
    .setExpirationTime(options.expires ?? '1h')
    .sign(options.key ?? keys.privateKey);

const withSecret = (claims: Record<string, unknown>, secret = jwtSecret, options: TokenOptions = {}) =>
  sign(claims, { ...options, alg: 'HS256', key: new TextEncoder().encode(secret) });

const refused = { reason: 'invalid_token', status: 401 };

describe('a Bearer token', () => {
  test('signed by the project is the person it names', async () => {
    await expect(byJwks(await sign(person))).resolves.toEqual({
      actor: { kind: 'user', userId },
      expiresAt: expect.any(Date),
    });
    await expect(bySecret(await withSecret(person))).resolves.toMatchObject({ actor: { kind: 'user', userId } });
  });

  test('of the service role, and the secret key itself, is the back end', async () => {
    await expect(byJwks(await sign({ role: 'service_role' }))).resolves.toMatchObject({ actor: { kind: 'backend' } });
    await expect(byJwks(secretKey)).resolves.toEqual({ actor: { kind: 'backend' }, expiresAt: null });
    await expect(byJwks(`${secretKey}x`)).rejects.toMatchObject(refused);
    await expect(byJwks(secretKey.slice(0, -1))).rejects.toMatchObject(refused);
  });

  test('of nobody is nobody', async () => {
    await expect(byJwks(await sign({ role: 'anon' }))).resolves.toMatchObject({ actor: { kind: 'anon' } });
  });

  test('is not believed about what users write of themselves', async () => {
    const claims = { ...person, user_metadata: { role: 'service_role' }, app_metadata: { role: 'service_role' } };
    await expect(byJwks(await sign(claims))).resolves.toMatchObject({ actor: { kind: 'user', userId } });
    await expect(byJwks(await sign({ sub: userId, user_metadata: { role: 'authenticated' } }))).rejects.toMatchObject(
      refused,
    );
  });

  test.each<[string, () => Promise<string>]>([
    [
      'without a signature',
      async () => `${base64url.encode('{"alg":"none"}')}.${base64url.encode(JSON.stringify({ ...person, exp: 9e9 }))}.`,
    ],
    ["with somebody else's key", async () => sign(person, { key: (await generateKeyPair('ES256')).privateKey })],
    ['with HS256 where no secret is set', () => withSecret(person)],
    ['with the public key as secret', async () => withSecret(person, await exportSPKI(keys.publicKey))],
    ['from another issuer', () => sign(person, { issuer: 'https://evil.example/auth/v1' })],
    ['for another audience', () => sign(person, { audience: 'other' })],
    ['that is over', () => sign(person, { expires: Math.floor(Date.now() / 1000) - 60 })],
    [
      'whose claims were changed',
      async () => {
        const [header, , signature] = (await sign(person)).split('.');
        return `${header}.${base64url.encode(JSON.stringify({ ...person, role: 'service_role', exp: 9e9 }))}.${signature}`;
      },
    ],
    ['whose subject is no id', () => sign({ ...person, sub: 'admin' })],
    ['without a subject', () => sign({ role: 'authenticated' })],
    ['of a database role', () => sign({ ...person, role: 'reeldesk_admin' })],
    ['that is no token', async () => 'hello'],
    ['that is empty JSON', async () => 'e30.e30.e30'],
  ])('%s is refused', async (_, make) => {
    await expect(byJwks(await make())).rejects.toMatchObject(refused);
  });

  test('with the wrong secret is refused, and the public key is none', async () => {
    await expect(bySecret(await withSecret(person, `${jwtSecret}x`))).rejects.toMatchObject(refused);
    await expect(bySecret(await withSecret(person, await exportSPKI(keys.publicKey)))).rejects.toMatchObject(refused);
  });

  test.each([
    ['no server', () => 'http://127.0.0.1:9'],
    ['a server without keys', () => `${supabaseUrl}/elsewhere`],
  ])('that cannot be checked for the moment (%s) is no reason to sign in again', async (_, choose) => {
    const url = choose();
    const read = createBearerReader({ supabaseUrl: url, jwtSecret: null, useJwks: true, secretKey: null });
    await expect(read(await sign(person, { issuer: `${url}/auth/v1` }))).rejects.toMatchObject({
      reason: 'unavailable',
    });
  });
});
