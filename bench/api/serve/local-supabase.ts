import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { startLocalSupabase } from '@reeldesk/server/embedded/local-supabase';
import { registerLocalSupabase } from '@reeldesk/server/embedded/local-supabase-routes';
import fastify from 'fastify';
import { serve } from './listening.ts';

// What supabase-js speaks to: its Data API, in one process as the default start has it.
serve(async (setting) => {
  const supabase = startLocalSupabase({
    authDatabaseUrl: setting.authUrl,
    dataApiDatabaseUrl: setting.dataApiUrl,
    siteUrl: 'http://127.0.0.1',
    jwtSecret: setting.jwtSecret,
    publishableKey: setting.publishableKey,
    secretKey: setting.secretKey,
    mailFile: join(tmpdir(), 'reeldesk-bench-mail.jsonl'),
    onError: () => undefined,
  });
  const app = fastify();
  await registerLocalSupabase(app, supabase);
  await app.listen({ host: '127.0.0.1', port: 0 });
  return (app.server.address() as AddressInfo).port;
});
