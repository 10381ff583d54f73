import { translateError } from '@reeldesk/db/actor';
import type { Database } from '@reeldesk/db/client';
import { ReeldeskError } from '@reeldesk/db/errors';
import { z } from 'zod';
import { deriveSessionKey, hashSessionId, newSessionId, seal, unseal } from './session-secrets.ts';
import type { AuthTokens, SupabaseAuth } from './supabase-auth.ts';

export interface BrowserSession {
  userId: string;
  /** The moment at which it ends at the latest. */
  expiresAt: Date;
}

export interface SessionStore {
  /** Keeps a new sign-in and answers the cookie's value. */
  create: (tokens: AuthTokens) => Promise<{ cookieValue: string; session: BrowserSession }>;
  /** The session of a cookie, its tokens refreshed when they are over; `null` when it has ended. */
  find: (cookieValue: string) => Promise<BrowserSession | null>;
  /** Whether a session still lasts, without counting as its use. */
  isOpen: (cookieValue: string) => Promise<boolean>;
  /** Forgets a session and signs it out at Supabase. */
  end: (cookieValue: string) => Promise<void>;
}

/** A sign-in lasts a working day, and ends earlier when nobody uses it. */
export const SESSION_HOURS = 12;
export const SESSION_IDLE_HOURS = 2;

const storedTokens = z.object({ accessToken: z.string(), refreshToken: z.string() });

interface Row {
  user_id: string;
  sealed_tokens: Uint8Array;
  expires_at: Date;
  tokens_are_over: boolean;
  is_unseen: boolean;
}

/** Sessions in the table `reeldesk.sessions`; `secret` encrypts the tokens in it. */
export function createSessionStore(db: Database, auth: SupabaseAuth, secret: string): SessionStore {
  const store = openStore(db, auth, secret);
  const translated =
    <A extends unknown[], T>(run: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      try {
        return await run(...args);
      } catch (error) {
        throw translateError(error, { kind: 'backend' });
      }
    };
  return {
    create: translated(store.create),
    find: translated(store.find),
    isOpen: translated(store.isOpen),
    end: translated(store.end),
  };
}

function openStore(db: Database, auth: SupabaseAuth, secret: string): SessionStore {
  const key = deriveSessionKey(secret);
  const refreshing = new Map<string, Promise<boolean>>();

  const readTokens = (id: Uint8Array, sealed: Uint8Array) =>
    storedTokens.safeParse(unseal(key, id, sealed)).data ?? null;

  // The row's lock keeps other servers out: a refresh token works once.
  const refresh = (id: Uint8Array<ArrayBuffer>): Promise<boolean> =>
    db.$transaction(
      async (tx) => {
        const [row] = await tx.$queryRaw<Pick<Row, 'sealed_tokens' | 'tokens_are_over'>[]>`
          select sealed_tokens, tokens_expire_at < now() + interval '30 seconds' as tokens_are_over
          from reeldesk.sessions where id = ${id} for update`;
        if (!row) {
          return false;
        }
        if (!row.tokens_are_over) {
          return true;
        }
        const tokens = readTokens(id, row.sealed_tokens);
        const renewed = tokens && (await auth.refresh(tokens.refreshToken));
        if (!renewed) {
          await tx.$executeRaw`delete from reeldesk.sessions where id = ${id}`;
          return false;
        }
        const { accessToken, refreshToken } = renewed;
        await tx.$executeRaw`
          update reeldesk.sessions
          set sealed_tokens = ${seal(key, id, { accessToken, refreshToken })}, tokens_expire_at = ${renewed.expiresAt}
          where id = ${id}`;
        return true;
      },
      { timeout: 20_000, maxWait: 5_000 },
    );

  const refreshOnce = (id: Uint8Array<ArrayBuffer>): Promise<boolean> => {
    const name = Buffer.from(id).toString('base64');
    let running = refreshing.get(name);
    if (!running) {
      running = refresh(id).finally(() => refreshing.delete(name));
      refreshing.set(name, running);
    }
    return running;
  };

  return {
    create: async ({ userId, accessToken, refreshToken, expiresAt }) => {
      const cookieValue = newSessionId();
      const id = hashSessionId(cookieValue);
      await db.$executeRaw`
        delete from reeldesk.sessions
        where expires_at < now() or seen_at < now() - make_interval(hours => ${SESSION_IDLE_HOURS}::integer)`;
      const [row] = await db.$queryRaw<Pick<Row, 'expires_at'>[]>`
        insert into reeldesk.sessions (id, user_id, sealed_tokens, tokens_expire_at, expires_at)
        values (
          ${id}, ${userId}::uuid, ${seal(key, id, { accessToken, refreshToken })}, ${expiresAt},
          now() + make_interval(hours => ${SESSION_HOURS}::integer)
        )
        returning expires_at`;
      if (!row) {
        throw new Error('The database answered no session.');
      }
      return { cookieValue, session: { userId, expiresAt: row.expires_at } };
    },

    find: async (cookieValue) => {
      const id = hashSessionId(cookieValue);
      const [row] = await db.$queryRaw<Row[]>`
        select user_id::text, sealed_tokens, expires_at, tokens_expire_at < now() + interval '30 seconds' as tokens_are_over,
          seen_at < now() - interval '1 minute' as is_unseen
        from reeldesk.sessions
        where id = ${id} and expires_at > now()
          and seen_at > now() - make_interval(hours => ${SESSION_IDLE_HOURS}::integer)`;
      if (!row || (row.tokens_are_over && !(await refreshOnce(id)))) {
        return null;
      }
      if (row.is_unseen) {
        await db.$executeRaw`update reeldesk.sessions set seen_at = now() where id = ${id}`;
      }
      return { userId: row.user_id, expiresAt: row.expires_at };
    },

    isOpen: async (cookieValue) => {
      const [row] = await db.$queryRaw<unknown[]>`
        select 1 as is_open from reeldesk.sessions
        where id = ${hashSessionId(cookieValue)} and expires_at > now()
          and seen_at > now() - make_interval(hours => ${SESSION_IDLE_HOURS}::integer)`;
      return row !== undefined;
    },

    end: async (cookieValue) => {
      const id = hashSessionId(cookieValue);
      const [row] = await db.$queryRaw<Pick<Row, 'sealed_tokens'>[]>`
        delete from reeldesk.sessions where id = ${id} returning sealed_tokens`;
      const tokens = row && readTokens(id, row.sealed_tokens);
      if (tokens) {
        // Gone here is what counts; there it ends by itself.
        await auth.signOut(tokens.accessToken).catch((error: unknown) => {
          if (!(error instanceof ReeldeskError)) {
            throw error;
          }
        });
      }
    },
  };
}
