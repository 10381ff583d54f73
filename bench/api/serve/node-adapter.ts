import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { appRouter } from '@reeldesk/api/router';
import { createDatabase } from '@reeldesk/db/client';
import { createHTTPServer } from '@trpc/server/adapters/standalone';
import { createTokenReader, serve } from './listening.ts';

serve(async (setting) => {
  const db = createDatabase({ url: setting.apiUrl, poolSize: setting.poolSize });
  const readToken = createTokenReader(setting);
  const server = createHTTPServer({
    router: appRouter,
    basePath: '/trpc/',
    createContext: async ({ req }) => ({
      db,
      actor: { kind: 'user' as const, userId: await readToken(req.headers) },
      requestId: 'bench',
      expiresAt: null,
    }),
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
});
