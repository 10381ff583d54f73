import type { ErrorData } from '@reeldesk/api/contract/errors';
import type { CurrentSession } from '@reeldesk/api/contract/session';
import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import { client, queryClient, SignInError, trpc } from './api.ts';
import { requireSignIn } from './sign-in-state.ts';
import { strings } from './strings.ts';

/** What the tabs of the desk tell each other: who signed in, `null` when somebody signed out. */
export const tabs = new BroadcastChannel('reeldesk.session');

export const sessionOptions = queryOptions<CurrentSession>({
  queryKey: trpc.session.getSession.queryKey(),
  queryFn: async () => {
    const session = await client.session.getSession.query();
    const before = queryClient.getQueryData<CurrentSession>(trpc.session.getSession.queryKey());
    // Whoever was signed in signs in again over his page, which stays as he left it.
    if (session.userId === null && before?.userId) {
      requireSignIn('ended');
      return before;
    }
    return session;
  },
  staleTime: 30_000,
});

/** Who is signed in; the route has loaded it before any page asks. */
export function useSession(): CurrentSession {
  return useSuspenseQuery(sessionOptions).data;
}

export function useIsAdmin(): boolean {
  return useSession().role === 'admin';
}

function tell(userId: string | null): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel reaches this origin only.
  tabs.postMessage(userId);
}

async function callSession(init: RequestInit): Promise<void> {
  let response: Response;
  try {
    response = await fetch('/session', init);
  } catch {
    throw new SignInError(strings.errors.offline, null);
  }
  if (!response.ok) {
    const body = (await response.json().catch(() => null)) as { error?: { message: string; data: ErrorData } } | null;
    throw new SignInError(body?.error?.message ?? strings.errors.offline, body?.error?.data ?? null);
  }
}

/**
 * Signs in; the server keeps the tokens and gives the browser a cookie. Answers who it is.
 * Raises `SignInError` when it is refused. Somebody else than before finds none of the other's data.
 */
export async function signIn(credentials: { email: string; password: string }): Promise<CurrentSession> {
  const before = queryClient.getQueryData(sessionOptions.queryKey);
  await callSession({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(credentials),
  });
  const session = await queryClient.fetchQuery({ ...sessionOptions, staleTime: 0 });
  tell(session.userId);
  if (before?.userId && before.userId !== session.userId) {
    location.assign('/');
    return session;
  }
  requireSignIn(null);
  void queryClient.invalidateQueries();
  return session;
}

/** Signs out and forgets everything that was loaded. */
export async function signOut(): Promise<void> {
  await callSession({ method: 'DELETE' });
  tell(null);
  location.assign('/sign-in');
}
