import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { creditInfo, userIdInput } from '@reeldesk/api/contract/credits';
import {
  createVideoGenerationInput,
  createVideoGenerationOutput,
  listVideosInput,
} from '@reeldesk/api/contract/videos';
import type { Context } from '@reeldesk/api/trpc';
import { createDatabase } from '@reeldesk/db/client';
import { video } from '@reeldesk/db/shapes';
import { createApp } from '@reeldesk/server/app';
import { createBearerReader } from '@reeldesk/server/auth/bearer';
import { createLogger } from '@reeldesk/server/http/log';
import { initTRPC, TRPCError } from '@trpc/server';
import { z } from 'zod';
import { serve } from './listening.ts';

// The same job as most would write it: Prisma's models in a transaction, the books kept by the application. Behind the
// same server, with its token, its limits, its log and its metrics.
const t = initTRPC.context<Context>().create();

function userIdOf({ actor }: Context): string {
  if (actor.kind !== 'user') {
    throw new TRPCError({ code: 'UNAUTHORIZED' });
  }
  return actor.userId;
}

// As models give a video: moments are Dates, and what the database checks is any text.
const modelVideo = video.extend({
  videoType: z.string(),
  status: z.string(),
  createdAt: z.date(),
  updatedAt: z.date(),
  deletedAt: z.date().nullable(),
});
const modelPage = z.object({ items: z.array(modelVideo), hasMore: z.boolean() });

const router = t.router({
  videos: t.router({
    createVideoGeneration: t.procedure
      .input(createVideoGenerationInput)
      .output(createVideoGenerationOutput)
      .mutation(({ ctx, input }) =>
        ctx.db.$transaction(
          async (tx) => {
            if (input.userId !== userIdOf(ctx)) {
              throw new TRPCError({ code: 'FORBIDDEN' });
            }
            const price = await tx.creditPrice.findUnique({
              where: { resolution_quality: { resolution: input.resolution, quality: input.quality } },
            });
            const creditsUsed = (price?.creditsPerSecond ?? Number.NaN) * input.durationSeconds;
            const [profile] = await tx.profile.updateManyAndReturn({
              where: { id: input.userId, credits: { gte: creditsUsed }, closedAt: null },
              data: { credits: { decrement: creditsUsed }, ledgerEntries: { increment: 1 } },
            });
            if (!profile) {
              throw new TRPCError({ code: 'PAYMENT_REQUIRED' });
            }
            const now = new Date();
            const { userId, prompt, videoType, imageUrl, durationSeconds, resolution, quality } = input;
            const created = await tx.video.create({
              data: {
                id: randomUUID(),
                userId,
                prompt,
                videoType,
                imageUrl,
                durationSeconds,
                resolution,
                quality,
                status: 'pending',
                creditsUsed,
                createdAt: now,
                updatedAt: now,
              },
            });
            const entry = await tx.creditTransaction.create({
              data: {
                id: randomUUID(),
                userId,
                entryNo: profile.ledgerEntries,
                amount: -creditsUsed,
                type: 'charge',
                balanceAfter: profile.credits,
                videoId: created.id,
                actorId: userId,
                createdAt: now,
                videoType,
                resolution,
                quality,
              },
            });
            return {
              success: true as const,
              videoId: created.id,
              transactionId: entry.id,
              creditsUsed,
              creditsRemaining: profile.credits,
              message: 'Video generation started successfully',
            };
          },
          { maxWait: 30_000, timeout: 60_000 },
        ),
      ),
    listVideos: t.procedure
      .input(listVideosInput)
      .output(modelPage)
      .query(async ({ ctx, input }) => {
        const found = await ctx.db.video.findMany({
          where: { userId: userIdOf(ctx), deletedAt: null },
          orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
          take: input.limit + 1,
        });
        return { items: found.slice(0, input.limit), hasMore: found.length > input.limit };
      }),
  }),
  credits: t.router({
    getCreditInfo: t.procedure
      .input(userIdInput)
      .output(creditInfo)
      .query(async ({ ctx, input }) => {
        const where = { userId: input.userId, deletedAt: null };
        const [profile, byStatus] = await Promise.all([
          ctx.db.profile.findUniqueOrThrow({ where: { id: input.userId } }),
          ctx.db.video.groupBy({ by: ['status'], where, _count: true }),
        ]);
        const count = (status: string) => byStatus.find((each) => each.status === status)?.['_count'] ?? 0;
        return {
          credits: profile.credits,
          totalVideos: byStatus.reduce((sum, each) => sum + each['_count'], 0),
          videosPending: count('pending'),
          videosProcessing: count('processing'),
        };
      }),
  }),
});

serve(async (setting) => {
  const { jwtSecret, issuer } = setting;
  const app = await createApp({
    db: createDatabase({ url: setting.modelsUrl, poolSize: setting.poolSize }),
    router,
    auth: null,
    sessions: null,
    localSupabase: null,
    readBearer: createBearerReader({
      supabaseUrl: issuer.replace('/auth/v1', ''),
      jwtSecret,
      secretKey: null,
      useJwks: false,
    }),
    adminDirectory: setting.folder,
    logger: createLogger('info'),
    callLimits: { perCaller: 1_000_000_000, perAddress: 1_000_000_000 },
    metrics: { token: null, ledgerCheckMinutes: 0 },
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  return (app.server.address() as AddressInfo).port;
});
