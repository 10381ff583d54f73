import type { Actor } from '@reeldesk/db/actor';
import { ReeldeskError } from '@reeldesk/db/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** Calls a minute, 0 for no limit: of one signed-in person or API key, and of one address without either. */
export interface CallLimits {
  perCaller: number;
  perAddress: number;
}

export const callLimits: CallLimits = { perCaller: 6_000, perAddress: 1_200 };

export interface CallLimit {
  /** Counts calls before they are made, and says in the headers what is left. Raises `rate_limited`. */
  count(request: FastifyRequest, reply: FastifyReply, actor: Actor, calls: number): Promise<void>;
  /** Counts a refused credential against the address that it came from. Raises `rate_limited`. */
  countRefused(request: FastifyRequest, reply: FastifyReply): Promise<void>;
}

const WINDOW_SECONDS = 60;

/** Counts in this process. The back end is not counted: it speaks for many, and holds the key to everything. */
export function createCallLimit(limits: CallLimits): CallLimit {
  const make = (points: number) => (points === 0 ? null : new RateLimiterMemory({ points, duration: WINDOW_SECONDS }));
  const byCaller = make(limits.perCaller);
  const byAddress = make(limits.perAddress);

  const take = async (limiter: RateLimiterMemory | null, key: string, calls: number, reply: FastifyReply) => {
    if (!limiter) {
      return;
    }
    try {
      describe(reply, limiter.points, await limiter.consume(key, calls));
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) {
        throw error;
      }
      describe(reply, limiter.points, error);
      throw tooMany(limiter.points, error);
    }
  };
  return {
    count: async (request, reply, actor, calls) => {
      switch (actor.kind) {
        case 'backend':
          return;
        case 'user':
          return take(byCaller, `user ${actor.userId}`, calls, reply);
        case 'key': {
          // Made-up keys all differ; only the database tells them from real ones.
          const refused = await byAddress?.get(addressOf(request));
          if (byAddress && refused && refused.consumedPoints > byAddress.points) {
            describe(reply, byAddress.points, refused);
            throw tooMany(byAddress.points, refused);
          }
          return take(byCaller, `key ${actor.keyHash}`, calls, reply);
        }
        case 'anon':
          return take(byAddress, addressOf(request), calls, reply);
      }
    },
    countRefused: (request, reply) => take(byAddress, addressOf(request), 1, reply),
  };
}

function describe(reply: FastifyReply, limit: number, { remainingPoints, msBeforeNext }: RateLimiterRes): void {
  if (reply.raw.headersSent) {
    return;
  }
  reply.headers({
    'ratelimit-limit': limit,
    'ratelimit-remaining': Math.max(0, remainingPoints),
    'ratelimit-reset': Math.ceil(msBeforeNext / 1000),
    'ratelimit-policy': `${limit};w=${WINDOW_SECONDS}`,
  });
}

function tooMany(limit: number, { msBeforeNext }: RateLimiterRes): ReeldeskError {
  const retryAfterSeconds = Math.max(1, Math.ceil(msBeforeNext / 1000));
  return new ReeldeskError('rate_limited', `More than ${limit} calls came within a minute.`, {
    details: { retryAfterSeconds, limit },
    hint: `Wait ${retryAfterSeconds} seconds and go on more slowly.`,
  });
}

// Whoever has one IPv6 address has all of its network.
function addressOf({ ip }: FastifyRequest): string {
  return ip.includes(':') && !ip.includes('.') ? `address ${ip.split(':').slice(0, 4).join(':')}` : `address ${ip}`;
}
