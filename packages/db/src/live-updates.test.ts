import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adjustCredits } from './credits.ts';
import { announceChanges } from './live-feed.ts';
import type { LiveEvent } from './live-changes.ts';
import { createLiveUpdates, type LiveUpdates, type LiveUpdatesOptions, type SubscribeOptions } from './live-updates.ts';
import { refundVideoCredits } from './refunds.ts';
import { grantStaffRole, revokeStaffRole } from './staff.ts';
import { backend, makeVideo } from './testing/fixtures.ts';
import { createTestDatabase, type TestAccount, type TestDatabase } from './testing/test-database.ts';
import { restoreVideo, softDeleteVideo } from './videos.ts';

let database: TestDatabase;
let live: LiveUpdates;
let user: TestAccount;
let other: TestAccount;
let admin: TestAccount;
let analyst: TestAccount;

beforeAll(async () => {
  database = await createTestDatabase();
  live = open();
  [user, other, admin, analyst] = await Promise.all([
    database.createAccount({ credits: 1_000 }),
    database.createAccount({ credits: 1_000 }),
    database.createAccount({ role: 'admin' }),
    database.createAccount({ role: 'analyst' }),
  ]);
});
afterAll(async () => {
  await live.close();
  await database.drop();
});

function open(options: Partial<LiveUpdatesOptions> = {}): LiveUpdates {
  return createLiveUpdates({ db: database.db, url: database.apiUrl, ...options });
}

/** A stream that is open: what it says is read one by one. */
async function follow(who: TestAccount | typeof backend, options: SubscribeOptions = {}, from: LiveUpdates = live) {
  const abort = new AbortController();
  const events = from.subscribe('actor' in who ? who.actor : who, { signal: abort.signal, ...options });
  const next = async (): Promise<LiveEvent> => {
    const { value, done } = await events.next();
    if (done) {
      throw new Error('The stream has ended.');
    }
    return value;
  };
  const ready = await next();
  expect(ready).toMatchObject({ kind: 'stream', type: 'ready' });
  return {
    ready,
    next,
    /** The events up to the one of this type. */
    until: async (type: string, userId?: string) => {
      const seen: LiveEvent[] = [];
      for (;;) {
        const event = await next();
        seen.push(event);
        if (event.type === type && (userId === undefined || event.userId === userId)) {
          return seen;
        }
      }
    },
    stop: async () => {
      abort.abort();
      expect(await events.next()).toEqual({ value: undefined, done: true });
    },
  };
}

describe('who is told what', () => {
  test('an owner hears of his own account alone: charge, status, refund, deletion, restoring', async () => {
    const stream = await follow(user);
    await adjustCredits(database.db, backend, { userId: other.id, amount: 5, reasonCode: 'goodwill' });
    const videoId = await makeVideo(database.db, user.id, 'completed');
    await refundVideoCredits(database.db, backend, { videoId, reason: 'Wrong aspect ratio', amount: 3 });
    await softDeleteVideo(database.db, user.actor, { videoId });
    await restoreVideo(database.db, user.actor, { videoId });
    const events = await stream.until('restored');
    expect(events.map(({ kind, type }) => `${kind} ${type}`)).toEqual([
      'ledger charge',
      'video processing',
      'video completed',
      'ledger refund',
      'video deleted',
      'video restored',
    ]);
    for (const event of events) {
      expect(event).toMatchObject({ userId: user.id, videoId, at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) });
      expect(Object.keys(event).toSorted()).toEqual(['at', 'id', 'kind', 'type', 'userId', 'videoId']);
    }
    await stream.stop();
  });

  test('an admin hears of everybody and of the audit log, an analyst not of the log, the back end of all', async () => {
    const [asAdmin, asAnalyst, asBackend] = await Promise.all([follow(admin), follow(analyst), follow(backend)]);
    await adjustCredits(database.db, admin.actor, { userId: other.id, amount: 5, reasonCode: 'goodwill' });
    await adjustCredits(database.db, admin.actor, { userId: user.id, amount: 6, reasonCode: 'goodwill' });
    const both = ['ledger adjustment', 'audit adjust_credits', 'ledger adjustment', 'audit adjust_credits'];
    for (const [stream, expected] of [
      [asAdmin, both],
      [asBackend, both],
      [asAnalyst, ['ledger adjustment', 'ledger adjustment']],
    ] as const) {
      const seen: string[] = [];
      while (seen.length < expected.length) {
        const { kind, type } = await stream.next();
        seen.push(`${kind} ${type}`);
      }
      expect(seen).toEqual(expected);
      await stream.stop();
    }
  });

  test('nobody who is not signed in hears anything', async () => {
    await expect(live.subscribe({ kind: 'anon' }).next()).rejects.toMatchObject({ reason: 'not_signed_in' });
  });

  test("a demoted admin's stream ends at once, those of others go on", async () => {
    const demoted = await database.createAccount({ role: 'admin' });
    const [stream, others] = await Promise.all([follow(demoted), follow(admin)]);
    await revokeStaffRole(database.db, admin.actor, { userId: demoted.id });
    await expect(stream.until('never')).rejects.toMatchObject({ reason: 'forbidden' });
    await others.until('revoke_staff_role', demoted.id);
    await grantStaffRole(database.db, admin.actor, { userId: demoted.id, role: 'analyst' });
    await others.until('grant_staff_role', demoted.id);
    await others.stop();
  });

  test('rights are looked up again from time to time, also when nothing was announced', async () => {
    const demoted = await database.createAccount({ role: 'analyst' });
    const impatient = open({ recheckMs: 20 });
    const stream = await follow(demoted, {}, impatient);
    const superuser = await database.asSuperuser.begin();
    await superuser.query('set local session_replication_role = replica');
    await superuser.query('alter table staff_members disable trigger user');
    await superuser.query('delete from staff_members where user_id = $1', [demoted.id]);
    await superuser.query('alter table staff_members enable always trigger staff_members_audited');
    await superuser.commit();
    await expect(stream.until('never')).rejects.toMatchObject({ reason: 'forbidden' });
    await impatient.close();
  });

  test('a stream ends with the sign-in', async () => {
    const stream = await follow(user, { expiresAt: new Date(Date.now() - 1000).toISOString() });
    await expect(stream.until('never')).rejects.toMatchObject({ reason: 'not_signed_in' });
  });
});

describe('nothing is lost in silence', () => {
  test('a stream goes on after any event, without a gap and without saying anything twice', async () => {
    const first = await follow(user);
    for (let amount = 1; amount <= 4; amount += 1) {
      await adjustCredits(database.db, backend, { userId: user.id, amount, reasonCode: 'goodwill' });
    }
    const all: LiveEvent[] = [];
    while (all.length < 4) {
      all.push(await first.next());
    }
    await first.stop();
    for (const [index, id] of [first.ready.id, ...all.map((event) => event.id)].entries()) {
      const again = await follow(user, { lastEventId: id });
      await adjustCredits(database.db, backend, { userId: user.id, amount: 50 + index, reasonCode: 'goodwill' });
      const expected = all.slice(index);
      for (const event of expected) {
        expect(await again.next()).toEqual(event);
      }
      const newest = await again.next();
      all.push(newest);
      expect(newest.id).not.toBe(all.at(-2)?.id);
      await again.stop();
    }
  });

  test('many changes of one transaction are resumed in the middle of it', async () => {
    const stream = await follow(user);
    await database.asOwner.query(
      `select private.post_to_ledger($1, 1, 'adjustment', 'purchase', null, null, clock_timestamp()) from generate_series(1, 5)`,
      [user.id],
    );
    const events = [];
    while (events.length < 5) {
      events.push(await stream.next());
    }
    await stream.stop();
    const again = await follow(user, { lastEventId: events[2]!.id });
    expect([await again.next(), await again.next()]).toEqual(events.slice(3));
    await again.stop();
  });

  test('a change of a slow transaction comes after those of quick ones that began later', async () => {
    const stream = await follow(user);
    const slow = await database.asOwner.begin();
    await slow.query(`select private.post_to_ledger($1, 1, 'adjustment', 'slow', null, null, clock_timestamp())`, [
      other.id,
    ]);
    const quick = adjustCredits(database.db, backend, { userId: user.id, amount: 2, reasonCode: 'goodwill' });
    await quick;
    // Not announced while an older one may still commit.
    const before = await announceChanges(database.db);
    const [{ xid } = { xid: '' }] = await database.asOwner.query<{ xid: string }>(
      'select max(xid)::text as xid from credit_transactions where user_id = $1',
      [user.id],
    );
    expect(before.announced <= BigInt(xid)).toBe(true);
    await slow.commit();
    expect(await stream.next()).toMatchObject({ type: 'adjustment', userId: user.id });
    await stream.stop();
  });

  test('whoever missed too much, or too long ago, or comes from another database, is told that he is behind', async () => {
    const short = open({ backlog: 3 });
    const { ready, stop } = await follow(user, {}, short);
    await stop();
    for (let amount = 1; amount <= 5; amount += 1) {
      await adjustCredits(database.db, backend, { userId: user.id, amount, reasonCode: 'goodwill' });
    }
    const late = await follow(user, { lastEventId: ready.id }, short);
    const behind = await late.next();
    expect(behind).toMatchObject({ kind: 'stream', type: 'behind' });
    await adjustCredits(database.db, backend, { userId: user.id, amount: 9, reasonCode: 'goodwill' });
    expect(await late.next()).toMatchObject({ kind: 'ledger', userId: user.id });
    await late.stop();
    for (const id of ['1.0.', '999999999999.0.']) {
      await database.asOwner.query(`update private.announced_changes set kept_from = greatest(kept_from, '2')`);
      const lost = await follow(user, { lastEventId: id }, short);
      expect(await lost.next()).toMatchObject({ type: 'behind' });
      await lost.stop();
    }
    await short.close();
  });

  test('a reader who is too slow gets one behind instead of what he missed, and goes on from there', async () => {
    const short = open({ backlog: 3 });
    const stream = await follow(user, {}, short);
    const fast = await follow(other, {}, short);
    for (let amount = 1; amount <= 12; amount += 1) {
      await adjustCredits(database.db, backend, { userId: user.id, amount, reasonCode: 'goodwill' });
      await adjustCredits(database.db, backend, { userId: other.id, amount, reasonCode: 'goodwill' });
      // He keeps up, so that all of these have been announced to both.
      await fast.next();
    }
    const [first] = await stream.until('behind');
    expect(['behind', 'adjustment']).toContain(first?.type);
    await adjustCredits(database.db, backend, { userId: user.id, amount: 77, reasonCode: 'goodwill' });
    await stream.until('adjustment');
    await Promise.all([stream.stop(), fast.stop()]);
    await short.close();
  });

  test('a broken position is refused', async () => {
    for (const lastEventId of ['', 'x', '1.9.', "1.1.'; drop table videos", '99999999999999999999999.0.']) {
      await expect(live.subscribe(user.actor, { lastEventId }).next()).rejects.toMatchObject({
        reason: 'invalid_input',
      });
    }
  });
});

describe('many servers and many streams', () => {
  test('every server hears of a change, and one of them announces it', async () => {
    const others = [open(), open()];
    const streams = await Promise.all([live, ...others].map((one) => follow(user, {}, one)));
    await adjustCredits(database.db, backend, { userId: user.id, amount: 3, reasonCode: 'goodwill' });
    const told = await Promise.all(streams.map(({ next }) => next()));
    expect(new Set(told.map(({ id }) => id)).size).toBe(1);
    await Promise.all(streams.map(({ stop }) => stop()));
    await Promise.all(others.map((one) => one.close()));
  });

  test('one caller has so many streams and no more, others are not kept out', async () => {
    const few = open({ streamsPerCaller: 2 });
    const [first, second] = [await follow(user, {}, few), await follow(user, {}, few)];
    await expect(few.subscribe(user.actor).next()).rejects.toMatchObject({
      reason: 'rate_limited',
      details: { limit: 2 },
    });
    const another = await follow(other, {}, few);
    expect(few.streams()).toBe(3);
    await first.stop();
    const third = await follow(user, {}, few);
    await Promise.all([second, third, another].map(({ stop }) => stop()));
    expect(few.streams()).toBe(0);
    await few.close();
  });

  test('all streams end when the server stops, and the database is left alone', async () => {
    const stopping = open();
    const stream = await follow(user, {}, stopping);
    await stopping.close();
    await expect(stream.next()).rejects.toMatchObject({ reason: 'unavailable' });
    await expect(stopping.subscribe(user.actor).next()).rejects.toMatchObject({ reason: 'unavailable' });
  });

  test('with nobody looking on no connection listens', async () => {
    const listeners = async () =>
      (
        await database.asSuperuser.query<{ n: number }>(
          `select count(*)::integer as n from pg_stat_activity
          where datname = current_database() and application_name = 'reeldesk live updates'`,
        )
      )[0]?.n;
    await expect.poll(listeners).toBe(0);
    const stream = await follow(user);
    await expect.poll(listeners).toBe(1);
    await stream.stop();
    await expect.poll(listeners).toBe(0);
  });
});

describe('the database', () => {
  test('announces nothing when nothing has changed, and nobody but the login may ask', async () => {
    await expect.poll(async () => (await announceChanges(database.db)).announced > 0n).toBe(true);
    const before = await database.asOwner.query('select xmin::text from private.announced_changes');
    const current = 'select pg_snapshot_xmax(pg_current_snapshot())::text as xid';
    await expect
      .poll(async () => {
        const [{ xid: from } = { xid: '' }] = await database.asOwner.query<{ xid: string }>(current);
        await announceChanges(database.db);
        const [{ xid: to } = { xid: '' }] = await database.asOwner.query<{ xid: string }>(current);
        return from === to;
      })
      .toBe(true);
    expect(before).toHaveLength(1);
    await expect(database.asBackend.query('select reeldesk.announce_changes()')).rejects.toThrow('permission denied');
    await expect(database.asUser(user.id).query('select reeldesk.announce_changes()')).rejects.toThrow(
      'permission denied',
    );
  });

  test('forgets after an hour what became of videos, and says from where on it still knows', async () => {
    await makeVideo(database.db, user.id, 'processing');
    await database.asOwner.query(`update live.video_changes set at = at - interval '2 hours'`);
    const [{ newest } = { newest: '' }] = await database.asOwner.query<{ newest: string }>(
      'select max(xid)::text as newest from live.video_changes',
    );
    await database.asOwner.query(
      `update private.announced_changes set swept_at = '-infinity', announced_at = '-infinity'`,
    );
    await adjustCredits(database.db, backend, { userId: user.id, amount: 1, reasonCode: 'goodwill' });
    await expect.poll(async () => (await announceChanges(database.db)).keptFrom > BigInt(newest)).toBe(true);
    expect(await database.asOwner.query('select from live.video_changes')).toEqual([]);
  });

  test('shows an owner the changes of his own videos only, whichever way he comes', async () => {
    await makeVideo(database.db, user.id, 'processing');
    await makeVideo(database.db, other.id, 'processing');
    const rows = await database.asUser(user.id).query<{ user_id: string }>('select user_id from live.video_changes');
    expect(rows.map((row) => row.user_id)).toEqual([user.id]);
    await expect(database.asAnon.query('select from live.video_changes')).rejects.toThrow('permission denied');
  });
});
