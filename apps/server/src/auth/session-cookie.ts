import type { FastifyReply, FastifyRequest } from 'fastify';

/** The prefix makes browsers insist on Secure, Path=/ and no Domain: no other site can plant or read it. */
export const SESSION_COOKIE = '__Host-reeldesk';

const attributes = { httpOnly: true, sameSite: 'lax', path: '/' } as const;

/** The cookie's value, `null` without a plausible one. */
export function readSessionCookie(request: FastifyRequest): string | null {
  const value = request.cookies[cookieFor(request).name];
  return value !== undefined && /^[\w-]{43}$/.test(value) ? value : null;
}

export function setSessionCookie(reply: FastifyReply, value: string, expiresAt: Date): void {
  const { name, secure } = cookieFor(reply.request);
  reply.setCookie(name, value, { ...attributes, secure, expires: expiresAt });
}

export function clearSessionCookie(reply: FastifyReply): void {
  const { name, secure } = cookieFor(reply.request);
  reply.clearCookie(name, { ...attributes, secure });
}

// Chromium and Firefox take Secure cookies from http on the own machine, Safari does not.
function cookieFor(request: FastifyRequest): { name: string; secure: boolean } {
  const browser = request.headers['user-agent'] ?? '';
  const isSafari = /Safari\//.test(browser) && !/Chrom(e|ium)\//.test(browser);
  const isLocal = request.protocol === 'http' && /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.host);
  return isSafari && isLocal ? { name: 'reeldesk', secure: false } : { name: SESSION_COOKIE, secure: true };
}
