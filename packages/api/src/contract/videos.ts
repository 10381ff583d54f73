import { z } from 'zod';
import { videoWithOwner } from '@reeldesk/db/shapes';
import { createdRange, cursor, idempotencyKey, pageLimit, uuid, videoStatus, videoType } from './common.ts';

export {
  video,
  videoCreated as createVideoGenerationOutput,
  videoStatusChanged as videoStatusOutput,
  videoWithOwner,
} from '@reeldesk/db/shapes';
export type { Video, VideoWithOwner } from '@reeldesk/db/shapes';

/** The longest prompt, in characters; `private.max_prompt_length()` in the database is the same. */
export const MAX_PROMPT_LENGTH = 4000;
/** The longest generation, in seconds; `private.max_duration_seconds()` in the database is the same. */
export const MAX_DURATION_SECONDS = 300;

export const createVideoGenerationInput = z.object({
  userId: uuid,
  prompt: z.string().trim().min(1, 'must not be empty').max(MAX_PROMPT_LENGTH),
  videoType: videoType,
  imageUrl: z
    .url({ protocol: /^https?$/, error: 'must be an http or https address' })
    .nullable()
    .default(null),
  durationSeconds: z.int().min(1).max(MAX_DURATION_SECONDS),
  resolution: z.string().min(1).max(40),
  quality: z.string().min(1).max(40),
  idempotencyKey: idempotencyKey.optional(),
});
export const videoIdInput = z.object({ videoId: uuid });

export const completeVideoGenerationInput = z.object({
  videoId: uuid,
  videoUrl: z.url({ protocol: /^https?$/, error: 'must be an http or https address' }),
});
export const failVideoGenerationInput = z.object({ videoId: uuid, error: z.string().trim().min(1).max(2000) });
export const listVideosInput = z.object({
  /** Only this account's; without it staff see everybody's, an end user always sees his own. */
  userId: uuid.optional(),
  status: z.array(videoStatus).max(4).optional(),
  videoType: z.array(videoType).max(2).optional(),
  resolution: z.array(z.string().max(40)).max(20).optional(),
  ...createdRange,
  /** By when they were made; `newest` without it. */
  sort: z.enum(['newest', 'oldest']).optional(),
  limit: pageLimit,
  cursor: cursor.nullish(),
});
export const listDeletedVideosInput = z.object({
  userId: uuid.optional(),
  limit: pageLimit,
  cursor: cursor.nullish(),
});
export const videoPage = z.object({ items: z.array(videoWithOwner), nextCursor: cursor.nullable() });

/** The answer to a deletion or a restoration. */
export const videoChanged = z.object({ success: z.literal(true), videoId: uuid });
