import { apiKey, apiKeyRole } from '@reeldesk/db/shapes';
import { z } from 'zod';
import { cursor, pageLimit, timestamp, uuid } from './common.ts';

export { apiKey as revokeApiKeyOutput, apiKeyRole } from '@reeldesk/db/shapes';
export type { ApiKey, ApiKeyRole } from '@reeldesk/db/shapes';

export const createApiKeyInput = z.object({
  /** What it is for, as the list of keys shows it. */
  name: z.string().trim().min(1, 'must not be empty').max(100),
  /** `backend`: acts as the back end in your name. `staff`: acts as you, with your role. */
  role: apiKeyRole,
  /** When it ends; without it, with your role. */
  expiresAt: timestamp.nullish(),
});
/** `key` is the key itself: it is shown here and never again. */
export const createApiKeyOutput = apiKey.extend({ key: z.string() });

export const revokeApiKeyInput = z.object({ keyId: uuid });

export const listApiKeysInput = z.object({ limit: pageLimit, cursor: cursor.nullish() });
export const listApiKeysOutput = z.object({ items: z.array(apiKey), nextCursor: cursor.nullable() });
