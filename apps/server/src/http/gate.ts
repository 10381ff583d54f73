import { poolState, type Database } from '@reeldesk/db/client';
import { ReeldeskError } from '@reeldesk/db/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { findCaller, type CallerOptions } from '../auth/caller.ts';
import type { CallLimit } from './call-limit.ts';

/** Lets a request with so many calls in, or raises; `request.caller` is then who sends it. */
export type Gate = (request: FastifyRequest, reply: FastifyReply, calls: number) => Promise<void>;

export interface GateOptions {
  db: Database;
  callers: CallerOptions;
  limit: CallLimit;
  /** Calls that may wait for a database connection, for another call of the same person, or for a shared statement. */
  maxWaiting: number;
}

/** What every request with calls passes before any of them begins: is there room, who is it, may he call so often. */
export function createGate({ db, callers, limit, maxWaiting }: GateOptions): Gate {
  return async (request, reply, calls) => {
    const { waiting, sharing } = poolState(db);
    if (waiting + sharing >= maxWaiting) {
      throw new ReeldeskError('unavailable', 'The server has more to do than it can.', {
        details: { retryAfterSeconds: 1 },
        hint: 'Try again in a moment. Nothing was begun.',
      });
    }
    try {
      request.caller = await findCaller(request, callers);
    } catch (error) {
      if (error instanceof ReeldeskError && error.reason === 'invalid_token') {
        await limit.countRefused(request, reply);
      }
      throw error;
    }
    request.countRefusedKey = () => limit.countRefused(request, reply);
    await limit.count(request, reply, request.caller.actor, calls);
  };
}
