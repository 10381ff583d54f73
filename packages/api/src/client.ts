import {
  createTRPCClient,
  httpBatchStreamLink,
  isTRPCClientError,
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
}

/** A typed client: `client.videos.createVideoGeneration.mutate({ … })`. Calls made together travel together. */
export function createReeldeskClient(options: ReeldeskClientOptions): TRPCClient<AppRouter> {
  const { url, token, fetch } = options;
  return createTRPCClient<AppRouter>({
    links: [
      httpBatchStreamLink({
        url: new URL('/trpc', url).href,
        maxItems: 10,
        headers: async () => {
          const current = typeof token === 'function' ? await token() : token;
          return current ? { authorization: `Bearer ${current}` } : {};
        },
        ...(fetch && { fetch }),
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
