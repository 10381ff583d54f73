import { account } from '@reeldesk/db/shapes';
import { z } from 'zod';
import { cursor, int32, pageLimit, uuid } from './common.ts';

export { account, accountDetails as getAccountOutput } from '@reeldesk/db/shapes';
export type { Account } from '@reeldesk/db/shapes';

/** By when they were made, or by balance; `newest` without it. */
export const accountSort = z.enum(['newest', 'oldest', 'most_credits', 'fewest_credits']);

export const listAccountsInput = z.object({
  /** An e-mail or its beginning (admins only), an account id, or a video id. */
  search: z.string().trim().max(200).optional(),
  sort: accountSort.optional(),
  /** `open`: somebody can sign in; `closed`: the login is gone. */
  state: z.enum(['open', 'closed']).optional(),
  /** Balance in credits, inclusive. */
  minCredits: int32.optional(),
  maxCredits: int32.optional(),
  limit: pageLimit,
  cursor: cursor.nullish(),
});
export const listAccountsOutput = z.object({ items: z.array(account), nextCursor: cursor.nullable() });

export const getAccountInput = z.object({ userId: uuid });
