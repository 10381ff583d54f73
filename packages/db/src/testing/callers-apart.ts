import { expect } from 'vitest';
import { createDatabase, type Database } from '../client.ts';
import { creditStatement, getCreditInfo } from '../credits.ts';
import { ReeldeskError } from '../errors.ts';
import { createVideoGeneration, getVideo, listVideos } from '../videos.ts';
import { anon, backend, makeVideo, request } from './fixtures.ts';
import type { TestDatabase } from './test-database.ts';

const connections = 4;

/**
 * Interleaves 8 calls a round of each of 24 callers, refusals among them, over four connections, and
 * expects that none sees a foreign row and that no connection keeps a role or a claim.
 */
export async function expectCallersKeptApart(database: TestDatabase, rounds: number): Promise<void> {
  const db = createDatabase({ url: database.apiUrl, poolSize: connections, connectionTimeoutMs: 30_000 });
  const callers = await Promise.all(
    Array.from({ length: 24 }, async (_, index) => {
      const account = await database.createAccount({ credits: 15, ...(index === 23 && { role: 'admin' as const }) });
      return { ...account, videoId: await makeVideo(db, account.id) };
    }),
  );

  const reasonOf = (call: Promise<unknown>) =>
    call.then(
      () => 'none',
      (error: unknown) => (error instanceof ReeldeskError ? error.reason : String(error)),
    );
  const callsOf = async (index: number): Promise<void> => {
    const { id, actor, videoId } = callers[index]!;
    const stranger = callers[(index + 1) % 23]!;
    const isAdmin = index === 23;
    for (let round = 0; round < rounds; round++) {
      const own = await listVideos(db, actor, { limit: 50 });
      expect(isAdmin ? own.items.length : own.items.map((video) => video.id)).toEqual(isAdmin ? 24 : [videoId]);
      expect(await getCreditInfo(db, actor, { userId: id })).toMatchObject({ credits: 0, totalVideos: 1 });
      expect(await reasonOf(getVideo(db, actor, { videoId: stranger.videoId }))).toBe(
        isAdmin ? 'none' : 'video_not_found',
      );
      expect(await reasonOf(creditStatement(db, actor, { userId: stranger.id, limit: 5 }))).toBe(
        isAdmin ? 'none' : 'forbidden',
      );
      expect(await reasonOf(createVideoGeneration(db, actor, { userId: id, ...request }))).toBe('insufficient_credits');
      expect(await reasonOf(listVideos(db, anon, { limit: 5 }))).toBe('not_signed_in');
      expect((await listVideos(db, backend, { limit: 50 })).items).toHaveLength(24);
      expect(await reasonOf(getCreditInfo(db, anon, { userId: id }))).toBe('not_signed_in');
    }
  };
  await Promise.all(callers.map((_, index) => callsOf(index)));

  expect(await statesOfConnections(db)).toEqual(
    Array.from({ length: connections }, () => ({
      user: 'reeldesk_api',
      role: 'none',
      claims: '',
      sub: '',
      claimed: '',
      request: '',
    })),
  );
  await db.$disconnect();
}

/** What each connection of the pool says it is, all held at the same time. */
async function statesOfConnections(pool: Database): Promise<unknown[]> {
  let arrived = 0;
  let letGo: () => void = () => undefined;
  const all = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  return Promise.all(
    Array.from({ length: connections }, () =>
      pool.$transaction(async (tx) => {
        const [state] = await tx.$queryRaw<unknown[]>`
          select current_user::text as user, current_setting('role') as role,
            coalesce(current_setting('request.jwt.claims', true), '') as claims,
            coalesce(current_setting('request.jwt.claim.sub', true), '') as sub,
            coalesce(current_setting('request.jwt.claim.role', true), '') as claimed,
            coalesce(current_setting('reeldesk.request_id', true), '') as request`;
        arrived += 1;
        if (arrived === connections) {
          letGo();
        }
        await all;
        return state;
      }),
    ),
  );
}
