import { ReeldeskError } from '@reeldesk/db/errors';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { LocalSupabase } from './local-supabase.ts';

// What belongs to the connection or to this server's own sessions, not to Supabase.
const notPassedOn = new Set([
  'connection',
  'content-length',
  'cookie',
  'host',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'expect',
]);
const notPassedBack = new Set(['connection', 'content-encoding', 'content-length', 'set-cookie', 'transfer-encoding']);

/** Serves the local Supabase where supabase-js looks for it, to programs on this machine. */
export async function registerLocalSupabase(app: FastifyInstance, supabase: LocalSupabase): Promise<void> {
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_, body, done) => done(null, body));
    scope.addHook('onRequest', async ({ socket }) => {
      if (!/^(::ffff:)?127\.|^::1$/.test(socket.remoteAddress ?? '')) {
        throw new ReeldeskError('forbidden', 'The local Supabase answers only programs on its own machine.', {
          hint: 'Call the API under /trpc, or use a Supabase project.',
        });
      }
    });
    const routes = [
      ['/auth/v1/*', supabase.auth],
      ['/rest/v1/*', supabase.dataApi],
    ] as const;
    for (const [url, answer] of routes) {
      scope.all(url, async (request, reply) => send(reply, await answer(toRequest(request))));
    }
  });
}

function toRequest(request: FastifyRequest): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined && !notPassedOn.has(name)) {
      headers.set(name, Array.isArray(value) ? value.join(', ') : value);
    }
  }
  headers.set('x-request-id', request.id);
  const hasBody =
    request.method !== 'GET' && request.method !== 'HEAD' && Buffer.isBuffer(request.body) && request.body.length > 0;
  return new Request(new URL(request.url, `http://${request.host}`), {
    method: request.method,
    headers,
    ...(hasBody && { body: new Uint8Array(request.body as Buffer) }),
  });
}

async function send(reply: FastifyReply, response: Response): Promise<FastifyReply> {
  reply.code(response.status);
  response.headers.forEach((value, name) => {
    if (!notPassedBack.has(name)) {
      reply.header(name, value);
    }
  });
  reply.header('cross-origin-resource-policy', 'cross-origin');
  return reply.send(Buffer.from(await response.arrayBuffer()));
}
