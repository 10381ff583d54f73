import { hash } from 'node:crypto';
import type { JWTPayload } from 'jose';

const KEPT_MS = 60_000;
const MAX_TOKENS = 20_000;

/**
 * Remembers for a minute what a token was found to say: checking a signature by public key takes longer than most
 * calls, and one by a secret eight times as long as finding it here. A token can't be taken back before its end anyhow,
 * and jose itself keeps the keys for longer than that.
 */
export class VerifiedTokens {
  readonly #known = new Map<string, { claims: JWTPayload; until: number }>();

  /** The claims, or `null` when the token has to be checked, also because its time is over. */
  find(token: string, nowMs: number): JWTPayload | null {
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

  keep(token: string, claims: JWTPayload, nowMs: number): void {
    const [oldest] = this.#known.size >= MAX_TOKENS ? this.#known.keys() : [];
    if (oldest !== undefined) {
      this.#known.delete(oldest);
    }
    const endMs = (claims.exp ?? 0) * 1000;
    this.#known.set(keyOf(token), { claims, until: Math.min(endMs, nowMs + KEPT_MS) });
  }
}

// Not the token itself, which would open doors to whoever reads the memory.
function keyOf(token: string): string {
  return hash('sha256', token, 'base64');
}
