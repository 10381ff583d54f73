import { afterAll, expect, test } from 'vitest';
import { createTestDatabase } from './test-database.ts';

const database = await createTestDatabase();
afterAll(database.drop);

const whoAmI = `select current_user::text as user, auth.uid() as id, auth.role() as claimed`;

test('each caller is who he says, for one statement and no longer', async () => {
  const { id } = await database.createAccount();
  expect(await database.asUser(id).query(whoAmI)).toEqual([{ user: 'authenticated', id, claimed: 'authenticated' }]);
  expect(await database.asAnon.query(whoAmI)).toEqual([{ user: 'anon', id: null, claimed: 'anon' }]);
  expect(await database.asBackend.query(whoAmI)).toEqual([{ user: 'service_role', id: null, claimed: 'service_role' }]);
  expect(await database.asOwner.query(whoAmI)).toEqual([{ user: 'postgres', id: null, claimed: null }]);
  expect(await database.asSuperuser.query(whoAmI)).toEqual([{ user: 'supabase_admin', id: null, claimed: null }]);
});

test('an account has its credits from the ledger, and its role', async () => {
  const { id, email } = await database.createAccount({ credits: 40, role: 'analyst' });
  expect(
    await database.asOwner.query('select email, credits, ledger_entries from profiles where id = $1', [id]),
  ).toEqual([{ email, credits: 40, ledger_entries: 1 }]);
  expect(await database.asUser(id).query('select role from staff_members')).toEqual([{ role: 'analyst' }]);
});

test("a transaction stays open until it is told how to end, and a failed one can't pass for committed", async () => {
  const { id } = await database.createAccount();
  const count = async () => (await database.asOwner.query('select from staff_members where user_id = $1', [id])).length;
  const insert = 'insert into staff_members (user_id, role) values ($1, $2)';
  const first = await database.asOwner.begin();
  await first.query(insert, [id, 'admin']);
  expect(await count()).toBe(0);
  await first.rollback();
  expect(await count()).toBe(0);

  const second = await database.asOwner.begin();
  await second.query(insert, [id, 'admin']);
  await expect(second.query(insert, [id, 'cook'])).rejects.toThrow();
  await expect(second.commit()).rejects.toThrow(/rolled back/);
  expect(await count()).toBe(0);
});

test('two databases share nothing, and one can be dropped with transactions and calls still open', async () => {
  const other = await createTestDatabase();
  const { id } = await other.createAccount();
  expect(await database.asOwner.query('select from profiles where id = $1', [id])).toEqual([]);
  const holder = await other.asOwner.begin();
  await holder.query('lock table profiles');
  // Not one that waits for the lock: freed by the holder's end, it could be answered before its own.
  const running = other.asOwner.query('select pg_sleep(600)').catch((error: Error) => error.message);
  await expect
    .poll(() =>
      other.asSuperuser.query(
        `select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`,
      ),
    )
    .toHaveLength(1);
  await other.drop();
  expect(await running).toMatch(/terminat/);
});

test.each(['migrated', 'demo', 'old', 'shimmed'] as const)('the template %s holds what it says', async (template) => {
  const copy = await createTestDatabase(template);
  const [found] = await copy.asOwner.query(
    `select to_regclass('public.profiles') is not null as profiles, to_regclass('public.audit_log') is not null as log`,
  );
  expect(found).toEqual({ profiles: template !== 'shimmed', log: template === 'migrated' || template === 'demo' });
  if (template === 'migrated' || template === 'demo') {
    const [rows] = await copy.asOwner.query<{ count: number }>('select count(*)::int as count from profiles');
    expect(rows!.count > 0).toBe(template === 'demo');
  }
  await copy.drop();
});
