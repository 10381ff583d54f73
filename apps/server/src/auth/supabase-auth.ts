import { ReeldeskError } from '@reeldesk/db/errors';
import { z } from 'zod';

/** What Supabase Auth gives for a sign-in. */
export interface AuthTokens {
  userId: string;
  email: string | null;
  accessToken: string;
  refreshToken: string;
  /** When the access token ends. */
  expiresAt: Date;
}

/** Supabase Auth, as far as browser sessions need it. */
export interface SupabaseAuth {
  /** `null` when the credentials are wrong, whichever of them. */
  signIn(email: string, password: string): Promise<AuthTokens | null>;
  /** `null` when the sign-in is over: revoked, used twice, or the person is gone or banned. */
  refresh(refreshToken: string): Promise<AuthTokens | null>;
  /** Ends the sign-in at Supabase, as far as it still answers. */
  signOut(accessToken: string): Promise<void>;
}

export interface SupabaseAuthOptions {
  url: string;
  publishableKey: string;
  fetch: (request: Request) => Promise<Response>;
}

const tokenAnswer = z.object({
  access_token: z.string(),
  refresh_token: z.string(),
  expires_in: z.number(),
  user: z.object({ id: z.guid(), email: z.string().nullish() }),
});

/** Speaks to `${url}/auth/v1`. Raises `unavailable` when it does not answer, or with a fault of its own. */
export function createSupabaseAuth({ url, publishableKey, fetch }: SupabaseAuthOptions): SupabaseAuth {
  const call = async (path: string, body: unknown, accessToken?: string): Promise<Response> => {
    try {
      return await fetch(
        new Request(`${url}/auth/v1/${path}`, {
          method: 'POST',
          headers: {
            apikey: publishableKey,
            'content-type': 'application/json',
            ...(accessToken !== undefined && { authorization: `Bearer ${accessToken}` }),
          },
          body: JSON.stringify(body),
          signal: AbortSignal.timeout(10_000),
        }),
      );
    } catch (error) {
      throw unavailable(error);
    }
  };

  const askForTokens = async (grantType: string, body: unknown): Promise<AuthTokens | null> => {
    const response = await call(`token?grant_type=${grantType}`, body);
    if (response.status === 429) {
      throw new ReeldeskError('rate_limited', 'Too many sign-ins at once.', { hint: 'Wait a minute and try again.' });
    }
    if ([400, 401, 403, 404, 422].includes(response.status)) {
      await checkIsAboutCredentials(response);
      return null;
    }
    if (!response.ok) {
      throw unavailable(new Error(`Supabase Auth answered ${response.status}.`));
    }
    const { access_token, refresh_token, expires_in, user } = tokenAnswer.parse(await response.json());
    return {
      userId: user.id,
      email: user.email ?? null,
      accessToken: access_token,
      refreshToken: refresh_token,
      expiresAt: new Date(Date.now() + expires_in * 1000),
    };
  };

  return {
    signIn: (email, password) => askForTokens('password', { email, password }),
    refresh: (refreshToken) => askForTokens('refresh_token', { refresh_token: refreshToken }),
    signOut: async (accessToken) => {
      await call('logout?scope=local', {}, accessToken);
    },
  };
}

// A wrong publishable key must not look like everybody's wrong password.
async function checkIsAboutCredentials(response: Response): Promise<void> {
  const text = await response.text();
  if (/api ?key/i.test(text)) {
    throw unavailable(new Error('Supabase refused SUPABASE_PUBLISHABLE_KEY.'));
  }
}

function unavailable(cause: unknown): ReeldeskError {
  return new ReeldeskError('unavailable', 'Sign-in does not answer at the moment.', {
    hint: 'Try again in a minute.',
    cause,
  });
}
