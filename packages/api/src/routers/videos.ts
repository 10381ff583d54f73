import {
  completeVideoGeneration,
  createVideoGeneration,
  failVideoGeneration,
  getVideo,
  listDeletedVideos,
  listVideos,
  restoreVideo,
  softDeleteVideo,
  startVideoGeneration,
} from '@reeldesk/db/videos';
import {
  completeVideoGenerationInput,
  createVideoGenerationInput,
  createVideoGenerationOutput,
  failVideoGenerationInput,
  listDeletedVideosInput,
  listVideosInput,
  videoChanged,
  videoIdInput,
  videoPage,
  videoStatusOutput,
  videoWithOwner,
} from '../contract/videos.ts';
import { describe } from '../describe.ts';
import { exampleIds } from '../examples.ts';
import { router, signedInProcedure, withIdempotencyKey } from '../trpc.ts';

export const videosRouter = router({
  createVideoGeneration: signedInProcedure
    .meta(
      describe(createVideoGenerationInput, {
        description:
          'Creates a video and charges its account, together or not at all. The price is that of `listCreditPrices` times the seconds.',
        whoMay: "the account's owner, admins and the back end",
        reasons: ['forbidden', 'account_not_found', 'account_closed', 'insufficient_credits', 'idempotency_key_reused'],
        example: {
          userId: exampleIds.user,
          prompt: 'A beautiful sunset',
          videoType: 'text_to_video',
          durationSeconds: 5,
          resolution: '1920x1080',
          quality: 'high',
          idempotencyKey: 'sunset-1',
        },
        rest: 'POST /videos',
        takesIdempotencyKey: true,
      }),
    )
    .input(createVideoGenerationInput)
    .output(createVideoGenerationOutput)
    .mutation(({ ctx, input }) => createVideoGeneration(ctx.db, ctx.actor, withIdempotencyKey(ctx, input))),
  listVideos: signedInProcedure
    .meta(
      describe(listVideosInput, {
        description:
          "Active videos, newest first unless asked otherwise: an end user's own, for staff everybody's or one account's.",
        whoMay: 'everybody who is signed in, of his own; staff and the back end of all',
        example: {
          status: ['failed'],
          videoType: ['text_to_video'],
          createdFrom: '2026-06-01T00:00:00Z',
          sort: 'oldest',
          limit: 20,
        },
        rest: 'GET /videos',
      }),
    )
    .input(listVideosInput)
    .output(videoPage)
    .query(({ ctx, input }) => listVideos(ctx.db, ctx.actor, input)),
  listDeletedVideos: signedInProcedure
    .meta(
      describe(listDeletedVideosInput, {
        description:
          "Deleted videos, newest deletion first: an end user's own, for staff everybody's or one account's.",
        whoMay: 'everybody who is signed in, of his own; staff and the back end of all',
        reasons: ['forbidden'],
        example: { limit: 20 },
        rest: 'GET /deleted-videos',
      }),
    )
    .input(listDeletedVideosInput)
    .output(videoPage)
    .query(({ ctx, input }) => listDeletedVideos(ctx.db, ctx.actor, input)),
  getVideo: signedInProcedure
    .meta(
      describe(videoIdInput, {
        description: 'One video. A deleted one is gone for its owner.',
        whoMay: "the video's owner, staff and the back end",
        reasons: ['video_not_found'],
        example: { videoId: exampleIds.video },
        rest: 'GET /videos/{videoId}',
      }),
    )
    .input(videoIdInput)
    .output(videoWithOwner)
    .query(({ ctx, input }) => getVideo(ctx.db, ctx.actor, input)),
  softDeleteVideo: signedInProcedure
    .meta(
      describe(videoIdInput, {
        description: 'Hides a video from its owner until it is restored. Gives no credits back.',
        whoMay: "the video's owner and admins",
        reasons: ['video_not_found', 'already_deleted'],
        example: { videoId: exampleIds.video },
        rest: 'DELETE /videos/{videoId}',
      }),
    )
    .input(videoIdInput)
    .output(videoChanged)
    .mutation(async ({ ctx, input }) => {
      await softDeleteVideo(ctx.db, ctx.actor, input);
      return { success: true, videoId: input.videoId };
    }),
  restoreVideo: signedInProcedure
    .meta(
      describe(videoIdInput, {
        description: 'Brings a deleted video back, unless it was purged or its account is closed.',
        whoMay: "the video's owner and admins",
        reasons: ['video_not_found', 'not_deleted', 'account_closed'],
        example: { videoId: exampleIds.video },
        rest: 'POST /videos/{videoId}/restore',
      }),
    )
    .input(videoIdInput)
    .output(videoChanged)
    .mutation(async ({ ctx, input }) => {
      await restoreVideo(ctx.db, ctx.actor, input);
      return { success: true, videoId: input.videoId };
    }),
  startVideoGeneration: signedInProcedure
    .meta(
      describe(videoIdInput, {
        description: 'Says that the provider works on a video: pending becomes processing.',
        whoMay: 'the back end',
        reasons: ['forbidden', 'video_not_found', 'invalid_status_change'],
        example: { videoId: exampleIds.video },
        rest: 'POST /videos/{videoId}/start',
      }),
    )
    .input(videoIdInput)
    .output(videoStatusOutput)
    .mutation(({ ctx, input }) => startVideoGeneration(ctx.db, ctx.actor, input)),
  completeVideoGeneration: signedInProcedure
    .meta(
      describe(completeVideoGenerationInput, {
        description: 'Says where the finished video is: processing becomes completed.',
        whoMay: 'the back end',
        reasons: ['forbidden', 'video_not_found', 'invalid_status_change'],
        example: { videoId: exampleIds.video, videoUrl: 'https://cdn.example.com/sunset.mp4' },
        rest: 'POST /videos/{videoId}/complete',
      }),
    )
    .input(completeVideoGenerationInput)
    .output(videoStatusOutput)
    .mutation(({ ctx, input }) => completeVideoGeneration(ctx.db, ctx.actor, input)),
  failVideoGeneration: signedInProcedure
    .meta(
      describe(failVideoGenerationInput, {
        description: 'Says that a video failed, and gives back what is left of its charge in the same transaction.',
        whoMay: 'the back end',
        reasons: ['forbidden', 'video_not_found', 'invalid_status_change'],
        example: { videoId: exampleIds.video, error: 'The provider timed out' },
        rest: 'POST /videos/{videoId}/fail',
      }),
    )
    .input(failVideoGenerationInput)
    .output(videoStatusOutput)
    .mutation(({ ctx, input }) => failVideoGeneration(ctx.db, ctx.actor, input)),
});
