import pg from 'pg';
import { afterAll, describe, expect, test } from 'vitest';
import {
  appendOnly,
  call,
  createScene,
  expectBooksBalance,
  expectRefused,
  inRole,
  ledgerOnly,
  makeVideo,
  noPermission,
  type Queryable,
} from './scene.ts';

const scene = await createScene();
const { database, callers, ids } = scene;
const superuser = new pg.Client({ connectionString: database.superuserUrl });
await superuser.connect();
afterAll(async () => {
  await superuser.end();
  await database.drop();
});
await makeVideo(scene, ids.owner, 'failed');
const empty = await database.createAccount();

/** The superuser, with or without ordinary triggers and foreign keys; each call in a transaction of its own. */
function asSuperuser(replicationRole: 'origin' | 'replica'): Queryable {
  return {
    query: async (sql, params) => {
      await superuser.query('begin');
      try {
        await superuser.query(`set local session_replication_role = ${replicationRole}`);
        const { rows } = await superuser.query(sql, params && [...params]);
        await superuser.query('commit');
        return rows as never;
      } catch (error) {
        await superuser.query('rollback');
        throw error;
      }
    },
  };
}

const mighty: [string, Queryable][] = [
  ['the schema owner', database.asOwner],
  ['the superuser', asSuperuser('origin')],
  ['the superuser who plays replica', asSuperuser('replica')],
];
const ordinary: [string, Queryable][] = [
  ['anon', callers.anon],
  ['the account owner', callers.owner],
  ['an admin', callers.admin],
  ['the back end', callers.backend],
  ['reeldesk_admin', inRole(database, 'reeldesk_admin')],
  ['reeldesk_analyst', inRole(database, 'reeldesk_analyst')],
];

describe.each(['credit_transactions', 'audit_log'])('%s is append-only', (table) => {
  const changes = [
    `update public.${table} set amount = amount + 1`,
    `update public.${table} set amount = amount`,
    `update public.${table} set created_at = now() where id = (select id from public.${table} limit 1)`,
    `delete from public.${table}`,
    `delete from public.${table} where amount < 0 or amount > 0`,
    `truncate public.${table} cascade`,
    `merge into public.${table} t using public.${table} s on t.id = s.id when matched then update set reason = 'x'`,
    `merge into public.${table} t using public.${table} s on t.id = s.id when matched then delete`,
    `with gone as (delete from public.${table} returning 1) select count(*) from gone`,
  ];
  test.each(mighty)('even for %s', async (_who, caller) => {
    for (const sql of changes) {
      await expectRefused(scene, () => caller.query(sql), appendOnly);
    }
  });

  test.each(ordinary)('and %s may not even try', async (_who, caller) => {
    for (const sql of changes) {
      await expectRefused(scene, () => caller.query(sql), noPermission);
    }
  });
});

describe('credits move only through the ledger:', () => {
  const entry = (values: string) => `insert into public.credit_transactions
    (user_id, entry_no, amount, balance_after, type, created_at) select ${values} from public.profiles p where p.id = '${ids.owner}'`;
  const both = (set: string, values: string) => `with p as (
      update public.profiles set ${set} where id = '${ids.owner}' returning *
    ) insert into public.credit_transactions (user_id, entry_no, amount, balance_after, type, created_at)
    select ${values} from p`;
  const refused: [string, string][] = [
    ['a balance by hand', `update public.profiles set credits = credits + 1 where id = '${ids.owner}'`],
    ['every balance at once', 'update public.profiles set credits = credits + 1'],
    ['a balance taken away', `update public.profiles set credits = 0 where id = '${ids.owner}'`],
    [
      'a balance with its counters, but without a row',
      `update public.profiles set credits = credits + 1, ledger_entries = ledger_entries + 1, last_entry_at = now() where id = '${ids.owner}'`,
    ],
    ['the counter', `update public.profiles set ledger_entries = ledger_entries + 1 where id = '${ids.owner}'`],
    ['the time of the last entry', `update public.profiles set last_entry_at = now() where id = '${ids.owner}'`],
    [
      'the id of an account',
      `update public.profiles set (id, user_id) = (select g, g from gen_random_uuid() g) where id = '${empty.id}'`,
    ],
    [
      'a balance through on conflict',
      `insert into public.profiles (id, user_id) values ('${ids.owner}', '${ids.owner}') on conflict (id) do update set credits = 9999`,
    ],
    [
      'a balance through merge',
      `merge into public.profiles p using (select 1) s on p.id = '${ids.owner}' when matched then update set credits = 9999`,
    ],
    [
      'an account born rich',
      `insert into public.profiles (id, user_id, credits) select g, g, 100 from gen_random_uuid() g`,
    ],
    [
      'an account born with entries',
      `insert into public.profiles (id, user_id, ledger_entries) select g, g, 1 from gen_random_uuid() g`,
    ],
    ['a row without its movement', entry(`p.id, p.ledger_entries + 1, 10, p.credits + 10, 'adjustment', now()`)],
    [
      'a row that claims the present balance',
      entry(`p.id, p.ledger_entries + 1, 10, p.credits, 'adjustment', p.last_entry_at`),
    ],
    [
      'a movement with a row of another amount',
      both(
        'credits = credits + 10, ledger_entries = ledger_entries + 1, last_entry_at = now()',
        `id, ledger_entries, 5, credits, 'adjustment', last_entry_at`,
      ),
    ],
    [
      'a movement whose row hides it in the balance',
      both(
        'credits = credits + 10, ledger_entries = ledger_entries + 1, last_entry_at = now()',
        `id, ledger_entries, 10, credits - 10, 'adjustment', last_entry_at`,
      ),
    ],
    [
      'a movement that leaves a gap',
      both(
        'credits = credits + 10, ledger_entries = ledger_entries + 2, last_entry_at = now()',
        `id, ledger_entries, 10, credits, 'adjustment', last_entry_at`,
      ),
    ],
    [
      'a movement before the last one',
      both(
        `credits = credits + 10, ledger_entries = ledger_entries + 1, last_entry_at = '2020-01-01'`,
        `id, ledger_entries, 10, credits, 'adjustment', last_entry_at`,
      ),
    ],
  ];
  describe.each(mighty)("%s can't write", (_who, caller) => {
    test.each(refused)('%s', async (_what, sql) => {
      await expectRefused(scene, () => caller.query(sql), ledgerOnly);
    });

    test('an account away from its ledger', async () => {
      for (const sql of [`delete from public.profiles where id = '${ids.owner}'`, 'delete from public.profiles']) {
        await expectRefused(scene, () => caller.query(sql), appendOnly);
      }
      await expectRefused(scene, () => caller.query('truncate public.profiles cascade'), appendOnly);
    });

    test('a negative balance, in whatever words', async () => {
      const sql = both(
        'credits = -1, ledger_entries = ledger_entries + 1, last_entry_at = clock_timestamp()',
        `id, ledger_entries, -1 - (select credits from public.profiles where id = '${ids.owner}'), -1, 'adjustment', last_entry_at`,
      );
      await expectRefused(scene, () => caller.query(sql), { sqlstate: '23514' });
    });
  });
});

test('the guarding triggers fire always, and no other function posts', async () => {
  const triggers = await database.asOwner.query<{ tgname: string; tgenabled: string }>(
    `select tgname, tgenabled from pg_trigger where not tgisinternal
      and tgrelid in ('profiles'::regclass, 'credit_transactions'::regclass, 'audit_log'::regclass, 'staff_members'::regclass)`,
  );
  expect(triggers.length).toBeGreaterThanOrEqual(9);
  expect(triggers.filter(({ tgenabled }) => tgenabled !== 'A')).toEqual([]);
  const posting = await database.asOwner.query(
    `select oid::regprocedure::text as name from pg_proc
    where prosrc ~* 'insert\\s+into\\s+public\\.credit_transactions' or prosrc ~* 'set\\s+credits\\s*='`,
  );
  expect(posting.map(({ name }) => String(name).split('(')[0])).toEqual(['private.post_to_ledger']);
});

test('after any calls, refused ones among them, entry_no has no gap and every balance follows from the one before', async () => {
  for (let n = 0; n < 5; n += 1) {
    await makeVideo(scene, ids.other, n % 2 === 0 ? 'failed' : 'completed');
    await call(callers.admin, 'adjust_credits', { p_user_id: ids.other, p_amount: -10, p_reason_code: 'correction' });
    await call(callers.admin, 'adjust_credits', {
      p_user_id: ids.other,
      p_amount: -100000,
      p_reason_code: 'fraud',
    }).catch(() => null);
  }
  const accounts = await database.asOwner.query<{ id: string; credits: number; ledger_entries: number }>(
    'select * from profiles',
  );
  for (const account of accounts) {
    const entries = await database.asOwner.query<{
      entry_no: number;
      amount: number;
      balance_after: number;
      created_at: Date;
    }>('select * from credit_transactions where user_id = $1 order by entry_no', [account.id]);
    let balance = 0;
    for (const [index, entry] of entries.entries()) {
      balance += entry.amount;
      expect(entry).toMatchObject({ entry_no: index + 1, balance_after: balance });
      expect(entry.created_at.getTime()).toBeGreaterThanOrEqual(entries[index - 1]?.created_at.getTime() ?? 0);
    }
    expect(account).toMatchObject({ credits: balance, ledger_entries: entries.length });
  }
  await expectBooksBalance(scene);
});

test.each([
  ['a balance', 'update public.profiles set credits = credits + 1', 'credits is not the sum of the ledger'],
  ['a gap', 'delete from public.credit_transactions where entry_no = 1', 'does not follow from the one before'],
  [
    'a wrong balance_after',
    'update public.credit_transactions set balance_after = balance_after + 1 where entry_no = 1',
    'does not follow',
  ],
  [
    'an unearned refund',
    `update public.credit_transactions set amount = amount + 1 where type = 'refund'`,
    'beyond its charge',
  ],
])('private.ledger_problems finds %s that a superuser broke with the triggers off', async (_what, sql, problem) => {
  await superuser.query('begin');
  try {
    await superuser.query('alter table public.profiles disable trigger user');
    await superuser.query('alter table public.credit_transactions disable trigger user');
    await superuser.query('set local session_replication_role = replica');
    await superuser.query(sql);
    const { rows } = await superuser.query<{ problem: string }>('select problem from private.ledger_problems()');
    expect(rows.map((row) => row.problem).join('\n')).toContain(problem);
  } finally {
    await superuser.query('rollback');
  }
});
