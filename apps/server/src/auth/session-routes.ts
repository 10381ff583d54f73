import type { Database } from '@reeldesk/db/client';
import { ReeldeskError } from '@reeldesk/db/errors';
import { getSession } from '@reeldesk/db/session';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { checkOwnOrigin } from './own-origin.ts';
import { clearSessionCookie, readSessionCookie, setSessionCookie } from './session-cookie.ts';
import type { SessionStore } from './session-store.ts';
import type { SignInLimit } from './sign-in-limit.ts';
import type { SupabaseAuth } from './supabase-auth.ts';

export interface SessionRoutesOptions {
  db: Database;
  auth: SupabaseAuth | null;
  sessions: SessionStore | null;
  limit: SignInLimit;
}

const credentials = z.object({
  email: z.string().trim().min(1).max(320),
  password: z.string().min(1).max(1000),
});

/** `POST /session` signs a browser in, `DELETE /session` out. */
export function registerSessionRoutes(app: FastifyInstance, { db, auth, sessions, limit }: SessionRoutesOptions): void {
  app.post('/session', { bodyLimit: 16_384 }, async (request, reply) => {
    checkOwnOrigin(request, readSessionCookie(request) !== null);
    if (!auth || !sessions) {
      throw new ReeldeskError('unavailable', 'Nobody can sign in to this server yet.', {
        hint: 'Set SUPABASE_URL, SUPABASE_PUBLISHABLE_KEY and SESSION_SECRET, and start it again.',
      });
    }
    const parsed = credentials.safeParse(request.body);
    if (!parsed.success) {
      const field = String(parsed.error.issues[0]?.path[0] ?? 'email');
      throw new ReeldeskError('invalid_input', `${field} is missing or too long.`, {
        details: { field },
        hint: 'Send JSON with email and password.',
      });
    }
    const { email, password } = parsed.data;
    const account = email.toLowerCase();
    limit.count(request.ip, account);
    const tokens = await auth.signIn(email, password);
    if (!tokens) {
      throw new ReeldeskError('sign_in_failed', 'E-mail address or password is wrong.', {
        hint: 'Check both and try again. An admin of your team can tell you which address you have.',
      });
    }
    limit.forgive(request.ip, account);
    // Never the value that the browser came with: somebody else may know that one.
    const before = readSessionCookie(request);
    if (before !== null) {
      await sessions.end(before);
    }
    const { cookieValue, session } = await sessions.create(tokens);
    const { role } = await getSession(db, { kind: 'user', userId: tokens.userId, requestId: request.id });
    setSessionCookie(reply, cookieValue, session.expiresAt);
    return { userId: tokens.userId, email: tokens.email, role, expiresAt: session.expiresAt.toISOString() };
  });

  app.delete('/session', async (request, reply) => {
    const cookie = readSessionCookie(request);
    checkOwnOrigin(request, cookie !== null);
    if (cookie !== null && sessions) {
      await sessions.end(cookie);
    }
    clearSessionCookie(reply);
    return reply.code(204).send();
  });
}
