import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createTestDatabase } from '../testing/test-database.ts';
import { adjust, ask, charge, ledgerProblems, refund } from './calls.ts';
import { anyOldWorld } from './old-world.ts';
import {
  expectBooksOpened,
  expectNothingLost,
  takeSnapshot,
  unvalidatedConstraints,
  waysIn,
} from './old-world-moved.ts';
import { expectSoundMigration } from './old-world-sound.ts';
import { runs } from './runs.ts';

it.each([false, true])(
  'random old worlds (huge amounts: %s) come in whole, or are refused by name and left alone',
  async (huge) => {
    await fc.assert(
      fc.asyncProperty(anyOldWorld({ huge }), fc.constantFrom(...Object.values(waysIn)), (world, enter) =>
        expectSoundMigration(world, huge ? waysIn['by the runner'] : enter),
      ),
      runs(40),
    );
  },
);

it('200,000 old rows, a tenth of them with a mistake, come in whole', async () => {
  const database = await createTestDatabase('old');
  const { asBackend, asOwner } = database;
  await asOwner.query(`
    insert into auth.users (id, email, aud, role)
    select md5('account ' || n)::uuid, n || '@reeldesk.example', 'authenticated', 'authenticated' from generate_series(1, 20000) n`);
  await asOwner.query(`
    update profiles p set credits = 1000 - n, user_id = case when n % 10 = 0 then null else p.id end
    from generate_series(1, 20000) n where p.id = md5('account ' || n)::uuid`);
  await asOwner.query(`
    insert into videos (id, user_id, prompt, video_type, duration_seconds, resolution, quality, status, credits_used, created_at)
    select md5('video ' || n)::uuid, case when n % 30 <> 0 then md5('account ' || n % 20100)::uuid end, 'A beautiful sunset',
      'text_to_video', 5, '1920x1080', 'high', case when n % 20 = 0 then 'exploded' else 'completed' end, 15,
      timestamptz '2024-01-01' + n * interval '5 minutes'
    from generate_series(1, 90000) n`);
  await asOwner.query(`
    insert into credit_transactions (user_id, amount, type, video_id, description, created_at)
    select md5('account ' || n % 20100)::uuid, case when n % 40 = 0 then 0 else -15 end, 'video_generation', md5('video ' || n)::uuid,
      'Video generation', case when n % 50 <> 0 then timestamptz '2024-01-01' + n * interval '5 minutes' end
    from generate_series(1, 90000) n`);
  const old = await takeSnapshot(asOwner);

  const startedAt = performance.now();
  await waysIn['by the runner'](database);
  console.log(`200,000 old rows migrated in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);

  await expectNothingLost(asOwner, old);
  await expectBooksOpened(asOwner, old);
  expect(await unvalidatedConstraints(asOwner)).toEqual([]);
  const [account] = await asOwner.query<{ id: string }>(`select md5('account 1')::uuid as id`);
  await ask(asBackend, adjust(account!.id, 15));
  expect(await ask(asBackend, charge(account!.id))).toMatchObject({ answer: { credits_used: 15 } });
  const [video] = await asOwner.query<{ id: string }>(`select md5('video 1')::uuid as id`);
  expect(await ask(asBackend, refund(video!.id))).toMatchObject({ answer: { credits_refunded: 15 } });
  expect(await ledgerProblems(asOwner)).toEqual([]);
  await database.drop();
});
