import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

/** A session's id as the database keeps it: whoever reads the table can't sign in with it. */
export function hashSessionId(cookieValue: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(cookieValue).digest());
}

/** A new cookie value: 256 random bits. */
export function newSessionId(): string {
  return randomBytes(32).toString('base64url');
}

/** The key that encrypts tokens at rest, from the server's `SESSION_SECRET`. */
export function deriveSessionKey(secret: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', 'reeldesk session tokens', 32));
}

/** AES-256-GCM; `boundTo` (the session's id) must be the same to open it again. */
export function seal(key: Uint8Array, boundTo: Uint8Array, value: unknown): Uint8Array<ArrayBuffer> {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(boundTo);
  const text = Buffer.concat([cipher.update(JSON.stringify(value)), cipher.final()]);
  return new Uint8Array(Buffer.concat([nonce, cipher.getAuthTag(), text]));
}

/** Opens what `seal` made; `null` when key or binding are others, or a bit was changed. */
export function unseal(key: Uint8Array, boundTo: Uint8Array, sealed: Uint8Array): unknown {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12)).setAAD(boundTo);
    decipher.setAuthTag(sealed.subarray(12, 28));
    const text = Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]);
    return JSON.parse(text.toString('utf8'));
  } catch {
    return null;
  }
}
