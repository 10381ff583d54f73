import { z } from 'zod';
import { callFunction, callShared, parseAs, readAs, readRows, type Actor, type Reader } from './actor.ts';
import type { Database } from './client.ts';
import { cursorShapes, decodeCursor, keysetOrder, toPage } from './cursor.ts';
import { ReeldeskError } from './errors.ts';
import { Prisma } from './generated/client.ts';
import {
  timestamp,
  uuid,
  videoCreated,
  videoStatusChanged,
  videoWithOwner,
  type VideoStatus,
  type VideoType,
  type VideoWithOwner,
} from './shapes.ts';

interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/**
 * The columns of `videoWithOwner`, from `videos v` and `profiles p`, as far as the reader may have them:
 * analysts get no prompt, no e-mail, and no text or address that may repeat one.
 */
export function videoColumns(reader: Reader): Prisma.Sql {
  const content =
    reader === 'analyst'
      ? Prisma.sql`null::text as prompt, null::text as image_url, null::text as video_url,
          null::text as error_message, null::text as owner_email`
      : Prisma.sql`v.prompt, v.image_url, v.video_url, v.error_message, p.email as owner_email`;
  return Prisma.sql`v.id, v.user_id, ${content}, v.video_type, v.duration_seconds, v.resolution, v.quality, v.status,
    v.credits_used, v.created_at, v.updated_at, v.deleted_at`;
}

/** Charges an account and creates its video, together or not at all. For the owner, an admin, the back end. */
export async function createVideoGeneration(
  db: Database,
  actor: Actor,
  input: {
    userId: string;
    prompt: string;
    videoType: VideoType;
    imageUrl: string | null;
    durationSeconds: number;
    resolution: string;
    quality: string;
    idempotencyKey?: string | undefined;
  },
): Promise<z.infer<typeof videoCreated>> {
  const { userId, prompt, videoType, imageUrl, durationSeconds, resolution, quality, idempotencyKey = null } = input;
  return callShared(
    db,
    actor,
    'create_video_generation',
    [userId, prompt, videoType, imageUrl, durationSeconds, resolution, quality, idempotencyKey],
    userId,
    parseAs(videoCreated),
    idempotencyKey !== null,
  );
}

/** Hides a video from its owner. For the owner or an admin; raises `already_deleted`, `video_not_found`. */
export async function softDeleteVideo(db: Database, actor: Actor, input: { videoId: string }): Promise<void> {
  await callFunction(db, actor, 'soft_delete_video', [Prisma.sql`${input.videoId}::uuid`], z.literal(true));
}

/** Brings a soft-deleted video back. For the owner or an admin; raises `not_deleted`, `account_closed`. */
export async function restoreVideo(db: Database, actor: Actor, input: { videoId: string }): Promise<void> {
  await callFunction(db, actor, 'restore_video', [Prisma.sql`${input.videoId}::uuid`], z.literal(true));
}

/** pending -> processing. For the back end; raises `invalid_status_change`. */
export async function startVideoGeneration(db: Database, actor: Actor, input: { videoId: string }) {
  return callFunction(db, actor, 'start_video_generation', [Prisma.sql`${input.videoId}::uuid`], videoStatusChanged);
}

/** processing -> completed. For the back end; raises `invalid_status_change`. */
export async function completeVideoGeneration(
  db: Database,
  actor: Actor,
  input: { videoId: string; videoUrl: string },
): Promise<z.infer<typeof videoStatusChanged>> {
  const args = [Prisma.sql`${input.videoId}::uuid`, input.videoUrl];
  return callFunction(db, actor, 'complete_video_generation', args, videoStatusChanged);
}

/** pending or processing -> failed, and refunds what is left of the charge. For the back end. */
export async function failVideoGeneration(
  db: Database,
  actor: Actor,
  input: { videoId: string; error: string },
): Promise<z.infer<typeof videoStatusChanged>> {
  const args = [Prisma.sql`${input.videoId}::uuid`, input.error];
  return callFunction(db, actor, 'fail_video_generation', args, videoStatusChanged);
}

/** Which active videos, and in which order. */
export interface VideoFilter {
  userId?: string | undefined;
  status?: VideoStatus[] | undefined;
  videoType?: VideoType[] | undefined;
  resolution?: string[] | undefined;
  /** Made at this moment or later. */
  createdFrom?: string | undefined;
  /** Made before this moment. */
  createdBefore?: string | undefined;
  sort?: 'newest' | 'oldest' | undefined;
}

/** The condition that `videos v` are active and match; the same for the list and its CSV. */
export function activeVideos(filter: VideoFilter): Prisma.Sql {
  const { userId, status, videoType, resolution, createdFrom, createdBefore } = filter;
  return Prisma.sql`v.deleted_at is null
    ${userId ? Prisma.sql`and v.user_id = ${userId}::uuid` : Prisma.empty}
    ${status?.length ? Prisma.sql`and v.status = any (${status})` : Prisma.empty}
    ${videoType?.length ? Prisma.sql`and v.video_type = any (${videoType})` : Prisma.empty}
    ${resolution?.length ? Prisma.sql`and v.resolution = any (${resolution})` : Prisma.empty}
    ${createdFrom ? Prisma.sql`and v.created_at >= ${createdFrom}::timestamptz` : Prisma.empty}
    ${createdBefore ? Prisma.sql`and v.created_at < ${createdBefore}::timestamptz` : Prisma.empty}`;
}

/** Active videos, newest first unless asked otherwise: an end user's own, for staff everybody's or one account's. */
export async function listVideos(
  db: Database,
  actor: Actor,
  input: VideoFilter & { limit: number; cursor?: string | null | undefined },
): Promise<Page<VideoWithOwner>> {
  const after = decodeCursor(input.cursor, cursorShapes.timeAndId);
  const own = isPlainAndOwn(actor, input) ? await listOwnVideos(db, actor, after, input.limit) : null;
  if (own) {
    return own;
  }
  const order = keysetOrder(input.sort === 'oldest' ? 'ascending' : 'descending');
  return readAs(db, actor, async (tx, reader) => {
    const rows = await readRows(
      tx,
      Prisma.sql`
        select ${videoColumns(reader)} from public.videos v left join public.profiles p on p.id = v.user_id
        where ${activeVideos(input)}
          ${after ? Prisma.sql`and (v.created_at, v.id) ${order.after} (${after[0]}::timestamptz, ${after[1]}::uuid)` : Prisma.empty}
        order by v.created_at ${order.by}, v.id ${order.by} limit ${input.limit + 1}::integer`,
      videoWithOwner,
    );
    return toPage(rows, input.limit, (row) => [row.createdAt, row.id]);
  });
}

const plainInputs = new Set(['userId', 'limit', 'cursor']);

/** What an end user's own program asks for again and again: his newest videos, not filtered. */
function isPlainAndOwn(actor: Actor, input: Parameters<typeof listVideos>[2]): boolean {
  return (
    actor.kind === 'user' &&
    (input.userId === undefined || input.userId === actor.userId) &&
    Object.entries(input).every(([name, value]) => value === undefined || plainInputs.has(name))
  );
}

// `null` for staff, who read other columns of everybody's.
async function listOwnVideos(
  db: Database,
  actor: Actor,
  before: readonly [string, string] | null,
  limit: number,
): Promise<Page<VideoWithOwner> | null> {
  const args = [before?.[0] ?? null, before?.[1] ?? null, limit + 1];
  const rows = await callShared(db, actor, 'list_own_videos', args, null, rowsOfColumns, true);
  return rows && toPage(rows, limit, (row) => [row.createdAt, row.id]);
}

/** What `reeldesk.list_own_videos` answers: arrays of equal length, `null` without rows. */
type OwnVideos = { user_id: string; owner_email: string | null } & Record<
  | 'id'
  | 'prompt'
  | 'video_type'
  | 'image_url'
  | 'duration_seconds'
  | 'resolution'
  | 'quality'
  | 'status'
  | 'video_url'
  | 'error_message'
  | 'credits_used'
  | 'created_at'
  | 'updated_at',
  unknown[] | null
>;

// Parsed by the API's own output alone: a second time would take longer than the database does.
function rowsOfColumns(answer: unknown): VideoWithOwner[] | null {
  const page = answer as OwnVideos | null;
  if (page === null) {
    return null;
  }
  // Written out, since rows that get one column after the other take fifteen times as long to make.
  const rows = (page.id ?? []).map((id, row) => ({
    id,
    userId: page.user_id,
    prompt: page.prompt?.[row],
    videoType: page.video_type?.[row],
    imageUrl: page.image_url?.[row],
    durationSeconds: page.duration_seconds?.[row],
    resolution: page.resolution?.[row],
    quality: page.quality?.[row],
    status: page.status?.[row],
    videoUrl: page.video_url?.[row],
    errorMessage: page.error_message?.[row],
    creditsUsed: page.credits_used?.[row],
    createdAt: page.created_at?.[row],
    updatedAt: page.updated_at?.[row],
    deletedAt: null,
    ownerEmail: page.owner_email,
  }));
  return rows as VideoWithOwner[];
}

// The page, and the row after it: together they may be one more than the function gives at once.
function ownDeletedVideos(
  input: { userId?: string | undefined; limit: number },
  after: readonly [string, string] | null,
): Prisma.Sql {
  const userId = Prisma.sql`${input.userId ?? null}::uuid`;
  return Prisma.sql`
    with page as materialized (
      select * from public.list_deleted_videos(${after?.[0] ?? null}::timestamptz, ${after?.[1] ?? null}::uuid, ${input.limit}::integer, ${userId})
    )
    select * from page
    union all
    select further.* from (select deleted_at, id from page order by deleted_at, id limit 1) last
    cross join lateral public.list_deleted_videos(last.deleted_at, last.id, 1, ${userId}) further`;
}

const deletedVideo = videoWithOwner.extend({ deletedAt: timestamp });

/** Deleted videos, newest deletion first: an end user's own, for staff everybody's or one account's. */
export async function listDeletedVideos(
  db: Database,
  actor: Actor,
  input: { userId?: string | undefined; limit: number; cursor?: string | null | undefined },
): Promise<Page<VideoWithOwner>> {
  const after = decodeCursor(input.cursor, cursorShapes.timeAndId);
  return readAs(db, actor, async (tx, reader) => {
    // An owner's policy hides deleted rows, also from this query: only the function shows him his own.
    const source =
      reader === 'user' || reader === 'anon'
        ? Prisma.sql`(${ownDeletedVideos(input, after)})`
        : Prisma.sql`public.videos`;
    const rows = await readRows(
      tx,
      Prisma.sql`
        select ${videoColumns(reader)} from ${source} v left join public.profiles p on p.id = v.user_id
        where v.deleted_at is not null
          ${input.userId ? Prisma.sql`and v.user_id = ${input.userId}::uuid` : Prisma.empty}
          ${after ? Prisma.sql`and (v.deleted_at, v.id) < (${after[0]}::timestamptz, ${after[1]}::uuid)` : Prisma.empty}
        order by v.deleted_at desc, v.id desc limit ${input.limit + 1}::integer`,
      deletedVideo,
    );
    return toPage(rows, input.limit, (row) => [row.deletedAt, row.id]);
  });
}

/** One video. Raises `video_not_found`, also when it is deleted and the caller is its owner. */
export async function getVideo(db: Database, actor: Actor, input: { videoId: string }): Promise<VideoWithOwner> {
  return readAs(db, actor, async (tx, reader) => {
    const rows = await readRows(
      tx,
      Prisma.sql`
        select ${videoColumns(reader)} from public.videos v left join public.profiles p on p.id = v.user_id
        where v.id = ${input.videoId}::uuid`,
      videoWithOwner,
    );
    const [found] = rows;
    if (!found) {
      throw videoNotFound(input.videoId);
    }
    return found;
  });
}

/** The answer to an id that names no video of the caller's. */
export function videoNotFound(videoId: string): ReeldeskError {
  return new ReeldeskError('video_not_found', 'There is no such video.', {
    details: { videoId: uuid.parse(videoId) },
    hint: 'Check the id; a purged video is gone for good.',
  });
}
