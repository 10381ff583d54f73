import { z } from 'zod';
import { readRows, type Reader } from '../actor.ts';
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
