import { account } from '@reeldesk/db/shapes';
import { z } from 'zod';
import { cursor, pageLimit, uuid } from './common.ts';

export { account, accountDetails as getAccountOutput } from '@reeldesk/db/shapes';
export type { Account } from '@reeldesk/db/shapes';

export const listAccountsInput = z.object({
  /** An e-mail or its beginning (admins only), an account id, or a video id. */
  search: z.string().trim().max(200).optional(),
  limit: pageLimit,
  cursor: cursor.nullish(),
});
export const listAccountsOutput = z.object({ items: z.array(account), nextCursor: cursor.nullable() });

export const getAccountInput = z.object({ userId: uuid });
