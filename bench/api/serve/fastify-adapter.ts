import { appRouter } from '@reeldesk/api/router';
import { createDatabase } from '@reeldesk/db/client';
import { createTokenReader, serve } from './listening.ts';
import { listenWithFastify } from './listen-with-fastify.ts';

serve(async (setting) => {
  const db = createDatabase({ url: setting.apiUrl, poolSize: setting.poolSize });
  const readToken = createTokenReader(setting);
  return listenWithFastify(appRouter, async (headers) => ({
    db,
    actor: { kind: 'user' as const, userId: await readToken(headers) },
    requestId: 'bench',
    expiresAt: null,
  }));
});
