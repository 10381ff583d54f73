import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { Caller } from '../testing/caller.ts';
import { createTestDatabase } from '../testing/test-database.ts';
import { adjust, answered, ask, type Call, call, charge, ledgerProblems, refund, videoIdOf } from './calls.ts';
import { interleave, type Step } from './interleaving.ts';

const database = await createTestDatabase();
const { asBackend, asOwner, asUser, createAccount } = database;
const admin = await createAccount({ role: 'admin' });
const asAdmin = asUser(admin.id);
afterAll(database.drop);
afterEach(async () => {
  expect(await ledgerProblems(asOwner)).toEqual([]);
});

const byBackend = (made: Call): Step => ({ by: asBackend, call: made });
const race = (first: Step, second: Step, firstEnds: 'commit' | 'rollback') =>
  interleave(asOwner, first, second, firstEnds);

async function makeVideo(status: 'pending' | 'processing' | 'completed' | 'deleted' = 'completed', credits = 15) {
  const account = await createAccount({ credits });
  const videoId = videoIdOf(await ask(asBackend, charge(account.id)));
  if (status !== 'pending') {
    await ask(asBackend, call('start_video_generation', { p_video_id: videoId }));
  }
  if (status === 'completed' || status === 'deleted') {
    await ask(asBackend, completion(videoId));
  }
  const owner = asUser(account.id);
  if (status === 'deleted') {
    await ask(owner, deletion(videoId));
  }
  return { account, owner, videoId };
}

const completion = (videoId: string) =>
  call('complete_video_generation', { p_video_id: videoId, p_video_url: 'https://cdn.reeldesk.example/1.mp4' });
const failure = (videoId: string) => call('fail_video_generation', { p_video_id: videoId, p_error: 'Provider failed' });
const deletion = (videoId: string) => call('soft_delete_video', { p_video_id: videoId });
const restoration = (videoId: string) => call('restore_video', { p_video_id: videoId });
const purge = call('purge_deleted_videos', { p_older_than: '0' });
const closing = (userId: string): Call => ({ sql: 'delete from auth.users where id = $1', params: [userId] });
const granting = (userId: string, role: string) => call('desk.grant_staff_role', { p_user_id: userId, p_role: role });
const revoking = (userId: string) => call('desk.revoke_staff_role', { p_user_id: userId });

async function balance(userId: string): Promise<number> {
  const [row] = await asOwner.query<{ credits: number }>('select credits from profiles where id = $1', [userId]);
  return row!.credits;
}

describe.each([{ ends: 'commit' as const }, { ends: 'rollback' as const }])(
  'while the first call waits to $ends',
  ({ ends }) => {
    const committed = ends === 'commit';

    it('of two charges that the balance covers once, the second is judged by what the first left', async () => {
      const account = await createAccount({ credits: 20 });
      const [, second] = await race(
        byBackend(charge(account.id)),
        { by: asUser(account.id), call: charge(account.id) },
        ends,
      );
      expect(second).toMatchObject(
        committed
          ? { reason: 'insufficient_credits', details: { credits: 5, required: 15 } }
          : { answer: { credits_remaining: 5 } },
      );
      expect(await balance(account.id)).toBe(5);
    });

    it('a second full refund is refused once the first stands', async () => {
      const { account, videoId } = await makeVideo();
      const [, second] = await race(byBackend(refund(videoId)), { by: asAdmin, call: refund(videoId) }, ends);
      expect(second).toMatchObject(
        committed
          ? { reason: 'already_refunded', details: { charged: 15, refunded: 15 } }
          : { answer: { credits_refunded: 15 } },
      );
      expect(await balance(account.id)).toBe(15);
    });

    it('a second partial refund gets no more than the first left', async () => {
      const { account, videoId } = await makeVideo();
      const ten = refund(videoId, { p_amount: 10 });
      const [, second] = await race({ by: asAdmin, call: ten }, byBackend(ten), ends);
      expect(second).toMatchObject(
        committed
          ? { reason: 'refund_exceeds_charge', details: { refundable: 5 } }
          : { answer: { credits_refunded: 10 } },
      );
      expect(await balance(account.id)).toBe(10);
    });

    it('partial refunds follow each other up to the charge', async () => {
      const { account, videoId } = await makeVideo();
      const [, second] = await race(
        byBackend(refund(videoId, { p_amount: 10 })),
        byBackend(refund(videoId, { p_amount: 5 })),
        ends,
      );
      expect(second).toMatchObject({ answer: { credits_refunded: 5 } });
      expect(await balance(account.id)).toBe(committed ? 15 : 5);
    });

    it('a refund beside a failure finds it refunded, or still not refundable', async () => {
      const { account, videoId } = await makeVideo('processing');
      const [, second] = await race(byBackend(failure(videoId)), { by: asAdmin, call: refund(videoId) }, ends);
      expect(second).toMatchObject({ reason: committed ? 'already_refunded' : 'not_refundable' });
      expect(await balance(account.id)).toBe(committed ? 15 : 0);
    });

    it('a failure reported twice refunds once', async () => {
      const { account, videoId } = await makeVideo('processing');
      const [, second] = await race(byBackend(failure(videoId)), byBackend(failure(videoId)), ends);
      expect(second).toMatchObject(
        committed ? { reason: 'invalid_status_change' } : { answer: { credits_refunded: 15 } },
      );
      expect(await balance(account.id)).toBe(15);
    });

    it('a video fails or completes, never both', async () => {
      const { account, videoId } = await makeVideo('processing');
      const [, second] = await race(byBackend(completion(videoId)), byBackend(failure(videoId)), ends);
      expect(second).toMatchObject(
        committed ? { reason: 'invalid_status_change' } : { answer: { credits_refunded: 15 } },
      );
      expect(await balance(account.id)).toBe(committed ? 0 : 15);
    });

    it('a restore beside a delete undoes it, or finds nothing to undo', async () => {
      const { owner, videoId } = await makeVideo();
      const [, second] = await race(
        { by: owner, call: deletion(videoId) },
        { by: asAdmin, call: restoration(videoId) },
        ends,
      );
      expect(second).toMatchObject(committed ? { answer: true } : { reason: 'not_deleted' });
    });

    it('a video is deleted once', async () => {
      const { owner, videoId } = await makeVideo();
      const [, second] = await race(
        { by: asAdmin, call: deletion(videoId) },
        { by: owner, call: deletion(videoId) },
        ends,
      );
      expect(second).toMatchObject(committed ? { reason: 'already_deleted' } : { answer: true });
    });

    it('a video is restored once', async () => {
      const { owner, videoId } = await makeVideo('deleted');
      const [, second] = await race(
        { by: owner, call: restoration(videoId) },
        { by: owner, call: restoration(videoId) },
        ends,
      );
      expect(second).toMatchObject(committed ? { reason: 'not_deleted' } : { answer: true });
    });

    it('a restore or refund beside a purge comes too late, or finds the video', async () => {
      for (const late of [restoration, refund]) {
        await ask(asBackend, purge);
        const { videoId } = await makeVideo('deleted');
        const [first, second] = await race(byBackend(purge), { by: asAdmin, call: late(videoId) }, ends);
        expect(first).toEqual({ answer: 1 });
        expect(second).toMatchObject(committed ? { reason: 'video_not_found' } : { answer: expect.anything() });
      }
    });

    it('a purge leaves what a restore holds to the next run', async () => {
      await ask(asBackend, purge);
      const { owner, videoId } = await makeVideo('deleted');
      const restoring = await owner.begin();
      expect(await ask(restoring, restoration(videoId))).toEqual({ answer: true });
      expect(await ask(asBackend, purge)).toEqual({ answer: 0 });
      await restoring[ends]();
      expect(await ask(asBackend, purge)).toEqual({ answer: committed ? 0 : 1 });
    });

    it('a charge beside an adjustment that takes the credits away is judged by what is left', async () => {
      const account = await createAccount({ credits: 20 });
      const [, second] = await race(
        { by: asAdmin, call: adjust(account.id, -10) },
        byBackend(charge(account.id)),
        ends,
      );
      expect(second).toMatchObject(
        committed ? { reason: 'insufficient_credits', details: { credits: 10 } } : { answer: { credits_remaining: 5 } },
      );
    });

    it('an adjustment takes no credits that a charge has taken', async () => {
      const account = await createAccount({ credits: 20 });
      const [, second] = await race(
        byBackend(charge(account.id)),
        { by: asAdmin, call: adjust(account.id, -20) },
        ends,
      );
      expect(second).toMatchObject(
        committed ? { reason: 'insufficient_credits', details: { credits: 5 } } : { answer: { credits_remaining: 0 } },
      );
    });

    it.each(['charge', 'refund', 'adjust'] as const)('the same key gets one %s and one answer', async (operation) => {
      const { account, videoId } = await makeVideo('completed', 100);
      const keyed = { p_idempotency_key: randomUUID() };
      const made = {
        charge: charge(account.id, keyed),
        refund: refund(videoId, { ...keyed, p_amount: 5 }),
        adjust: adjust(account.id, -5, keyed),
      }[operation];
      const [first, second] = await race(byBackend(made), byBackend(made), ends);
      expect(answered(second, 'success')).toBe(true);
      if (committed) {
        expect(second).toEqual(first);
      } else {
        expect(answered(second, 'transaction_id')).not.toBe(answered(first, 'transaction_id'));
      }
      expect(await balance(account.id)).toBe({ charge: 70, refund: 90, adjust: 80 }[operation]);
    });

    it.each(['charge', 'refund', 'adjust'] as const)('the same key with another %s is refused', async (operation) => {
      const { account, videoId } = await makeVideo('completed', 100);
      const keyed = { p_idempotency_key: randomUUID() };
      const [made, other] = {
        charge: [charge(account.id, keyed), charge(account.id, { ...keyed, p_prompt: 'A grey morning' })],
        refund: [refund(videoId, { ...keyed, p_amount: 5 }), refund(videoId, { ...keyed, p_amount: 6 })],
        adjust: [adjust(account.id, -5, keyed), adjust(account.id, 5, keyed)],
      }[operation] as [Call, Call];
      const [, second] = await race(byBackend(made), byBackend(other), ends);
      expect(second).toMatchObject(committed ? { reason: 'idempotency_key_reused' } : { answer: { success: true } });
    });

    it('a charge beside the end of its login is refused once the account is closed', async () => {
      const account = await createAccount({ credits: 20 });
      const [, second] = await race({ by: asOwner, call: closing(account.id) }, byBackend(charge(account.id)), ends);
      expect(second).toMatchObject(committed ? { reason: 'account_closed' } : { answer: { credits_remaining: 5 } });
    });

    it('an account is closed after a charge that was first', async () => {
      const account = await createAccount({ credits: 20 });
      await race(byBackend(charge(account.id)), { by: asOwner, call: closing(account.id) }, ends);
      expect(await ask(asBackend, charge(account.id))).toMatchObject({ reason: 'account_closed' });
      expect(await balance(account.id)).toBe(committed ? 5 : 20);
    });

    describe('an admin who is being demoted', () => {
      const demotions: [string, (userId: string) => Call][] = [
        ['revoked', revoking],
        ['made an analyst', (userId) => granting(userId, 'analyst')],
      ];
      const actions: [string, (admin: Caller) => Promise<Step>][] = [
        ['refunds', async (by) => ({ by, call: refund((await makeVideo()).videoId) })],
        ['adjusts', async (by) => ({ by, call: adjust((await createAccount()).id, 10) })],
        ['creates for somebody', async (by) => ({ by, call: charge((await createAccount({ credits: 15 })).id) })],
        ["deletes somebody's video", async (by) => ({ by, call: deletion((await makeVideo()).videoId) })],
        ["restores somebody's video", async (by) => ({ by, call: restoration((await makeVideo('deleted')).videoId) })],
        ['grants a role', async (by) => ({ by, call: granting((await createAccount()).id, 'analyst') })],
        ['revokes a role', async (by) => ({ by, call: revoking((await createAccount({ role: 'analyst' })).id) })],
        [
          'sets a price',
          async (by) => ({
            by,
            call: call('desk.set_credit_price', {
              p_resolution: '1280x720',
              p_quality: 'draft',
              p_credits_per_second: 1,
            }),
          }),
        ],
      ];

      for (const [demoted, demote] of demotions) {
        it.each(actions)(`and ${demoted} %s no more`, async (_, prepare) => {
          const leaving = await createAccount({ role: 'admin' });
          const action = await prepare(asUser(leaving.id));
          const [, second] = await race({ by: asAdmin, call: demote(leaving.id) }, action, ends);
          expect(second).toMatchObject(committed ? { reason: 'forbidden' } : { answer: expect.anything() });
        });
      }

      it.each(actions)('%s what was begun before', async (_, prepare) => {
        const leaving = await createAccount({ role: 'admin' });
        const [first, second] = await race(
          await prepare(asUser(leaving.id)),
          { by: asAdmin, call: revoking(leaving.id) },
          ends,
        );
        expect(first).toMatchObject({ answer: expect.anything() });
        expect(second).toMatchObject({ answer: { success: true } });
      });
    });

    it('of two admins who revoke each other one remains', async () => {
      const [one, other] = [await createAccount({ role: 'admin' }), await createAccount({ role: 'admin' })];
      const [, second] = await race(
        { by: asUser(one.id), call: revoking(other.id) },
        { by: asUser(other.id), call: revoking(one.id) },
        ends,
      );
      expect(second).toMatchObject(committed ? { reason: 'forbidden' } : { answer: { success: true } });
      const left = await asOwner.query('select user_id from staff_members where user_id = any ($1)', [
        [one.id, other.id],
      ]);
      expect(left).toEqual([{ user_id: committed ? one.id : other.id }]);
    });

    it('a role granted while the login goes is taken away with it, or not given', async () => {
      const staff = async (userId: string) =>
        asOwner.query('select role from staff_members where user_id = $1', [userId]);
      const leaving = await createAccount();
      await race(
        { by: asAdmin, call: granting(leaving.id, 'admin') },
        { by: asOwner, call: closing(leaving.id) },
        ends,
      );
      expect(await staff(leaving.id)).toEqual([]);

      const another = await createAccount();
      const [, second] = await race(
        { by: asOwner, call: closing(another.id) },
        { by: asAdmin, call: granting(another.id, 'admin') },
        ends,
      );
      expect(second).toMatchObject(committed ? { reason: 'account_not_found' } : { answer: { success: true } });
      expect(await staff(another.id)).toHaveLength(committed ? 0 : 1);
    });
  },
);
