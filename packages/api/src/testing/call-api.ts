import type { Actor } from '@reeldesk/db/actor';
import type { Database } from '@reeldesk/db/client';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { z } from 'zod';
import { reasons } from '../contract/errors.ts';
import { definitions } from '../definitions.ts';
import { appRouter } from '../router.ts';

const answer = z.union([
  z.object({ result: z.object({ data: z.unknown().optional() }) }),
  z.object({
    error: z.object({
      message: z.string(),
      data: z.object({
        reason: z.enum(reasons),
        httpStatus: z.int(),
        details: z.record(z.string(), z.unknown()),
        hint: z.string().nullable(),
      }),
    }),
  }),
]);

export interface Answer {
  status: number;
  headers: Headers;
  /** What the procedure answered; `undefined` when it failed. */
  data: unknown;
  reason: (typeof reasons)[number] | null;
  message: string | null;
  details: Record<string, unknown>;
}

/** Calls a procedure by its path over HTTP, but for the wire: any input goes, whatever its type. */
export async function callApi(
  db: Database,
  actor: Actor,
  path: string,
  input: unknown,
  idempotencyKey?: string,
): Promise<Answer> {
  const url = new URL(`http://api.example/trpc/${path}`);
  const isQuery = definitions.find((procedure) => procedure.path === path)?.type === 'query';
  const body = JSON.stringify(input);
  if (isQuery && body !== undefined) {
    url.searchParams.set('input', body);
  }
  const req = new Request(
    url,
    isQuery ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: body ?? null },
  );
  const headers = new Headers();
  const response = await fetchRequestHandler({
    endpoint: '/trpc',
    req,
    router: appRouter,
    createContext: ({ resHeaders }) => ({
      db,
      actor,
      requestId: 'request-1',
      expiresAt: null,
      idempotencyKey,
      setHeader: (name, value) => resHeaders.set(name, value),
    }),
  });
  response.headers.forEach((value, name) => headers.set(name, value));
  const parsed = answer.parse(await response.json());
  const { status } = response;
  if ('error' in parsed) {
    const { message, data } = parsed.error;
    return { status, headers, data: undefined, reason: data.reason, message, details: data.details };
  }
  return { status, headers, data: parsed.result.data, reason: null, message: null, details: {} };
}
