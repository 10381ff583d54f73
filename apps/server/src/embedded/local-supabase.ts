import { AsyncLocalStorage } from 'node:async_hooks';
import { appendFile } from 'node:fs/promises';
import { App } from '@supabase/lite';
import { createPostgresConnection } from '@supabase/lite/postgres';

// The package filters warnings and takes each for a string: one that is an error would make it throw.
const filterWarning = process.emitWarning.bind(process) as (warning: string, ...rest: unknown[]) => void;
process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
  if (warning instanceof Error) {
    process.emit('warning', warning);
  } else {
    filterWarning(warning, ...rest);
  }
};

export interface LocalSupabaseOptions {
  /** `postgres://…` of `supabase_auth_admin`, who owns what is in schema `auth`. */
  authDatabaseUrl: string;
  /** `postgres://…` of `authenticator`, who can only become a caller. */
  dataApiDatabaseUrl: string;
  siteUrl: string;
  jwtSecret: string;
  publishableKey: string;
  secretKey: string;
  /** Takes the mails that Auth would send, one JSON object a line; they hold secret links. */
  mailFile: string;
  /** Called with the kind of an error that the local Supabase met. */
  onError: (kind: string) => void;
}

/** Supabase Auth and Data API in this process, on the built-in database. */
export interface LocalSupabase {
  auth: (request: Request) => Promise<Response>;
  dataApi: (request: Request) => Promise<Response>;
  close(): Promise<void>;
}

type Settings = Pick<LocalSupabaseOptions, 'siteUrl' | 'jwtSecret' | 'publishableKey' | 'secretKey'>;

function settings({ siteUrl, jwtSecret, publishableKey, secretKey }: Settings) {
  return {
    api: { schemas: ['public'], max_rows: 1000 },
    auth: {
      enabled: true,
      site_url: siteUrl,
      jwt_secret: jwtSecret,
      publishable_key: publishableKey,
      secret_key: secretKey,
      jwt_expiry: 3600,
      minimum_password_length: 8,
      // There is no mail server here to confirm an address with.
      email: { enable_signup: true, enable_confirmations: false },
    },
    storage: { enabled: false },
    studio: { enabled: false },
    db: { migrations: { enabled: false } },
  };
}

/** Makes schema `auth` in an empty database, or adds what a newer version has; `url` is a superuser's. */
export async function createAuthSchema(url: string): Promise<void> {
  const connection = createPostgresConnection({ url, postgresOptions: { max: 1, onnotice: () => undefined } });
  try {
    const app = new App({
      connection,
      ...settings({ siteUrl: 'http://127.0.0.1', jwtSecret: 'unused', publishableKey: '', secretKey: '' }),
    });
    await app.ensureSystemSchema();
  } finally {
    await connection.close();
  }
}

/** Two apps, so that Auth's rights over `auth` are out of reach of the Data API. */
export function startLocalSupabase(options: LocalSupabaseOptions): LocalSupabase {
  const email = {
    send: (mail: object) => appendFile(options.mailFile, `${JSON.stringify(mail)}\n`, { mode: 0o600 }),
  };
  const shared = {
    ...settings(options),
    options: { server: { admin: false, disableStudio: true }, drivers: { email } },
  };
  const open = (url: string) =>
    createPostgresConnection({ url, postgresOptions: { max: 10, idle_timeout: 60, onnotice: () => undefined } });
  const authConnection = open(options.authDatabaseUrl);
  const dataApiConnection = open(options.dataApiDatabaseUrl);
  // The first request would grant ALL on every table with RLS to the callers' roles; our migrations say who may what.
  Object.assign(dataApiConnection, { rlsState: 'active' });
  const auth = new App({ connection: authConnection, ...shared });
  const dataApi = new App({ connection: dataApiConnection, ...shared });
  const peer = { peerAddress: '127.0.0.1' };
  return {
    auth: (request) => quietly(options.onError, () => auth.fetch(request, peer)),
    dataApi: (request) => quietly(options.onError, () => dataApi.fetch(request, peer)),
    close: async () => {
      await Promise.all([authConnection.close(), dataApiConnection.close()]);
    },
  };
}

const errorSink = new AsyncLocalStorage<(kind: string) => void>();
let isListening = false;

// It prints each error whole, with the values that the caller sent; the log gets its kind.
async function quietly<T>(onError: (kind: string) => void, run: () => T | Promise<T>): Promise<T> {
  if (!isListening) {
    isListening = true;
    const print = console.error;
    console.error = (...values: unknown[]) => {
      const sink = errorSink.getStore();
      if (!sink) {
        print(...values);
        return;
      }
      const error = values.find((value) => value instanceof Error);
      const code = error && 'code' in error ? error.code : undefined;
      sink(typeof code === 'string' ? code : (error?.name ?? 'Error'));
    };
  }
  return errorSink.run(onError, run);
}
