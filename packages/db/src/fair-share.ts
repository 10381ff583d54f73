import type { Actor } from './actor.ts';

export interface FairShare {
  /** Runs a call now, or once an earlier one of the same person has ended. */
  run<T>(actor: Actor, call: () => Promise<T>): Promise<T>;
  /** Calls that wait for one of their own. */
  waiting(): number;
}

/**
 * Lets one person have at most so many calls under way. Charges of one account wait for each other in the database
 * anyhow; each holds a connection meanwhile, and without a limit the others would find none. The back end and API
 * keys are not limited: they may speak for many.
 */
export function createFairShare(callsAtOnce: number): FairShare {
  const people = new Map<string, { running: number; queue: (() => void)[] }>();
  let waiting = 0;
  return {
    waiting: () => waiting,
    run: async (actor, call) => {
      if (actor.kind !== 'user') {
        return call();
      }
      const { userId } = actor;
      const own = people.get(userId) ?? { running: 0, queue: [] };
      people.set(userId, own);
      if (own.running < callsAtOnce) {
        own.running += 1;
      } else {
        waiting += 1;
        // The one that ends hands its place over, so that nobody who comes later is before this one.
        await new Promise<void>((resolve) => {
          own.queue.push(resolve);
        });
        waiting -= 1;
      }
      try {
        return await call();
      } finally {
        const next = own.queue.shift();
        if (next) {
          next();
        } else {
          own.running -= 1;
          if (own.running === 0) {
            people.delete(userId);
          }
        }
      }
    },
  };
}
