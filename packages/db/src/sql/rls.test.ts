import pg from 'pg';
import { afterAll, describe, expect, test } from 'vitest';
import {
  call,
  callRows,
  createScene,
  expectRefused,
  forbidden,
  inRole,
  makeVideo,
  noPermission,
  type Queryable,
} from './scene.ts';

const scene = await createScene();
const { database, callers, ids } = scene;
const api = new pg.Client({ connectionString: database.apiUrl });
await api.connect();
afterAll(async () => {
  await api.end();
  await database.drop();
});

// Every table has a row of each account, where it can; `owner` has a deleted video more.
for (const id of Object.values(ids)) {
  const notAdmin = id !== ids.admin;
  await call(notAdmin ? callers.admin : callers.backend, 'adjust_credits', {
    p_user_id: id,
    p_amount: 100,
    p_reason_code: 'purchase',
  });
  await makeVideo(scene, id);
}
await call(callers.owner, 'soft_delete_video', { p_video_id: await makeVideo(scene, ids.owner) });

const roles = ['anon', 'authenticated', 'service_role', 'reeldesk_analyst', 'reeldesk_admin', 'reeldesk_api'] as const;
const readOnly = {
  anon: '',
  authenticated: 'SELECT',
  service_role: 'SELECT',
  reeldesk_analyst: 'SELECT',
  reeldesk_admin: 'SELECT',
  reeldesk_api: '',
};
const byColumn = { ...readOnly, reeldesk_analyst: 'SELECT of columns' };
const notForAnalysts = { ...readOnly, reeldesk_analyst: '' };

/** What each role may do with each table; a table of `public` that is missing here fails the test. */
const privileges: Record<string, Record<(typeof roles)[number], string>> = {
  audit_log: notForAnalysts,
  credit_prices: readOnly,
  credit_transactions: readOnly,
  profiles: byColumn,
  staff_members: notForAnalysts,
  videos: byColumn,
};

test('each role has exactly the verbs that the matrix states, on every table', async () => {
  const found = await database.asOwner.query<{ name: string; role: keyof typeof readOnly; verbs: string }>(
    `select c.relname as name, r.role,
      concat_ws(', ',
        (select string_agg(v, ', ') from unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) v
          where has_table_privilege(r.role, c.oid, v)),
        (select string_agg(v || ' of columns', ', ') from unnest(array['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) v
          where has_any_column_privilege(r.role, c.oid, v) and not has_table_privilege(r.role, c.oid, v))) as verbs
    from pg_class c cross join unnest($1::text[]) as r (role)
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')`,
    [roles],
  );
  const matrix: Record<string, Record<string, string>> = {};
  for (const { name, role, verbs } of found) {
    matrix[name] = { ...matrix[name], [role]: verbs };
  }
  expect(matrix).toEqual(privileges);
});

const asApi: Queryable = { query: async (sql) => (await api.query(sql)).rows };
const readers = {
  owner: callers.owner,
  other: callers.other,
  analyst: callers.analyst,
  admin: callers.admin,
  demoted: callers.demoted,
  nobody: callers.nobody,
  anon: callers.anon,
  backend: callers.backend,
  reeldesk_analyst: inRole(database, 'reeldesk_analyst'),
  reeldesk_admin: inRole(database, 'reeldesk_admin'),
  reeldesk_api: asApi,
};
type Reader = keyof typeof readers;

const own = {
  owner: ['owner'],
  other: ['other'],
  analyst: ['analyst'],
  admin: ['admin'],
  demoted: ['demoted'],
  nobody: [],
  anon: 'denied',
  backend: 'all',
  reeldesk_analyst: 'all',
  reeldesk_admin: 'all',
  reeldesk_api: 'denied',
} as const;
const staffOnly = { ...own, owner: [], other: [], demoted: [], reeldesk_analyst: 'denied' } as const;

/** Whose rows each reader finds, by the column that names the account. */
const rows: Record<string, { column: string; sees: Record<Reader, readonly string[] | 'all' | 'denied'> }> = {
  audit_log: { column: 'user_id', sees: { ...staffOnly, analyst: [], admin: 'all' } },
  credit_prices: {
    column: 'resolution',
    sees: { ...own, owner: 'all', other: 'all', analyst: 'all', admin: 'all', demoted: 'all', nobody: 'all' },
  },
  credit_transactions: { column: 'user_id', sees: own },
  profiles: { column: 'user_id', sees: own },
  staff_members: { column: 'user_id', sees: staffOnly },
  videos: { column: 'user_id', sees: own },
};

describe.each(Object.keys(privileges))('%s', (table) => {
  const { column, sees } = rows[table]!;
  const sql = `select distinct ${column}::text as key from public.${table} where ${column} is not null order by 1`;
  const names = new Map(Object.entries(ids).map(([name, id]) => [id, name]));

  test.each(Object.keys(readers) as Reader[])('shows %s just the rows of the matrix', async (reader) => {
    const expected = sees[reader];
    const read = async () => (await readers[reader].query<{ key: string }>(sql)).map(({ key }) => key);
    if (expected === 'denied') {
      await expectRefused(scene, read, noPermission);
    } else if (expected === 'all') {
      const all = await database.asOwner.query<{ key: string }>(sql);
      expect(all.length).toBeGreaterThanOrEqual(2);
      expect(await read()).toEqual(all.map(({ key }) => key));
    } else {
      expect((await read()).map((key) => names.get(key))).toEqual(expected);
    }
  });

  test.each(Object.keys(readers) as Reader[])('lets %s write nothing by hand', async (reader) => {
    const writes = [
      `insert into public.${table} default values`,
      `update public.${table} set ${column} = ${column}`,
      `delete from public.${table}`,
      `truncate public.${table} cascade`,
      `select 1 from public.${table} for update`,
    ];
    for (const write of writes) {
      await expectRefused(scene, () => readers[reader].query(write), noPermission);
    }
  });
});

test("owners don't see deleted rows, the desk and the back end do", async () => {
  const deleted = 'select count(*)::int as n from public.videos where deleted_at is not null';
  const expected: Partial<Record<Reader, number>> = {
    owner: 0,
    other: 0,
    analyst: 0,
    admin: 0,
    nobody: 0,
    backend: 1,
    reeldesk_analyst: 1,
    reeldesk_admin: 1,
  };
  for (const [reader, n] of Object.entries(expected)) {
    expect(await readers[reader as Reader].query(deleted), reader).toEqual([{ n }]);
  }
});

describe('an analyst at the desk reads', () => {
  const withheld: Record<string, string[]> = {
    profiles: ['email'],
    videos: ['error_message', 'image_url', 'prompt', 'video_url'],
  };
  test.each(Object.keys(withheld))(
    'every column of %s but those that may hold a prompt or an e-mail',
    async (table) => {
      const columns = await database.asOwner.query<{ name: string; granted: boolean }>(
        `select attname as name, has_column_privilege('reeldesk_analyst', attrelid, attnum, 'select') as granted
      from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped order by 1`,
        [`public.${table}`],
      );
      expect(columns.filter(({ granted }) => !granted).map(({ name }) => name)).toEqual(withheld[table]);
      for (const column of [...withheld[table]!, '*']) {
        await expectRefused(
          scene,
          () => readers.reeldesk_analyst.query(`select ${column} from public.${table}`),
          noPermission,
        );
      }
      await expectRefused(scene, () => readers.reeldesk_analyst.query(`select t from public.${table} t`), noPermission);
    },
  );
});

test("the API's own login sees and calls nothing before it has become somebody", async () => {
  for (const sql of [
    'select * from private.idempotency_keys',
    `select public.get_credit_info('${ids.owner}')`,
    `select desk.grant_staff_role('${ids.owner}', 'admin')`,
    'select * from auth.users',
    `select private.post_to_ledger('${ids.owner}', 1, 'adjustment', 'x')`,
  ]) {
    await expectRefused(scene, () => api.query(sql), noPermission);
  }
});

test('an admin who loses his role loses everything at once, in a session that is already open', async () => {
  const { id } = await database.createAccount({ role: 'admin' });
  const user = database.asUser(id);
  const videoId = await makeVideo(scene, ids.owner);
  const acts: [string, (args?: object) => Promise<unknown>][] = [
    [
      'refund_video_credits',
      () => call(user, 'refund_video_credits', { p_video_id: videoId, p_reason: 'Flicker', p_amount: 1 }),
    ],
    [
      'adjust_credits',
      () => call(user, 'adjust_credits', { p_user_id: ids.owner, p_amount: 1, p_reason_code: 'goodwill' }),
    ],
    ['get_credit_info', () => call(user, 'get_credit_info', { p_user_id: ids.owner })],
    ['balance_at', () => call(user, 'balance_at', { p_user_id: ids.owner, p_at: '2100-01-01' })],
    ['credit_statement', () => callRows(user, 'credit_statement', { p_user_id: ids.owner })],
    ['list_deleted_videos', () => callRows(user, 'list_deleted_videos', { p_user_id: ids.owner })],
    [
      'set_credit_price',
      () =>
        call(user, 'desk.set_credit_price', { p_resolution: '1280x720', p_quality: 'draft', p_credits_per_second: 1 }),
    ],
    ['grant_staff_role', () => call(user, 'desk.grant_staff_role', { p_user_id: ids.other, p_role: 'analyst' })],
    ['revoke_staff_role', () => call(user, 'desk.revoke_staff_role', { p_user_id: ids.other })],
  ];
  for (const [name, act] of acts) {
    await expect(act(), name).resolves.toBeDefined();
  }
  const open = await user.begin();
  expect(await open.query('select 1 from audit_log limit 1')).toHaveLength(1);
  await call(callers.admin, 'desk.revoke_staff_role', { p_user_id: id });
  expect(await open.query('select 1 from audit_log limit 1')).toEqual([]);
  await expect(call(open, 'get_credit_info', { p_user_id: ids.owner })).rejects.toMatchObject({ code: 'PT403' });
  await open.rollback();
  for (const [, act] of acts) {
    await expectRefused(scene, act, forbidden);
  }
});
