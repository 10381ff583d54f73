import { readFile } from 'node:fs/promises';
import pg from 'pg';

export interface SeedDemoDataOptions {
  /** `postgres://…` of the schema's owner, `postgres` on Supabase. */
  url: string;
  /** Another number makes other data; the same one on the same day the same rows, ids included. */
  seed?: number;
  /** The moment the 90 days end at; now unless given. */
  now?: Date;
  /** Put demo data beside accounts that are no staff, instead of refusing. */
  besideOtherAccounts?: boolean;
  /** Called with a line of plain text as the work goes on. */
  onProgress?: (message: string) => void;
}

export interface DemoDataCounts {
  accounts: number;
  videos: number;
  ledgerEntries: number;
}

/** Raised when a database already has demo data, or accounts of its own; nothing was changed. */
export class DemoDataRefusedError extends Error {
  override readonly name = 'DemoDataRefusedError';
}

// From src and from dist alike.
const seedFile = new URL('../../../supabase/seed.sql', import.meta.url);

/**
 * Fills a migrated database with some 200 accounts and 90 days of their history, in one transaction,
 * by `supabase/seed.sql`. Answers what the database holds then.
 * Raises `DemoDataRefusedError` when there is demo data already, or accounts that are no staff.
 */
export async function seedDemoData(options: SeedDemoDataOptions): Promise<DemoDataCounts> {
  const { url, seed = 20251007, now, besideOtherAccounts = false, onProgress } = options;
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`The seed of the demo data must be a whole number, not ${seed}.`);
  }
  const sql = await readFile(seedFile, 'utf8');
  const client = new pg.Client({ connectionString: url, application_name: 'reeldesk demo data' });
  client.on('notice', ({ message }) => message?.startsWith('demo data: ') && onProgress?.(message));
  await client.connect();
  try {
    await client.query('begin');
    await client.query(
      `select set_config('reeldesk.demo_seed', $1, true), set_config('reeldesk.demo_now', $2, true),
        set_config('reeldesk.demo_beside_accounts', $3, true)`,
      [String(seed), now?.toISOString() ?? '', besideOtherAccounts ? 'on' : ''],
    );
    await client.query(sql);
    await client.query('commit');
    // Thousands of balances moved in one transaction: clear what they left, and know the new sizes.
    await client.query('vacuum (analyze) public.profiles, public.videos, public.credit_transactions, public.audit_log');
    return await countRows(client);
  } catch (error) {
    throw refusal(error) ?? error;
  } finally {
    await client.end();
  }
}

async function countRows(client: pg.Client): Promise<DemoDataCounts> {
  const { rows } = await client.query<DemoDataCounts>(`
    select (select count(*)::integer from public.profiles) as accounts,
      (select count(*)::integer from public.videos) as videos,
      (select count(*)::integer from public.credit_transactions) as "ledgerEntries"`);
  const [counts] = rows;
  if (!counts) {
    throw new Error('The database answered no counts.');
  }
  return counts;
}

function refusal(error: unknown): DemoDataRefusedError | null {
  if (error instanceof pg.DatabaseError && error.code === 'RD001') {
    return new DemoDataRefusedError([error.message, error.hint].filter(Boolean).join(' '), { cause: error });
  }
  return null;
}
