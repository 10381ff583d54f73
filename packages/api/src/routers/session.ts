import { getSession } from '@reeldesk/db/session';
import { currentSession } from '../contract/session.ts';
import { describe } from '../describe.ts';
import { procedure, router } from '../trpc.ts';

export const sessionRouter = router({
  /** Who is calling, as the database sees him; also answers when nobody is signed in. */
  getSession: procedure
    .meta(
      describe(null, {
        description: 'Who is calling, as the database sees him. Also answers when nobody is signed in.',
        whoMay: 'everybody',
        example: undefined,
        rest: 'GET /session',
      }),
    )
    .output(currentSession)
    .query(async ({ ctx }) => ({
      ...(await getSession(ctx.db, ctx.actor)),
      expiresAt: ctx.expiresAt,
    })),
});
