import type { ErrorData, Reason } from '@reeldesk/api/contract/errors';
import type { AppRouter } from '@reeldesk/api/router';
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { createTRPCClient, httpBatchStreamLink, isTRPCClientError, type TRPCClient } from '@trpc/client';
import { createTRPCOptionsProxy, type TRPCOptionsProxy } from '@trpc/tanstack-react-query';
import { requireSignIn } from './sign-in-state.ts';
import { strings } from './strings.ts';

/** A refused sign-in, in the API's own error shape; `data` is `null` when the server said nothing. */
export class SignInError extends Error {
  override readonly name = 'SignInError';
  readonly data: ErrorData | null;

  constructor(message: string, data: ErrorData | null) {
    super(message);
    this.data = data;
  }
}

/** What the server said of a failed call, `null` when it said nothing. */
export function dataOf(error: unknown): ErrorData | null {
  if (error instanceof SignInError) {
    return error.data;
  }
  return isTRPCClientError<AppRouter>(error) && error.data ? error.data : null;
}

/** What to show of an error: a sentence, what to do, and the id that finds it in the server's log. */
export function describe(error: unknown): { message: string; hint: string | null; requestId: string | null } {
  const data = dataOf(error);
  if (!data && isTimeout(error)) {
    return { message: strings.errors.timeout, hint: strings.errors.timeoutHint, requestId: null };
  }
  if (!data) {
    return { message: strings.errors.offline, hint: strings.errors.offlineHint, requestId: null };
  }
  const message = error instanceof Error ? error.message : strings.errors.offline;
  return { message, hint: strings.reasonHints[data.reason] ?? data.hint, requestId: data.requestId || null };
}

/**
 * A call refused for want of a sign-in opens the dialog over the page, so that a half-filled form is kept; one
 * refused for want of a role has the role read again, so that the page shows what may be done now.
 */
export function noticeRefusal(error: unknown): void {
  noticeReason(dataOf(error)?.reason);
}

/** The same, of a refusal that came another way. */
export function noticeReason(reason: Reason | undefined): void {
  if (reason === 'not_signed_in') {
    requireSignIn('ended');
  } else if (reason === 'forbidden') {
    readSessionAgain();
  }
}

/** Has it asked again who is signed in, and with which role. */
export function readSessionAgain(): void {
  void queryClient.invalidateQueries(trpc.session.pathFilter());
}

const ANSWER_WITHIN_MS = 15_000;
const END_WITHIN_MS = 65_000;

/** An answer begins at once and streams, a report within the database's minute: what takes longer never comes. */
export const patientFetch = async (
  input: RequestInfo | URL,
  init?: { method?: string; signal?: AbortSignal | null | undefined },
): Promise<Response> => {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(new DOMException('No answer.', 'TimeoutError')), ANSWER_WITHIN_MS);
  const signals = [silence.signal, AbortSignal.timeout(END_WITHIN_MS), ...(init?.signal ? [init.signal] : [])];
  try {
    return await fetch(input, { ...init, signal: AbortSignal.any(signals) });
  } finally {
    clearTimeout(timer);
  }
};

function isTimeout(error: unknown): boolean {
  return error instanceof Error && (error.name === 'TimeoutError' || isTimeout(error.cause));
}

// What the server refused stays refused; only silence and faults are worth another try.
function isWorthRetrying(failures: number, error: unknown): boolean {
  const status = dataOf(error)?.httpStatus;
  return failures < 2 && !isTimeout(error) && (status === undefined || status >= 500);
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: noticeRefusal }),
  mutationCache: new MutationCache({ onError: noticeRefusal }),
  defaultOptions: {
    queries: { retry: isWorthRetrying, staleTime: 10_000 },
    // Never retried and never queued: credits must not move later, behind the operator's back.
    mutations: { retry: false, networkMode: 'always' },
  },
});

/** Calls outside of queries and mutations. */
export const client: TRPCClient<AppRouter> = createTRPCClient({
  links: [httpBatchStreamLink({ url: '/trpc', maxItems: 10, fetch: patientFetch })],
});

export const trpc: TRPCOptionsProxy<AppRouter> = createTRPCOptionsProxy<AppRouter>({ client, queryClient });
