import { z } from 'zod';
import { readAs, readAsStaff, readRows, readTimeouts, type Actor, type Reader } from '../actor.ts';
import type { Database } from '../client.ts';
import { ReeldeskError } from '../errors.ts';
import { Prisma } from '../generated/client.ts';
import { uuid } from '../shapes.ts';

/**
 * Whose rows a report is of: everybody's or one account's for staff, for anybody else his own. Only for a good
 * message: policies decide.
 */
export async function accountInReach(
  tx: Prisma.TransactionClient,
  reader: Reader,
  userId: string | undefined,
): Promise<string | undefined> {
  if (reader === 'anon') {
    throw new ReeldeskError('not_signed_in', 'Nobody is signed in.', { hint: 'Sign in and call again.' });
  }
  if (reader !== 'user') {
    return userId;
  }
  const [own] = await readRows(tx, Prisma.sql`select auth.uid() as id`, z.object({ id: uuid }));
  return ownAccount(own!.id, userId);
}

/** An end user's own account; raises `forbidden` when he asked about another. */
export function ownAccount(ownId: string, userId: string | undefined): string {
  if (userId !== undefined && userId.toLowerCase() !== ownId) {
    throw new ReeldeskError('forbidden', 'You may not do this.', { hint: 'Ask for your own usage.' });
  }
  return ownId;
}

/** As `readAs`, with the time that a report may take; past it the caller is told what would take less. */
export async function readReportAs<T>(
  db: Database,
  actor: Actor,
  read: (tx: Prisma.TransactionClient, reader: Reader) => Promise<T>,
): Promise<T> {
  return inTime((limitMs) => readAs(db, actor, read, limitMs));
}

/** As `readReportAs`, for staff and the back end. */
export async function readReportAsStaff<T>(
  db: Database,
  actor: Actor,
  read: (tx: Prisma.TransactionClient) => Promise<T>,
): Promise<T> {
  return inTime((limitMs) => readAsStaff(db, actor, read, limitMs));
}

/** Whether a report was given up because it took too long: another database would not be faster. */
export function isOutOfTime(error: unknown): boolean {
  return error instanceof ReeldeskError && error.reason === 'unavailable' && 'limitSeconds' in error.details;
}

async function inTime<T>(read: (limitMs: number) => Promise<T>): Promise<T> {
  const limitMs = readTimeouts.reportMs;
  try {
    return await read(limitMs);
  } catch (error) {
    if (!isStatementTimeout(error)) {
      throw error;
    }
    const limitSeconds = limitMs / 1000;
    throw new ReeldeskError('unavailable', `This report takes longer than ${limitSeconds} seconds.`, {
      details: { limitSeconds },
      hint: 'Ask for a shorter range, or take a filter off.',
      cause: error,
    });
  }
}

// An administrator's cancel has the same SQLSTATE.
const statementTimeout = z.object({
  cause: z.object({
    meta: z.object({
      driverAdapterError: z.object({
        cause: z.object({ originalCode: z.literal('57014'), originalMessage: z.string().regex(/statement timeout/) }),
      }),
    }),
  }),
});

function isStatementTimeout(error: unknown): boolean {
  return error instanceof ReeldeskError && statementTimeout.safeParse(error).success;
}
