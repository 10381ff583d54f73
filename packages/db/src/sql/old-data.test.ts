import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate, MigrationError } from '../migrate.ts';
import { migrationsDirectory } from '../testing/templates.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { adjust, ask, call, charge, refund, videoIdOf } from './calls.ts';
import {
  anyOldWorld,
  idOf,
  insertOldWorld,
  noOwner,
  oldCharge,
  oldProfile,
  oldVideo,
  type OldWorld,
} from './old-world.ts';
import {
  expectBooksOpened,
  expectNothingLost,
  readRepairs,
  type Repair,
  type Snapshot,
  takeSnapshot,
  unvalidatedConstraints,
  waysIn,
} from './old-world-moved.ts';
import { expectSoundMigration } from './old-world-sound.ts';
import { runs } from './runs.ts';

const person = (n: number) => idOf('account', n);
const video = (n: number) => idOf('video', n);
const movement = (n: number) => idOf('transaction', n);

const sound = person(1);
const nullUser = person(2);
const [loginIsUserId, itsLogin] = [person(3), person(4)];
const [loginIsId, strangerId] = [person(5), person(6)];
const [bothLogins, otherLogin] = [person(7), person(8)];
const [noLogin, itsOtherId] = [person(9), person(10)];
const [chainStart, chainMiddle, chainEnd] = [person(11), person(12), person(13)];
const [firstClaim, secondClaim, claimed] = [person(14), person(15), person(16)];
const negative = person(17);
const nullCredits = person(18);
const unexplained = person(19);
const notSumming = person(20);
const [orphanOwner, orphanWithLogin] = [person(21), person(22)];
const loginOnly = person(23);
const generous = person(24);

const everyMistake: OldWorld = {
  logins: [
    sound,
    nullUser,
    itsLogin,
    loginIsId,
    bothLogins,
    otherLogin,
    chainEnd,
    claimed,
    negative,
    nullCredits,
    unexplained,
    notSumming,
    orphanWithLogin,
    loginOnly,
    generous,
  ],
  profiles: [
    oldProfile(sound, { credits: 85 }),
    oldProfile(nullUser, { user_id: null, credits: 7 }),
    oldProfile(loginIsUserId, { user_id: itsLogin, credits: 30 }),
    oldProfile(loginIsId, { user_id: strangerId, credits: 40 }),
    oldProfile(bothLogins, { user_id: otherLogin, credits: 50 }),
    oldProfile(noLogin, { user_id: itsOtherId, credits: 60 }),
    oldProfile(chainStart, { user_id: chainMiddle, credits: 1 }),
    oldProfile(chainMiddle, { user_id: chainEnd, credits: 2 }),
    oldProfile(firstClaim, { user_id: claimed, credits: 3, created_at: '2025-01-01T00:00:00+00:00' }),
    oldProfile(secondClaim, { user_id: claimed, credits: 4 }),
    oldProfile(negative, { credits: -20, created_at: null }),
    oldProfile(nullCredits, { credits: null, updated_at: null }),
    oldProfile(unexplained, { credits: 500 }),
    oldProfile(notSumming, { credits: 11 }),
    oldProfile(generous, { credits: 0 }),
  ],
  videos: [
    oldVideo(video(1), sound),
    oldVideo(video(2), itsLogin),
    oldVideo(video(3), strangerId, { status: 'exploded', created_at: null }),
    oldVideo(video(4), otherLogin, { video_type: null, image_url: 'https://cdn.reeldesk.example/1.png' }),
    oldVideo(video(5), itsOtherId, { prompt: null, credits_used: null }),
    oldVideo(video(6), orphanOwner, { credits_used: -3, status: null }),
    oldVideo(video(7), null),
    oldVideo(video(8), null, { deleted_at: '2025-04-01T00:00:00+00:00', updated_at: null }),
    oldVideo(video(9), negative, { status: 'failed', video_type: 'hologram' }),
    oldVideo(video(10), generous),
    oldVideo(video(11), notSumming, { duration_seconds: null, resolution: null, quality: null }),
  ],
  transactions: [
    oldCharge(movement(1), sound, null, { amount: 100, type: 'purchase', description: 'Starter pack' }),
    oldCharge(movement(2), sound, video(1)),
    oldCharge(movement(3), itsLogin, video(2)),
    oldCharge(movement(4), strangerId, video(3), { created_at: null }),
    oldCharge(movement(5), null, video(5)),
    oldCharge(movement(6), orphanOwner, video(6), { amount: 25, type: 'gift' }),
    oldCharge(movement(7), nullUser, video(7)),
    oldCharge(movement(8), null, null, { amount: 9, type: null, description: null }),
    oldCharge(movement(9), null, video(8), { amount: 0 }),
    oldCharge(movement(10), sound, null, { amount: null }),
    oldCharge(movement(11), negative, video(9), { amount: -20 }),
    oldCharge(movement(12), generous, video(10)),
    oldCharge(movement(13), generous, video(10), { amount: 15, type: 'refund', description: 'Sorry' }),
    oldCharge(movement(14), generous, video(10), { amount: 15, type: 'refund', description: 'Sorry again' }),
    oldCharge(movement(15), notSumming, video(1)),
    oldCharge(movement(16), notSumming, video(99)),
    oldCharge(movement(17), notSumming, video(11)),
    oldCharge(movement(18), orphanWithLogin, null, { amount: 33, type: 'purchase' }),
  ],
};

describe.each(Object.entries(waysIn))('an old database with every mistake comes in %s', (_, enter) => {
  let database: TestDatabase;
  let old: Snapshot;
  let repairs: Repair[];

  beforeAll(async () => {
    database = await createTestDatabase('old');
    await insertOldWorld(database.asOwner, everyMistake);
    old = await takeSnapshot(database.asOwner);
    await enter(database);
    repairs = await readRepairs(database.asOwner);
  });
  afterAll(() => database.drop());

  const repairsOf = (rowId: string) =>
    repairs.filter(({ row_id }) => row_id === rowId).map(({ problem, repair }) => `${problem}: ${repair}`);
  const accountOf = async (videoId: string) =>
    (await database.asOwner.query<{ user_id: string }>('select user_id from videos where id = $1', [videoId]))[0]!
      .user_id;
  const profile = async (id: string) => (await database.asOwner.query('select * from profiles where id = $1', [id]))[0];
  const typeOf = async (id: string) =>
    (await database.asOwner.query('select type, reason from credit_transactions where id = $1', [id]))[0];
  const leftToRefund = (videoId: string) => ask(database.asBackend, refund(videoId, { p_amount: 1_000_000 }));

  it('no row and no value is lost', () => expectNothingLost(database.asOwner, old));

  it('one opening row per account, balances as they were, the books balance', () =>
    expectBooksOpened(database.asOwner, old));

  it('every constraint holds for every row', async () => {
    expect(await unvalidatedConstraints(database.asOwner)).toEqual([]);
    const [{ count } = { count: 0 }] = await database.asOwner.query<{ count: number }>(
      `select count(*)::integer from pg_constraint where contype in ('c', 'f')
      and conrelid = any (array['profiles', 'videos', 'credit_transactions']::regclass[])`,
    );
    expect(count).toBeGreaterThanOrEqual(10);
  });

  it('a sound row is left alone', async () => {
    expect(repairsOf(sound)).toEqual([]);
    expect(repairsOf(video(1))).toEqual([]);
    expect(repairsOf(movement(2))).toEqual([]);
  });

  it('user_id that is NULL or not id: the login decides, then id', async () => {
    expect(repairsOf(nullUser)).toEqual(['user_id was NULL: set to id']);
    expect(await profile(loginIsUserId)).toBeUndefined();
    expect(await profile(itsLogin)).toMatchObject({ user_id: itsLogin, credits: 30, closed_at: null });
    expect(await accountOf(video(2))).toBe(itsLogin);
    expect(await profile(loginIsId)).toMatchObject({ user_id: loginIsId, credits: 40 });
    expect(await accountOf(video(3))).toBe(loginIsId);
    expect(await profile(bothLogins)).toMatchObject({ user_id: bothLogins, credits: 50 });
    expect(await profile(otherLogin)).toMatchObject({ user_id: otherLogin, credits: 0 });
    expect(await accountOf(video(4))).toBe(otherLogin);
    expect(await profile(noLogin)).toMatchObject({ user_id: noLogin, credits: 60 });
    expect(await accountOf(video(5))).toBe(noLogin);
  });

  it('chains and rival claims end with one account per row', async () => {
    expect(await profile(chainStart)).toMatchObject({ user_id: chainStart, credits: 1 });
    expect(await profile(chainEnd)).toMatchObject({ user_id: chainEnd, credits: 2 });
    expect(await profile(claimed)).toMatchObject({ user_id: claimed, credits: 3 });
    expect(await profile(secondClaim)).toMatchObject({ user_id: secondClaim, credits: 4 });
    expect(repairsOf(secondClaim)).toEqual(['user_id was not id: user_id set to id']);
  });

  it('a negative or missing balance becomes 0, explained by the opening row', async () => {
    const openings = await database.asOwner.query(
      `select user_id, amount from credit_transactions where type = 'opening' and user_id = any ($1) order by user_id`,
      [[negative, nullCredits, unexplained, notSumming]],
    );
    expect(openings).toEqual([
      { user_id: negative, amount: 20 },
      { user_id: nullCredits, amount: 0 },
      { user_id: unexplained, amount: 500 },
      { user_id: notSumming, amount: 56 },
    ]);
    expect(repairsOf(negative)).toContain(
      'credits was negative: set to 0; the opening row of its ledger makes up the difference',
    );
  });

  it('rows without an owner follow whoever paid, or lie in one closed account', async () => {
    expect(await accountOf(video(7))).toBe(nullUser);
    expect(await accountOf(video(8))).toBe(noOwner);
    expect(await profile(noOwner)).toMatchObject({ credits: 9, closed_at: expect.any(Date) });
    expect(await ask(database.asBackend, charge(noOwner, { p_duration_seconds: 1 }))).toMatchObject({
      reason: 'account_closed',
    });
    expect(
      await ask(database.asBackend, call('fail_video_generation', { p_video_id: video(8), p_error: 'x' })),
    ).toMatchObject({
      reason: 'invalid_status_change',
    });
  });

  it('a video whose owner turns up is given to him by hand', async () => {
    await database.asOwner.query('update videos set user_id = $1 where id = $2', [loginOnly, video(8)]);
    const deleted = await database.asUser(loginOnly).query<{ id: string }>('select id from list_deleted_videos()');
    expect(deleted.map(({ id }) => id)).toEqual([video(8)]);
    expect(await ask(database.asUser(loginOnly), call('restore_video', { p_video_id: video(8) }))).toEqual({
      answer: true,
    });
  });

  it('orphans get an account, closed when nobody can sign in to it; a login without account gets one', async () => {
    expect(await profile(orphanOwner)).toMatchObject({ credits: 25, closed_at: expect.any(Date) });
    expect(await profile(orphanWithLogin)).toMatchObject({
      credits: 33,
      closed_at: null,
      email: `${orphanWithLogin}@reeldesk.example`,
    });
    expect(await profile(loginOnly)).toMatchObject({ credits: 0, closed_at: null });
  });

  it('a transaction that moves nothing is whole in the report', () => {
    expect(repairs.filter(({ repair }) => repair === 'moved into this report').map(({ before }) => before)).toEqual([
      everyMistake.transactions[8],
      everyMistake.transactions[9],
    ]);
  });

  it('types become those of the ledger, and what went back beyond a charge is no refund', async () => {
    expect(await typeOf(movement(1))).toEqual({ type: 'adjustment', reason: 'Starter pack' });
    expect(await typeOf(movement(2))).toEqual({ type: 'charge', reason: 'Video generation' });
    expect(await typeOf(movement(13))).toEqual({ type: 'refund', reason: 'Sorry' });
    expect(await typeOf(movement(14))).toEqual({ type: 'adjustment', reason: 'Sorry again' });
    expect(repairsOf(movement(14))).toEqual([
      'gave back more than its video was charged: type set to adjustment, description kept as reason',
    ]);
  });

  it('a refund of an old video never exceeds what its account was charged for it', async () => {
    expect(await leftToRefund(video(1))).toMatchObject({
      reason: 'refund_exceeds_charge',
      details: { refundable: 15 },
    });
    expect(await ask(database.asBackend, refund(video(1)))).toMatchObject({ answer: { credits_refunded: 15 } });
    expect(await leftToRefund(video(1))).toMatchObject({ reason: 'already_refunded' });
    expect(await leftToRefund(video(10))).toMatchObject({
      reason: 'already_refunded',
      details: { charged: 15, refunded: 30 },
    });
    expect(await leftToRefund(video(4))).toMatchObject({ reason: 'nothing_charged' });
    expect(await ask(database.asBackend, refund(video(9)))).toMatchObject({ answer: { credits_refunded: 20 } });
  });

  it('old callers are still served, and so are new ones, in every account that somebody can sign in to', async () => {
    for (const id of everyMistake.logins) {
      const credits = 50;
      await ask(database.asBackend, adjust(id, credits));
      const caller = database.asUser(id);
      const request = { ...charge(id), sql: charge(id).sql.replace('create_video_generation', 'create_video_request') };
      expect(await ask(caller, request)).toEqual({ answer: expect.stringMatching(/^[0-9a-f-]{36}$/) });
      const made = await ask(caller, charge(id));
      const videoId = videoIdOf(made);
      expect(await ask(caller, call('soft_delete_video', { p_video_id: videoId }))).toEqual({ answer: true });
      expect(await ask(caller, call('restore_video', { p_video_id: videoId }))).toEqual({ answer: true });
      expect(
        await ask(
          database.asBackend,
          call('fail_video_generation', { p_video_id: videoId, p_error: 'Provider failed' }),
        ),
      ).toMatchObject({
        answer: { credits_refunded: 15 },
      });
      expect(await ask(caller, call('get_credit_info', { p_user_id: id }))).toMatchObject({
        answer: { videos_pending: 1 },
      });
    }
    await expectBooksOpened(database.asOwner, { profiles: [], videos: [], credit_transactions: [] });
  });
});

it.each([
  ['amounts whose sum overflows', 0, [2_000_000_000, 2_000_000_000]],
  ['amounts that overflow on the way', 0, [2_000_000_000, 2_000_000_000, -2_000_000_000, -2_000_000_000]],
  ['a difference to the balance that overflows', 2_147_483_647, [-1]],
  ['the lowest amount there is', 0, [-2_147_483_648]],
])('%s: refused with the account named, nothing changed, and let in once corrected', async (_, credits, amounts) => {
  const database = await createTestDatabase('old');
  const { asOwner, ownerUrl } = database;
  await insertOldWorld(asOwner, {
    logins: [sound, negative],
    profiles: [oldProfile(sound, { credits }), oldProfile(negative, { credits: -1 })],
    videos: [],
    transactions: amounts.map((amount, n) => oldCharge(movement(n), sound, null, { amount, type: 'purchase' })),
  });
  const old = await takeSnapshot(asOwner);
  const attempt = migrate({ url: ownerUrl, directory: migrationsDirectory });
  await expect(attempt).rejects.toThrow(MigrationError);
  await expect(attempt).rejects.toThrow(`The transactions of account ${sound} do not fit the ledger.`);
  expect(await takeSnapshot(asOwner)).toEqual(old);

  await asOwner.query('update credit_transactions set amount = 10');
  await migrate({ url: ownerUrl, directory: migrationsDirectory });
  await expectBooksOpened(asOwner, old);
  await database.drop();
});

it('a balance as high as an integer goes is let in', async () => {
  const database = await createTestDatabase('old');
  await insertOldWorld(database.asOwner, {
    logins: [sound],
    profiles: [oldProfile(sound, { credits: 2_147_483_647 })],
    videos: [],
    transactions: [],
  });
  const old = await takeSnapshot(database.asOwner);
  await waysIn['by the runner'](database);
  await expectBooksOpened(database.asOwner, old);
  await database.drop();
});

it('an account that has the id of the one for rows without an owner is closed', async () => {
  const database = await createTestDatabase('old');
  await insertOldWorld(database.asOwner, {
    logins: [],
    profiles: [oldProfile(noOwner, { credits: 5 })],
    videos: [oldVideo(video(1), null)],
    transactions: [],
  });
  await waysIn['by the runner'](database);
  expect(await ask(database.asBackend, charge(noOwner, { p_duration_seconds: 1 }))).toMatchObject({
    reason: 'account_closed',
  });
  expect((await readRepairs(database.asOwner)).map(({ row_id, repair }) => [row_id, repair])).toContainEqual([
    noOwner,
    'closed',
  ]);
  await database.drop();
});

it.each(['20251004000000_old_data_repaired.sql', '20251005000000_ledger.sql'])(
  'every check and reference that %s adds to an old table is NOT VALID first and validated after',
  async (name) => {
    const text = await readFile(join(migrationsDirectory, name), 'utf8');
    const blocks = [...text.matchAll(/alter table public\.(profiles|videos|credit_transactions)\b[^;]*;/g)].map(
      ([block]) => block,
    );
    const added = blocks.flatMap((block) =>
      [
        ...block.matchAll(
          /add constraint (\w+) (check|foreign key)([\s\S]*?)(?=,\s*\n\s*add constraint|,\s*\n\s*drop|;)/g,
        ),
      ].map(([definition, constraint]) => ({ constraint: constraint!, notValid: /not valid\s*$/.test(definition) })),
    );
    expect(added.length).toBeGreaterThanOrEqual(6);
    expect(added.filter(({ notValid }) => !notValid)).toEqual([]);
    expect(added.filter(({ constraint }) => !text.includes(`validate constraint ${constraint};`))).toEqual([]);
  },
);

it.each([
  ['random old worlds', false, 5],
  ['random old worlds with huge amounts', true, 4],
])(
  '%s come in whole, or are refused by name and left alone',
  async (_, huge, numRuns) => {
    await fc.assert(
      fc.asyncProperty(anyOldWorld({ huge }), fc.constantFrom(...Object.values(waysIn)), (world, enter) =>
        expectSoundMigration(world, huge ? waysIn['by the runner'] : enter),
      ),
      runs(numRuns),
    );
  },
  180_000,
);
