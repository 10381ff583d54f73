import type { Database } from './client.ts';
import { Prisma } from './generated/client.ts';

/** How many promises of the ledger are broken: none when the books balance. Reads the whole ledger, a minute at most. */
export async function countLedgerProblems(db: Database): Promise<number> {
  const [, rows] = await db.$transaction([
    db.$queryRaw(Prisma.sql`select set_config('statement_timeout', '60000', true)`),
    db.$queryRaw<[{ problems: number }]>(Prisma.sql`select reeldesk.count_ledger_problems() as problems`),
  ]);
  return rows[0].problems;
}

/** How many browsers are signed in, unused ones included until they end. */
export async function countSessions(db: Database): Promise<number> {
  const rows = await db.$queryRaw<[{ sessions: number }]>(
    Prisma.sql`select count(*)::integer as sessions from reeldesk.sessions where expires_at > now()`,
  );
  return rows[0].sessions;
}
