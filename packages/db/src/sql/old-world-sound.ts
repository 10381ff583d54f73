import { expect } from 'vitest';
import { MigrationError } from '../migrate.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { ask, refund } from './calls.ts';
import { insertOldWorld, type OldWorld } from './old-world.ts';
import { expectBooksOpened, expectNothingLost, takeSnapshot, unvalidatedConstraints } from './old-world-moved.ts';

/** An old database comes in whole, and its videos are refunded up to their charge; or it is refused by name and left alone. */
export async function expectSoundMigration(
  world: OldWorld,
  enter: (database: TestDatabase) => Promise<unknown>,
): Promise<void> {
  const database = await createTestDatabase('old');
  const { asOwner, asBackend } = database;
  try {
    await insertOldWorld(asOwner, world);
    const old = await takeSnapshot(asOwner);
    try {
      await enter(database);
    } catch (error) {
      if (error instanceof MigrationError && error.message.includes('do not fit the ledger')) {
        expect(await takeSnapshot(asOwner)).toEqual(old);
        return;
      }
      throw error;
    }
    await expectNothingLost(asOwner, old);
    await expectBooksOpened(asOwner, old);
    expect(await unvalidatedConstraints(asOwner)).toEqual([]);
    const videos = await asOwner.query<{ id: string; left: string; status: string; room: string }>(
      `select v.id, v.status, greatest(0, -coalesce(sum(t.amount), 0)) as left, 2147483647 - p.credits as room
      from videos v join profiles p on p.id = v.user_id
      left join credit_transactions t on t.video_id = v.id and t.user_id = v.user_id group by v.id, p.id order by v.id`,
    );
    for (const { id, left, status, room } of videos) {
      const outcome = await ask(asBackend, refund(id));
      const refundable =
        Number(left) > 0 && Number(left) <= Number(room) && (status === 'completed' || status === 'failed');
      expect(outcome).toMatchObject(
        refundable ? { answer: { credits_refunded: Number(left) } } : { reason: expect.any(String) },
      );
    }
    await expectBooksOpened(asOwner, { profiles: [], videos: [], credit_transactions: [] });
  } finally {
    await database.drop();
  }
}
