import type { Actor } from '../actor.ts';
import type { Database } from '../client.ts';
import {
  completeVideoGeneration,
  createVideoGeneration,
  failVideoGeneration,
  startVideoGeneration,
} from '../videos.ts';

export const backend: Actor = { kind: 'backend' };
export const anon: Actor = { kind: 'anon' };

/** What the product's own example asks for: five seconds that cost 15 credits. */
export const request = {
  prompt: 'A beautiful sunset',
  videoType: 'text_to_video' as const,
  imageUrl: null,
  durationSeconds: 5,
  resolution: '1920x1080',
  quality: 'high',
};

/** Makes a video of `request` in an account and brings it to a status; answers its id. */
export async function makeVideo(
  db: Database,
  userId: string,
  status: 'pending' | 'processing' | 'completed' | 'failed' = 'completed',
): Promise<string> {
  const { videoId } = await createVideoGeneration(db, backend, { userId, ...request });
  if (status === 'failed') {
    await failVideoGeneration(db, backend, { videoId, error: 'Provider timed out' });
  } else if (status !== 'pending') {
    await startVideoGeneration(db, backend, { videoId });
  }
  if (status === 'completed') {
    await completeVideoGeneration(db, backend, { videoId, videoUrl: `https://cdn.reeldesk.example/${videoId}.mp4` });
  }
  return videoId;
}

/** All items of a list, read page by page. */
export async function readAllPages<T>(
  readPage: (cursor: string | null) => Promise<{ items: T[]; nextCursor: string | null }>,
): Promise<T[]> {
  const all: T[] = [];
  for (let cursor: string | null = null; ;) {
    const { items, nextCursor } = await readPage(cursor);
    all.push(...items);
    if (nextCursor === null) {
      return all;
    }
    if (items.length === 0) {
      throw new Error('An empty page says that there is a next one.');
    }
    cursor = nextCursor;
  }
}
