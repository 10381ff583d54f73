import { createApiKey, listApiKeys, revokeApiKey } from '@reeldesk/db/keys';
import {
  createApiKeyInput,
  createApiKeyOutput,
  listApiKeysInput,
  listApiKeysOutput,
  revokeApiKeyInput,
  revokeApiKeyOutput,
} from '../contract/keys.ts';
import { describe } from '../describe.ts';
import { exampleIds } from '../examples.ts';
import { router, signedInProcedure } from '../trpc.ts';

export const keysRouter = router({
  listApiKeys: signedInProcedure
    .meta(
      describe(listApiKeysInput, {
        description:
          'Lists all API keys, newest first, also those that are over. What would open anything is not among it.',
        whoMay: 'admins',
        reasons: ['forbidden'],
        example: { limit: 50 },
        rest: 'GET /api-keys',
      }),
    )
    .input(listApiKeysInput)
    .output(listApiKeysOutput)
    .query(({ ctx, input }) => listApiKeys(ctx.db, ctx.actor, input)),
  createApiKey: signedInProcedure
    .meta(
      describe(createApiKeyInput, {
        description:
          'Makes an API key in your name and shows it, this once. It acts as the back end, or as you, and ends with your role.',
        whoMay: 'admins who are signed in; not with another API key',
        reasons: ['forbidden'],
        example: { name: 'Video workers', role: 'backend', expiresAt: '2031-01-01T00:00:00Z' },
        rest: 'POST /api-keys',
      }),
    )
    .input(createApiKeyInput)
    .output(createApiKeyOutput)
    .mutation(({ ctx, input }) => createApiKey(ctx.db, ctx.actor, input)),
  revokeApiKey: signedInProcedure
    .meta(
      describe(revokeApiKeyInput, {
        description: 'Ends an API key at once, for good. Once more changes nothing.',
        whoMay: 'admins who are signed in; not with another API key',
        reasons: ['forbidden', 'api_key_not_found'],
        example: { keyId: exampleIds.key },
        rest: 'DELETE /api-keys/{keyId}',
      }),
    )
    .input(revokeApiKeyInput)
    .output(revokeApiKeyOutput)
    .mutation(({ ctx, input }) => revokeApiKey(ctx.db, ctx.actor, input)),
});
