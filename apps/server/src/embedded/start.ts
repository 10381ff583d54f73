import { join } from 'node:path';
import { seedDemoData } from '@reeldesk/db/demo-data';
import { startEmbeddedPostgres } from '@reeldesk/db/embedded-postgres';
import { ensureFirstStaff, type SignIns } from './first-staff.ts';
import { prepareLocalDatabase, withClient } from './local-database.ts';
import { startLocalSupabase, type LocalSupabase } from './local-supabase.ts';
import { loadSecrets, writePrivateJson, type Secrets } from './secrets.ts';

export interface EmbeddedOptions {
  dataDir: string;
  /** The server's own address, where its Supabase is reached too. */
  url: string;
  demoData: boolean;
  demoSeed: number | undefined;
  onProgress: (message: string) => void;
  onSupabaseError: (kind: string) => void;
}

export interface Embedded {
  databaseUrl: string;
  supabase: LocalSupabase;
  secrets: Secrets;
  signIns: SignIns;
  /** PostgreSQL's end, asked for or not. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

/** The built-in database with Supabase on it, migrated and filled; on the first start made, then kept in `dataDir`. */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { dataDir, url, onProgress } = options;
  const secrets = await loadSecrets(dataDir);
  const postgres = await startEmbeddedPostgres({ dataDir, superuserPassword: secrets.superuserPassword, onProgress });
  let supabase: LocalSupabase | undefined;
  try {
    const urls = await prepareLocalDatabase({
      superuserUrl: (database) => postgres.superuserUrl(database),
      databaseName: 'reeldesk',
      passwords: {
        postgres: secrets.ownerPassword,
        reeldesk_api: secrets.apiPassword,
        authenticator: secrets.dataApiPassword,
        supabase_auth_admin: secrets.authPassword,
      },
      onProgress,
    });
    supabase = startLocalSupabase({
      authDatabaseUrl: urls.supabase_auth_admin,
      dataApiDatabaseUrl: urls.authenticator,
      siteUrl: url,
      jwtSecret: secrets.jwtSecret,
      publishableKey: secrets.publishableKey,
      secretKey: secrets.secretKey,
      mailFile: join(dataDir, 'mail.jsonl'),
      onError: options.onSupabaseError,
    });
    const signIns = await ensureFirstStaff({
      dataDir,
      ownerUrl: urls.postgres,
      publishableKey: secrets.publishableKey,
      auth: supabase.auth,
    });
    if (options.demoData && (await isEmpty(urls.postgres))) {
      await seedDemoData({
        url: urls.postgres,
        onProgress,
        ...(options.demoSeed !== undefined && { seed: options.demoSeed }),
      });
    }
    await writePrivateJson(join(dataDir, 'connection.json'), {
      databaseUrl: urls.postgres,
      supabaseUrl: url,
      publishableKey: secrets.publishableKey,
    });
    const running = supabase;
    return {
      databaseUrl: urls.reeldesk_api,
      supabase,
      secrets,
      signIns,
      ended: postgres.ended,
      stop: async () => {
        await running.close().catch(() => undefined);
        await postgres.stop();
      },
    };
  } catch (error) {
    await supabase?.close().catch(() => undefined);
    await postgres.stop();
    throw error;
  }
}

async function isEmpty(ownerUrl: string): Promise<boolean> {
  return withClient(ownerUrl, async (client) => {
    const { rows } = await client.query<{ empty: boolean }>(`
      select not exists (
        select from public.profiles p where not exists (select from public.staff_members s where s.user_id = p.id)
      ) and not exists (select from public.credit_transactions) as empty`);
    return rows[0]?.empty === true;
  });
}
