import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import { ReeldeskError } from '@reeldesk/db/errors';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Serves the built dashboard; every other page address gets its index, which finds the page itself. */
export async function registerStaticAdmin(app: FastifyInstance, directory: string): Promise<void> {
  const isBuilt = existsSync(join(directory, 'index.html'));
  if (isBuilt) {
    await app.register(fastifyStatic, {
      root: directory,
      cacheControl: false,
      // Beside the page lie type declarations of its build.
      allowedPath: (path) => !path.startsWith('/types') && !/\/\./.test(path),
      setHeaders: (reply, path) => {
        const isHashed = path.startsWith(join(directory, 'assets'));
        reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  }
  app.setNotFoundHandler((request, reply) => {
    if (!wantsPage(request)) {
      throw new ReeldeskError('not_found', 'There is nothing at this address.', {
        hint: 'Check the address and the method.',
      });
    }
    if (!isBuilt) {
      throw new ReeldeskError('not_found', 'The dashboard is not built.', {
        hint: 'Start with npm start, which builds it.',
      });
    }
    return reply.sendFile('index.html');
  });
}

function wantsPage({ method, url, headers }: FastifyRequest): boolean {
  const [path = ''] = url.split('?', 1);
  return (
    (method === 'GET' || method === 'HEAD') &&
    (headers.accept ?? '').includes('text/html') &&
    !/^\/(trpc|api|rest|auth|session|healthz|readyz|assets|types)(\/|$)/.test(path)
  );
}
