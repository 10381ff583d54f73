import {
  createTRPCClient,
  httpBatchStreamLink,
  httpSubscriptionLink,
  isTRPCClientError,
  splitLink,
  type HTTPBatchLinkOptions,
  type TRPCClient,
} from '@trpc/client';
import type { ErrorData } from './contract/errors.ts';
import type { AppRouter } from './router.ts';

export interface ReeldeskClientOptions {
  /** The server's address, for instance `http://127.0.0.1:4000`. */
  url: string;
  /** A Supabase access token or an API key, or a function that gives the current one before each request. */
  token?: string | (() => string | null | Promise<string | null>);
  /** `fetch` to use instead of the global one. */
  fetch?: NonNullable<HTTPBatchLinkOptions<never>['fetch']>;
  /** For `live.changes` where the runtime has no `EventSource`, as Node: the class of the package `eventsource`. */
  EventSource?: NonNullable<Parameters<typeof httpSubscriptionLink>[0]['EventSource']>;
}

type Fetch = (url: string | URL, init: { headers?: Record<string, string> }) => Promise<Response>;

/** A typed client: `client.videos.createVideoGeneration.mutate({ … })`. Calls made together travel together. */
export function createReeldeskClient(options: ReeldeskClientOptions): TRPCClient<AppRouter> {
  const { token, fetch, EventSource } = options;
  const url = new URL('/trpc', options.url).href;
  const headers = async (): Promise<Record<string, string>> => {
    const current = typeof token === 'function' ? await token() : token;
    return current ? { authorization: `Bearer ${current}` } : {};
  };
  // Asked for anew with each connection; a browser's own EventSource has cookies instead.
  const fetchAsCaller: Fetch = async (address, init) =>
    globalThis.fetch(address, { ...init, headers: { ...init.headers, ...(await headers()) } });
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: ({ type }) => type === 'subscription',
        true: httpSubscriptionLink({
          url,
          eventSourceOptions: { fetch: fetchAsCaller },
          ...(EventSource && { EventSource }),
        }),
        false: httpBatchStreamLink({ url, maxItems: 10, headers, ...(fetch && { fetch }) }),
      }),
    ],
  });
}

/**
 * What the API said of a failed call, `null` when it said nothing (no connection, for instance).
 * Branch on `reason`; show `error.message` and `hint` to people.
 */
export function errorDataOf(error: unknown): ErrorData | null {
  return isTRPCClientError<AppRouter>(error) && error.data ? error.data : null;
}
