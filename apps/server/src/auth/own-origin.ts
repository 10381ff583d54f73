import { ReeldeskError } from '@reeldesk/db/errors';
import type { FastifyRequest } from 'fastify';

/**
 * Refuses what another site's page makes a browser send: a call that may change something must name
 * this server as its origin, when a browser sends it or a cookie comes with it.
 */
export function checkOwnOrigin(request: FastifyRequest, hasCookie: boolean): void {
  if (request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS') {
    return;
  }
  const { origin, 'sec-fetch-site': site } = request.headers;
  const isForeign = origin !== undefined && !isOwn(origin, request);
  const isUnsaid = origin === undefined && (hasCookie || site !== undefined);
  if (isForeign || isUnsaid || (site !== undefined && site !== 'same-origin')) {
    throw new ReeldeskError('forbidden', 'This call came from another site.', {
      hint: "Call from the dashboard's own page, or with a Bearer token and no cookie.",
    });
  }
}

// The page may be served over https by a proxy that speaks http to this server.
function isOwn(origin: string, request: FastifyRequest): boolean {
  try {
    const { host, protocol } = new URL(origin);
    const isSameScheme = protocol === `${request.protocol}:` || protocol === 'https:';
    return isSameScheme && host === new URL(`${protocol}//${request.host}`).host;
  } catch {
    return false;
  }
}
