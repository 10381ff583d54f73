import type { ObserveCall } from '@reeldesk/api/trpc';
import type { Reason } from '@reeldesk/db/errors';
import type { FastifyRequest } from 'fastify';
import type { Metrics } from './metrics.ts';
import type { Tracing } from './tracing.ts';

/** One call of a request, as the log has it. */
export interface LoggedCall {
  procedure: string;
  ms: number;
  reason?: Reason;
}

/** What sees each call of a request: the request's line in the log, the metrics, and the traces when there are any. */
export function observeCalls(request: FastifyRequest, metrics: Metrics, tracing: Tracing | null): ObserveCall {
  return async (procedure, run) => {
    const began = performance.now();
    const answer = await (tracing ? tracing.traceCall(request, procedure, run) : run());
    const ms = performance.now() - began;
    noteCall(request, procedure, ms, answer.reason);
    metrics.countCall(procedure, answer.reason, ms / 1000);
    if (answer.reason === 'invalid_api_key') {
      // What comes next from there is refused before it asks the database.
      await request.countRefusedKey?.().catch(() => undefined);
    }
    return answer;
  };
}

/** Adds a call to the request's line in the log. */
export function noteCall(request: FastifyRequest, procedure: string, ms: number, reason: Reason | null): void {
  request.calls ??= [];
  request.calls.push({ procedure, ms: Math.round(ms), ...(reason && { reason }) });
}
