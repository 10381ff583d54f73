import { fileURLToPath } from 'node:url';
import { createDatabase } from '@reeldesk/db/client';
import { createLiveUpdates } from '@reeldesk/db/live-updates';
import { createReportDatabase } from '@reeldesk/db/usage/replica';
import type { FastifyBaseLogger } from 'fastify';
import { createApp, type AppOptions } from './app.ts';
import { createBearerReader } from './auth/bearer.ts';
import { createSessionStore } from './auth/session-store.ts';
import { createSupabaseAuth } from './auth/supabase-auth.ts';
import { startEmbedded, type Embedded } from './embedded/start.ts';
import type { SignIns } from './embedded/first-staff.ts';
import type { Config } from './env.ts';
import { prepareExternalDatabase } from './external-database.ts';
import { choosePort, explainListenError } from './port.ts';
import { startUsageRollUp } from './usage-roll-up.ts';

export interface RunningServer {
  url: string;
  /** Of the people made on the first start; empty outside of the embedded default. */
  signIns: SignIns;
  supabase: { url: string; publishableKey: string } | null;
  advice: string[];
  /** The built-in database's end; never outside of the embedded default. */
  databaseEnded: Promise<void>;
  stop(): Promise<void>;
}

const adminDirectory = fileURLToPath(new URL('../../admin/dist/', import.meta.url));

type Connected = Pick<AppOptions, 'auth' | 'readBearer' | 'localSupabase'> & {
  databaseUrl: string;
  sessionSecret: string | null;
};

/** Starts everything that the configuration asks for; when a part fails, those before it are stopped. */
export async function startServer(
  config: Config,
  logger: FastifyBaseLogger,
  onProgress: (message: string) => void,
): Promise<RunningServer> {
  const { host } = config;
  const port = await choosePort(config.port, host);
  const url = `http://${addressToShow(host)}:${port}`;
  let embedded: Embedded | undefined;
  const advice: string[] = [];
  if (config.database.kind === 'embedded') {
    embedded = await startEmbedded({
      dataDir: config.dataDir,
      url,
      demoData: config.demoData !== 'off',
      demoSeed: config.demoSeed,
      onProgress,
      onSupabaseError: (kind) => logger.info({ kind }, 'The local Supabase refused a request'),
    });
  } else {
    advice.push(...(await prepareExternalDatabase({ ...config.database, ...config, onProgress })));
  }
  if (!['127.0.0.1', 'localhost', '::1'].includes(host)) {
    advice.push(
      'Browsers on other machines keep a sign-in only over https: put a TLS proxy in front, and set TRUST_PROXY to its address.',
    );
  }
  const { databaseUrl, sessionSecret, ...connected } = embedded
    ? connectEmbedded(embedded, url)
    : connectExternal(config);
  // Before the first database client, which looks for it when it is made.
  const tracing = config.tracing && (await (await import('./http/tracing.ts')).startTracing(config.tracing));
  const db = createDatabase({
    ...config,
    url: databaseUrl,
    onPoolError: () => logger.warn('A database connection was lost'),
    traceSharedStatement: tracing?.traceSharedStatement,
  });
  const live = config.liveUpdates ? createLiveUpdates({ db, url: databaseUrl }) : null;
  const rollUp = startUsageRollUp({ database: { ...config, url: databaseUrl }, logger });
  const reports = config.replica
    ? createReportDatabase({ primary: db, replica: { ...config, url: config.replica.url }, ...config.replica })
    : undefined;
  const stopDatabase = async () => {
    await reports?.close();
    await rollUp.stop();
    await live?.close();
    await tracing?.stop().catch(() => logger.warn('The last traces could not be sent'));
    await db.$disconnect();
    await embedded?.stop();
  };
  try {
    const sessions =
      connected.auth && sessionSecret !== null ? createSessionStore(db, connected.auth, sessionSecret) : null;
    const app = await createApp({
      ...config,
      ...connected,
      db,
      sessions,
      live,
      reports,
      tracing,
      adminDirectory,
      logger,
    });
    await app.listen({ port, host }).catch((error: unknown) => {
      throw explainListenError(error, port, host);
    });
    return {
      url,
      signIns: embedded?.signIns ?? [],
      supabase: embedded ? { url, publishableKey: embedded.secrets.publishableKey } : null,
      advice,
      databaseEnded: embedded?.ended ?? new Promise(() => undefined),
      stop: async () => {
        await app.close();
        await stopDatabase();
      },
    };
  } catch (error) {
    await stopDatabase();
    throw error;
  }
}

function addressToShow(host: string): string {
  if (host === '0.0.0.0' || host === '::') {
    return '127.0.0.1';
  }
  return host.includes(':') ? `[${host}]` : host;
}

function connectEmbedded({ databaseUrl, secrets, supabase }: Embedded, url: string): Connected {
  const { jwtSecret, secretKey, publishableKey, sessionSecret } = secrets;
  return {
    databaseUrl,
    sessionSecret,
    localSupabase: supabase,
    auth: createSupabaseAuth({ url, publishableKey, fetch: supabase.auth }),
    readBearer: createBearerReader({ supabaseUrl: url, jwtSecret, secretKey, useJwks: false, issuerIsOptional: true }),
  };
}

function connectExternal({ database, supabase, sessionSecret }: Config): Connected {
  if (database.kind !== 'external') {
    throw new Error('Only a given database is connected here.');
  }
  const { publishableKey, url = '', jwtSecret = null, secretKey = null } = supabase ?? { publishableKey: null };
  return {
    databaseUrl: database.url,
    sessionSecret,
    localSupabase: null,
    auth: publishableKey === null ? null : createSupabaseAuth({ url, publishableKey, fetch }),
    readBearer: supabase && createBearerReader({ supabaseUrl: url, jwtSecret, secretKey, useJwks: true }),
  };
}
