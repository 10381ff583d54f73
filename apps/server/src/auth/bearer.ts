import { createHash, timingSafeEqual } from 'node:crypto';
import type { Actor } from '@reeldesk/db/actor';
import { ReeldeskError } from '@reeldesk/db/errors';
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyOptions } from 'jose';
import { z } from 'zod';
import { readPlainToken } from './hs256.ts';
import { VerifiedTokens, type CountedClaims } from './verified-tokens.ts';

export interface BearerOptions {
  /** `${url}/auth/v1` issues the tokens. */
  supabaseUrl: string;
  /** Accept HS256 with this secret. */
  jwtSecret: string | null;
  /** Accept signatures by the keys that the issuer publishes. */
  useJwks: boolean;
  /** Tokens may come without `iss`, as the local Supabase makes them; another `iss` is refused all the same. */
  issuerIsOptional?: boolean;
  /** Whoever sends this key is the back end. */
  secretKey: string | null;
}

export interface Caller {
  actor: Actor;
  /** When the caller's sign-in ends. */
  expiresAt: Date | null;
  /** Whether a sign-in by cookie still lasts, without counting as its use. */
  isSignedIn?: () => Promise<boolean>;
}

/** Finds out whose a Bearer token is; raises `invalid_token` or `unavailable`. */
export type ReadBearer = (token: string) => Promise<Caller>;

const uuid = z.guid();

/** Only signature, issuer, audience, times, `role` and `sub` count: users write their own `user_metadata`. */
export function createBearerReader(options: BearerOptions): ReadBearer {
  const { jwtSecret, useJwks, secretKey } = options;
  const issuer = `${options.supabaseUrl}/auth/v1`;
  const checks: JWTVerifyOptions = {
    audience: 'authenticated',
    requiredClaims: ['exp', ...(options.issuerIsOptional ? [] : ['iss'])],
    clockTolerance: 5,
  };
  const secret = jwtSecret === null ? null : new TextEncoder().encode(jwtSecret);
  const jwks = useJwks
    ? createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`), {
        timeoutDuration: 5_000,
        cooldownDuration: 30_000,
      })
    : null;

  const verify = async (token: string): Promise<JWTPayload> => {
    // Each key is used with its own algorithms only, or a public key would pass for a secret.
    const algorithm = algorithmOf(token);
    if (algorithm === 'HS256' && secret) {
      return (await jwtVerify(token, secret, { ...checks, algorithms: ['HS256'] })).payload;
    }
    if (algorithm !== 'HS256' && jwks) {
      return (await jwtVerify(token, jwks, { ...checks, algorithms: ['ES256', 'RS256', 'EdDSA'] })).payload;
    }
    throw new errors.JOSEAlgNotAllowed('algorithm is not allowed here');
  };

  const verified = new VerifiedTokens();
  const secretKeyDigest = secretKey === null ? null : digestOf(secretKey);

  return async (token) => {
    if (secretKeyDigest && timingSafeEqual(digestOf(token), secretKeyDigest)) {
      return { actor: { kind: 'backend' }, expiresAt: null };
    }
    const now = Date.now();
    let claims: CountedClaims | null = verified.find(token, now);
    try {
      if (!claims) {
        claims = (secret && readPlainToken(token, secret, Math.floor(now / 1000))) ?? (await verify(token));
        verified.keep(token, claims, now);
      }
    } catch (error) {
      throw refusal(error);
    }
    if (claims.iss === undefined && !options.issuerIsOptional) {
      throw refusal(null);
    }
    if (claims.iss !== undefined && claims.iss !== issuer) {
      throw refusal(null);
    }
    const actor = actorOf(claims);
    return { actor, expiresAt: claims.exp === undefined ? null : new Date(claims.exp * 1000) };
  };
}

function actorOf(claims: CountedClaims): Actor {
  switch (claims.role) {
    case 'authenticated': {
      const userId = uuid.safeParse(claims.sub);
      if (!userId.success) {
        throw refusal(null);
      }
      return { kind: 'user', userId: userId.data };
    }
    case 'service_role':
      return { kind: 'backend' };
    case 'anon':
      return { kind: 'anon' };
    default:
      throw refusal(null);
  }
}

function algorithmOf(token: string): string | null {
  const [header = ''] = token.split('.');
  try {
    const { alg } = z.object({ alg: z.string() }).parse(JSON.parse(Buffer.from(header, 'base64url').toString('utf8')));
    return alg;
  } catch {
    return null;
  }
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function refusal(error: unknown): ReeldeskError {
  if (isFaultOfJwks(error)) {
    return new ReeldeskError('unavailable', 'The token cannot be checked at the moment.', {
      hint: 'Try again in a minute.',
      cause: error,
    });
  }
  if (error instanceof errors.JWTExpired) {
    return new ReeldeskError('invalid_token', 'The token is over.', { hint: 'Sign in again, or refresh the token.' });
  }
  return new ReeldeskError('invalid_token', 'The token is not valid here.', {
    hint: 'Send the access token of a sign-in at this project, as Authorization: Bearer.',
  });
}

function isFaultOfJwks(error: unknown): boolean {
  return (
    error instanceof errors.JWKSTimeout ||
    error instanceof errors.JWKSInvalid ||
    (error instanceof errors.JOSEError && error.code === 'ERR_JOSE_GENERIC') ||
    (error instanceof Error && !(error instanceof errors.JOSEError))
  );
}
