import { ReeldeskError } from '@reeldesk/db/errors';
import { tracked } from '@trpc/server';
import { changesInput, type LiveEvent } from '../contract/live.ts';
import { describe } from '../describe.ts';
import { signedInProcedure, router, withCode } from '../trpc.ts';

export const liveRouter = router({
  /** What changes from now on, each caller's own part of it: a stream that goes on where it broke off. */
  changes: signedInProcedure
    .meta(
      describe(changesInput, {
        description: "Streams what changes from now on, each caller's own part of it. It goes on where it broke off.",
        whoMay: 'everybody who is signed in, of his own; staff and the back end of all',
        example: {},
        rest: null,
      }),
    )
    .input(changesInput)
    .subscription(async function* ({ ctx, input, signal }) {
      const { live, actor, expiresAt, isSignedIn } = ctx;
      try {
        if (!live) {
          throw new ReeldeskError('unavailable', 'This server streams no changes.', {
            hint: 'Read again from time to time, or start it with LIVE_UPDATES=on.',
          });
        }
        for await (const event of live.subscribe(actor, { ...input, expiresAt, isSignedIn, signal })) {
          yield tracked(event.id, event satisfies LiveEvent);
        }
      } catch (error) {
        // Beyond the middleware that does this for answers.
        throw error instanceof ReeldeskError ? withCode(error) : error;
      }
    }),
});
