import { ReeldeskError } from '@reeldesk/db/errors';

/** Failed sign-ins that are allowed in a window: few for one account, more for an address that many may share. */
export const signInLimits = { windowMinutes: 15, perAccount: 10, perAddress: 50 };

interface Count {
  attempts: number;
  endsAt: number;
}

export interface SignInLimit {
  /** Counts an attempt before it is made, so that many at once don't slip through. Raises `rate_limited`. */
  count(address: string, account: string): void;
  /** Takes the attempt back: it was right. */
  forgive(address: string, account: string): void;
}

/** Counts by account name whether or not there is such an account, so that a refusal says nothing about it. */
export function createSignInLimit(limits = signInLimits, now: () => number = Date.now): SignInLimit {
  const counts = new Map<string, Count>();

  const current = (key: string): Count => {
    const found = counts.get(key);
    if (found && found.endsAt > now()) {
      return found;
    }
    const fresh = { attempts: 0, endsAt: now() + limits.windowMinutes * 60_000 };
    counts.delete(key);
    counts.set(key, fresh);
    return fresh;
  };

  const removeEnded = () => {
    // In order of insertion, and so of their end.
    for (const [key, { endsAt }] of counts) {
      if (endsAt > now() && counts.size <= 100_000) {
        return;
      }
      counts.delete(key);
    }
  };

  const keys = (address: string, account: string) => [
    { count: current(`address ${address}`), limit: limits.perAddress },
    { count: current(`account ${account}`), limit: limits.perAccount },
  ];

  return {
    count: (address, account) => {
      removeEnded();
      const both = keys(address, account);
      const full = both.find(({ count, limit }) => count.attempts >= limit);
      if (full) {
        const retryAfterSeconds = Math.ceil((full.count.endsAt - now()) / 1000);
        throw new ReeldeskError('rate_limited', 'Too many failed sign-ins.', {
          details: { retryAfterSeconds },
          hint: `Wait ${Math.ceil(retryAfterSeconds / 60)} minutes and try again.`,
        });
      }
      for (const { count } of both) {
        count.attempts += 1;
      }
    },
    forgive: (address, account) => {
      for (const { count } of keys(address, account)) {
        count.attempts = Math.max(0, count.attempts - 1);
      }
    },
  };
}
