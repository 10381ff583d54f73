import { ReeldeskError } from '@reeldesk/db/errors';
import { API_KEY_MARK, hashApiKey } from '@reeldesk/db/keys';
import type { FastifyRequest } from 'fastify';
import type { Caller, ReadBearer } from './bearer.ts';
import { checkOwnOrigin } from './own-origin.ts';
import { readSessionCookie } from './session-cookie.ts';
import type { SessionStore } from './session-store.ts';

export interface CallerOptions {
  /** `null` where no token can be checked: on a database without Supabase. */
  readBearer: ReadBearer | null;
  /** `null` where nobody can sign in by browser. */
  sessions: SessionStore | null;
}

/** Who sends a request: by Bearer token or API key if there is one, else by cookie, else nobody. */
export async function findCaller(request: FastifyRequest, { readBearer, sessions }: CallerOptions): Promise<Caller> {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const [, token] = /^Bearer +(\S+)$/i.exec(authorization) ?? [];
    if (token === undefined || token.length > 8192) {
      throw new ReeldeskError('invalid_token', 'The Authorization header is not a Bearer token.', {
        hint: 'Send Authorization: Bearer followed by an access token.',
      });
    }
    // Whether the key is one, and whose, the database says with the call itself.
    if (token.startsWith(API_KEY_MARK)) {
      return { actor: { kind: 'key', keyHash: hashApiKey(token) }, expiresAt: null };
    }
    if (!readBearer) {
      throw new ReeldeskError('invalid_token', 'This server knows no project whose tokens it could trust.', {
        hint: 'Set SUPABASE_URL, and SUPABASE_JWT_SECRET where the project signs with HS256.',
      });
    }
    return readBearer(token);
  }
  const cookie = readSessionCookie(request);
  if (cookie !== null && sessions) {
    checkOwnOrigin(request, true);
    const session = await sessions.find(cookie);
    if (session) {
      return {
        actor: { kind: 'user', userId: session.userId },
        expiresAt: session.expiresAt,
        isSignedIn: () => sessions.isOpen(cookie),
      };
    }
  }
  return { actor: { kind: 'anon' }, expiresAt: null };
}
