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
import { router, signedInProcedure } from '../trpc.ts';

export const videosRouter = router({
  createVideoGeneration: signedInProcedure
    .input(createVideoGenerationInput)
    .output(createVideoGenerationOutput)
    .mutation(({ ctx, input }) => createVideoGeneration(ctx.db, ctx.actor, input)),
  listVideos: signedInProcedure
    .input(listVideosInput)
    .output(videoPage)
    .query(({ ctx, input }) => listVideos(ctx.db, ctx.actor, input)),
  listDeletedVideos: signedInProcedure
    .input(listDeletedVideosInput)
    .output(videoPage)
    .query(({ ctx, input }) => listDeletedVideos(ctx.db, ctx.actor, input)),
  getVideo: signedInProcedure
    .input(videoIdInput)
    .output(videoWithOwner)
    .query(({ ctx, input }) => getVideo(ctx.db, ctx.actor, input)),
  softDeleteVideo: signedInProcedure
    .input(videoIdInput)
    .output(videoChanged)
    .mutation(async ({ ctx, input }) => {
      await softDeleteVideo(ctx.db, ctx.actor, input);
      return { success: true, videoId: input.videoId };
    }),
  restoreVideo: signedInProcedure
    .input(videoIdInput)
    .output(videoChanged)
    .mutation(async ({ ctx, input }) => {
      await restoreVideo(ctx.db, ctx.actor, input);
      return { success: true, videoId: input.videoId };
    }),
  startVideoGeneration: signedInProcedure
    .input(videoIdInput)
    .output(videoStatusOutput)
    .mutation(({ ctx, input }) => startVideoGeneration(ctx.db, ctx.actor, input)),
  completeVideoGeneration: signedInProcedure
    .input(completeVideoGenerationInput)
    .output(videoStatusOutput)
    .mutation(({ ctx, input }) => completeVideoGeneration(ctx.db, ctx.actor, input)),
  failVideoGeneration: signedInProcedure
    .input(failVideoGenerationInput)
    .output(videoStatusOutput)
    .mutation(({ ctx, input }) => failVideoGeneration(ctx.db, ctx.actor, input)),
});
