import { hash } from 'node:crypto';

const KEPT_MS = 60_000;
const MAX_TOKENS = 20_000;

/** What counts of a token's claims. */
export interface CountedClaims {
  iss?: string | undefined;
  sub?: string | undefined;
  exp?: number | undefined;
  role?: unknown;
}

/**
 * Remembers for a minute what a token was found to say: checking a signature by public key takes longer than most
 * calls, and one by a secret eight times as long as finding it here. A token can't be taken back before its end anyhow,
 * and jose itself keeps the keys for longer than that.
 */
export class VerifiedTokens {
  readonly #known = new Map<string, { claims: CountedClaims; until: number }>();

  /** The claims, or `null` when the token has to be checked, also because its time is over. */
  find(token: string, nowMs: number): CountedClaims | null {
    const key = keyOf(token);
    const found = this.#known.get(key);
    if (!found) {
      return null;
    }
    if (nowMs >= found.until) {
      this.#known.delete(key);
      return null;
    }
    return found.claims;
  }

  keep(token: string, claims: CountedClaims, nowMs: number): void {
    const [oldest] = this.#known.size >= MAX_TOKENS ? this.#known.keys() : [];
    if (oldest !== undefined) {
      this.#known.delete(oldest);
    }
    // Not the rest: people may write kilobytes into their own metadata.
    const { iss, sub, exp, role } = claims;
    const endMs = (exp ?? 0) * 1000;
    this.#known.set(keyOf(token), { claims: { iss, sub, exp, role }, until: Math.min(endMs, nowMs + KEPT_MS) });
  }
}

// Not the token itself, which would open doors to whoever reads the memory.
function keyOf(token: string): string {
  return hash('sha256', token, 'base64');
}
