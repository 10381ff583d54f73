import { afterAll, describe, expect, it } from 'vitest';
import type { Caller } from '../testing/caller.ts';
import { createTestDatabase } from '../testing/test-database.ts';
import { adjust, ask, type Call, call, charge, refund, videoIdOf } from './calls.ts';
import { untilBlocked } from './interleaving.ts';

const database = await createTestDatabase();
const { asBackend, asOwner, asUser, createAccount } = database;
afterAll(database.drop);

interface Lock {
  table: 'videos' | 'profiles' | 'staff_members';
  key: string;
}

const keyColumn = { videos: 'id', profiles: 'id', staff_members: 'user_id' };
const lockRow = (by: Pick<Caller, 'query'>, { table, key }: Lock, wait: '' | 'nowait') =>
  by.query(`select from ${table} where ${keyColumn[table]} = $1 for update ${wait}`, [key]);

async function isHeld(lock: Lock): Promise<boolean> {
  try {
    await lockRow(asOwner, lock, 'nowait');
    return false;
  } catch (error) {
    if ((error as { code?: string }).code === '55P03') {
      return true;
    }
    throw error;
  }
}

async function prepare() {
  const admin = await createAccount({ role: 'admin' });
  const account = await createAccount({ credits: 100 });
  const colleague = await createAccount({ role: 'analyst' });
  const videoId = videoIdOf(await ask(asBackend, charge(account.id)));
  await ask(asBackend, call('start_video_generation', { p_video_id: videoId }));
  const locks = {
    video: { table: 'videos', key: videoId },
    account: { table: 'profiles', key: account.id },
    colleague: { table: 'profiles', key: colleague.id },
    colleagueRole: { table: 'staff_members', key: colleague.id },
    role: { table: 'staff_members', key: admin.id },
  } as const satisfies Record<string, Lock>;
  return { admin, asAdmin: asUser(admin.id), account, colleague, videoId, locks };
}

type Scene = Awaited<ReturnType<typeof prepare>>;
interface Chain {
  name: string;
  /** The locks in the order they have to be taken. */
  locks: (keyof Scene['locks'])[];
  by: (scene: Scene) => Caller;
  call: (scene: Scene) => Call;
  before?: (scene: Scene) => Call;
}

const completion = ({ videoId }: Scene) =>
  call('complete_video_generation', { p_video_id: videoId, p_video_url: 'https://cdn.reeldesk.example/1.mp4' });
const byAdmin = ({ asAdmin }: Scene) => asAdmin;

const chains: Chain[] = [
  {
    name: 'create_video_generation',
    locks: ['account', 'role'],
    by: byAdmin,
    call: ({ account }) => charge(account.id),
  },
  { name: 'adjust_credits', locks: ['account', 'role'], by: byAdmin, call: ({ account }) => adjust(account.id, 5) },
  {
    name: 'refund_video_credits',
    locks: ['video', 'account', 'role'],
    by: byAdmin,
    call: ({ videoId }) => refund(videoId),
    before: completion,
  },
  {
    name: 'fail_video_generation',
    locks: ['video', 'account'],
    by: () => asBackend,
    call: ({ videoId }) => call('fail_video_generation', { p_video_id: videoId, p_error: 'Provider failed' }),
  },
  {
    name: 'soft_delete_video',
    locks: ['video', 'role'],
    by: byAdmin,
    call: ({ videoId }) => call('soft_delete_video', { p_video_id: videoId }),
  },
  {
    name: 'restore_video',
    locks: ['video', 'role'],
    by: byAdmin,
    call: ({ videoId }) => call('restore_video', { p_video_id: videoId }),
    before: ({ videoId }) => ({ sql: 'update videos set deleted_at = now() where id = $1', params: [videoId] }),
  },
  {
    name: 'grant_staff_role',
    locks: ['colleague', 'role'],
    by: byAdmin,
    call: ({ colleague }) => call('desk.grant_staff_role', { p_user_id: colleague.id, p_role: 'admin' }),
  },
  {
    name: 'revoke_staff_role',
    locks: ['role'],
    by: byAdmin,
    call: ({ colleague }) => call('desk.revoke_staff_role', { p_user_id: colleague.id }),
  },
  {
    name: 'the end of a login',
    locks: ['colleague', 'colleagueRole'],
    by: () => asOwner,
    call: ({ colleague }) => ({ sql: 'delete from auth.users where id = $1', params: [colleague.id] }),
  },
];

describe('locks are taken in one order: video, account, role at the desk', () => {
  const order: Lock['table'][] = ['videos', 'profiles', 'staff_members'];

  it.each(chains)('$name', async (chain) => {
    for (const [position, awaited] of chain.locks.entries()) {
      const scene = await prepare();
      if (chain.before) {
        await ask(asOwner, chain.before(scene));
      }
      const holder = await asOwner.begin();
      await lockRow(holder, scene.locks[awaited], '');
      const transaction = await chain.by(scene).begin();
      const pending = ask(transaction, chain.call(scene));
      await untilBlocked(asOwner, transaction, holder, pending);

      const held = await Promise.all(
        chain.locks.map(async (name) => name !== awaited && (await isHeld(scene.locks[name]))),
      );
      expect(held).toEqual(chain.locks.map((_, index) => index < position));
      await holder.rollback();
      expect(await pending).not.toHaveProperty('reason');
      await transaction.commit();
    }
    const scene = await prepare();
    const ranks = chain.locks.map((name) => order.indexOf(scene.locks[name].table));
    expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
  });

  it('two rows of staff_members are taken in id order, whoever demotes whom', async () => {
    for (const round of ['lower first', 'higher first']) {
      const pair = [await createAccount({ role: 'admin' }), await createAccount({ role: 'admin' })];
      const [lower, higher] = pair.toSorted((a, b) => (a.id < b.id ? -1 : 1)) as [(typeof pair)[0], (typeof pair)[0]];
      const [by, whom] = round === 'lower first' ? [lower, higher] : [higher, lower];
      const holder = await asOwner.begin();
      await lockRow(holder, { table: 'staff_members', key: lower.id }, '');
      const transaction = await asUser(by.id).begin();
      const pending = ask(transaction, call('desk.revoke_staff_role', { p_user_id: whom.id }));
      await untilBlocked(asOwner, transaction, holder, pending);
      expect(await isHeld({ table: 'staff_members', key: higher.id })).toBe(false);
      await holder.rollback();
      expect(await pending).toMatchObject({ answer: { success: true } });
      await transaction.commit();
    }
  });
});

it('a demoted admin gains nothing from a transaction that still sees his role', async () => {
  const leaving = await createAccount({ role: 'admin' });
  const somebody = await createAccount();
  const old = await asUser(leaving.id).begin('repeatable read');
  expect(await old.query('select role from staff_members')).toEqual([{ role: 'admin' }]);
  await asOwner.query('delete from staff_members where user_id = $1', [leaving.id]);

  expect(await old.query('select role from staff_members')).toEqual([{ role: 'admin' }]);
  await expect(ask(old, adjust(somebody.id, 10))).rejects.toMatchObject({ code: '40001' });
  await old.rollback();
});
