import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hostileStatements } from './hostile-statements.ts';
import { call, createScene, expectBooksBalance, makeVideo, videoRequest } from './scene.ts';

const scene = await createScene();
const { database, callers, ids } = scene;
const superuser = new pg.Client({ connectionString: database.superuserUrl });
await superuser.connect();

/** What nobody else may ever read, in any row, notice or error. */
const secrets = {
  prompt: 'XYZZY prompt of the owner',
  note: 'XYZZY note of an admin',
  email: 'xyzzy@reeldesk.example',
};
const attackerLogins: { login: string; client: pg.Client }[] = [];

interface Attacker {
  login: string;
  /** Everything the database has told him: rows, notices, errors with detail and hint. */
  heard: string[];
  /** Runs a statement for what it may do; its refusal is recorded like any other answer. */
  attempt(sql: string): Promise<string>;
}

/** A login of its own that is a member of one role and nothing else, with claims or without. */
async function createAttacker(role: string, userId: string | null): Promise<Attacker> {
  const login = `attacker_${randomBytes(6).toString('hex')}`;
  const url = new URL(database.superuserUrl);
  await superuser.query(`create role ${login} login inherit password '${url.password}' in role ${role}`);
  url.username = login;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  attackerLogins.push({ login, client });
  const heard: string[] = [];
  client.on('notice', ({ message, detail, hint, where }) => heard.push(JSON.stringify([message, detail, hint, where])));
  const claims = userId === null ? {} : { sub: userId, role: 'authenticated' };
  await client.query(
    `select set_config('request.jwt.claims', $1, false), set_config('request.jwt.claim.sub', $2, false)`,
    [JSON.stringify(claims), userId ?? ''],
  );
  const attempt = async (sql: string) => {
    const answer = await client.query(sql).then(
      (result) => JSON.stringify([result].flat().map(({ rows }) => rows)),
      (error: unknown) => {
        if (!(error instanceof pg.DatabaseError)) {
          throw error;
        }
        return JSON.stringify([error.message, error.detail, error.hint, error.where, error.internalQuery]);
      },
    );
    // Whatever was opened or locked is let go of, so that every attempt starts afresh.
    await client.query('rollback');
    heard.push(answer);
    return answer;
  };
  return { login, heard, attempt };
}

let attackers: Record<string, Attacker>;
let victimVideo: string;
let deletedVideo: string;

beforeAll(async () => {
  await database.asOwner.query('update auth.users set email = $1 where id = $2', [secrets.email, ids.owner]);
  const args = { p_user_id: ids.owner, ...videoRequest, p_prompt: secrets.prompt };
  victimVideo = (await call(callers.owner, 'create_video_generation', args))['video_id'] as string;
  deletedVideo = (await call(callers.owner, 'create_video_generation', args))['video_id'] as string;
  await call(callers.owner, 'soft_delete_video', { p_video_id: deletedVideo });
  const adjustment = { p_user_id: ids.owner, p_amount: 5, p_reason_code: 'goodwill', p_note: secrets.note };
  await call(callers.admin, 'adjust_credits', adjustment);
  for (const id of [ids.other, ids.analyst, ids.demoted]) {
    await call(callers.backend, 'adjust_credits', { p_user_id: id, p_amount: 50, p_reason_code: 'purchase' });
    await makeVideo(scene, id);
  }
  await superuser.query('analyze');
  attackers = {
    'a user': await createAttacker('authenticated', ids.other),
    'an analyst': await createAttacker('authenticated', ids.analyst),
    'a demoted admin': await createAttacker('authenticated', ids.demoted),
    'a user without claims': await createAttacker('authenticated', null),
    anon: await createAttacker('anon', null),
    'anon with the claims of an admin': await createAttacker('anon', ids.admin),
    "the analysts' role": await createAttacker('reeldesk_analyst', null),
  };
});

afterAll(async () => {
  await Promise.all(attackerLogins.map(({ client }) => client.end()));
  await superuser.query(
    attackerLogins.map(({ login }) => `drop owned by ${login} cascade; drop role ${login}`).join('; '),
  );
  await superuser.end();
  await database.drop();
});

/** What no attacker may move: balances, ledger, roles at the desk, prices, other people's videos. */
async function rowsGuarded(): Promise<string> {
  const { rows } = await superuser.query(
    `select (select jsonb_agg(jsonb_build_array(id, email, credits, ledger_entries) order by id) from profiles) as balances,
      (select jsonb_agg(jsonb_build_array(user_id, role) order by user_id) from staff_members) as staff,
      (select md5(jsonb_agg(to_jsonb(t) order by id)::text) from credit_transactions t) as ledger,
      (select md5(jsonb_agg(to_jsonb(c) order by resolution, quality)::text) from credit_prices c) as prices,
      (select md5(jsonb_agg(to_jsonb(v) order by id)::text) from videos v where user_id = $1) as videos,
      (select count(*) from audit_log) as audited`,
    [ids.owner],
  );
  return JSON.stringify(rows[0], null, 1);
}

/** And the schema with its rights, and the roles. */
async function schemaGuarded(): Promise<string> {
  const { rows } = await superuser.query(
    `select
      (select md5(jsonb_agg(jsonb_build_array(oid::regprocedure, proowner, proacl::text, prosecdef, prosrc) order by oid)::text)
        from pg_proc where pronamespace::regnamespace::text !~ '^(pg_toast|pg_temp)') as functions,
      (select md5(jsonb_agg(jsonb_build_array(relname, relowner, relacl::text, relrowsecurity) order by oid)::text)
        from pg_class where relnamespace::regnamespace::text !~ '^(pg_toast|pg_temp)') as relations,
      (select md5(jsonb_agg(to_jsonb(p) order by schemaname, tablename, policyname)::text) from pg_policies p) as policies,
      (select md5(jsonb_agg(jsonb_build_array(tgrelid, tgname, tgenabled) order by oid)::text) from pg_trigger) as triggers,
      (select jsonb_agg(jsonb_build_array(nspname, nspacl::text) order by oid) from pg_namespace where nspname !~ '^pg_t') as schemas,
      (select md5(jsonb_agg(to_jsonb(r) order by rolname)::text) from pg_roles r where rolname = any ($1)) as roles,
      (select md5(jsonb_agg(jsonb_build_array(roleid, member) order by roleid, member)::text) from pg_auth_members
        where member = any ($1::regrole[])) as members`,
    [
      [
        'anon',
        'authenticated',
        'service_role',
        'reeldesk_admin',
        'reeldesk_analyst',
        ...attackerLogins.map(({ login }) => login),
      ],
    ],
  );
  return JSON.stringify(rows[0], null, 1);
}

const attempts = () =>
  hostileStatements({ victim: ids.owner, me: ids.other, admin: ids.admin, victimVideo, deletedVideo });

describe.each([
  'a user',
  'an analyst',
  'a demoted admin',
  'a user without claims',
  'anon',
  'anon with the claims of an admin',
  "the analysts' role",
])('%s with a login of his own and any SQL', (name) => {
  test('moves no credit, no role, no price, no row of others and no piece of the schema', async () => {
    const { attempt } = attackers[name]!;
    const [rows, schema] = [await rowsGuarded(), await schemaGuarded()];
    for (const sql of attempts()) {
      await attempt(sql);
      expect(await rowsGuarded(), sql).toBe(rows);
    }
    expect(await schemaGuarded()).toBe(schema);
    await expectBooksBalance(scene);
  });

  test('is told no prompt, note or e-mail of others: not in rows, notices, errors, plans or statistics', () => {
    const { heard } = attackers[name]!;
    expect(heard.length).toBeGreaterThan(150);
    // His own words come back in plans; the whole secrets don't.
    for (const text of heard) {
      for (const secret of Object.values(secrets)) {
        expect(text).not.toContain(secret);
      }
    }
  });
});

test("his own types in pg_temp don't get between a function and what it means", async () => {
  const { attempt, heard, login } = await createAttacker('authenticated', ids.other);
  await attempt(
    `create function pg_temp.run() returns boolean language plpgsql as $$
    begin
      raise notice 'ran as %', current_user;
      return true;
    end $$`,
  );
  for (const type of [
    'jsonb',
    'uuid',
    'text',
    'timestamptz',
    'record',
    'int4',
    'bool',
    'int8',
    'interval',
    'regrole',
    'name',
  ]) {
    await attempt(
      `create domain pg_temp.${type} as pg_catalog.${type === 'record' ? 'text' : type} check (pg_temp.run())`,
    );
  }
  const calls = [
    `public.create_video_generation('${ids.other}', 'mine', 'text_to_video', null, 5, '1920x1080', 'high', 'key')`,
    `public.create_video_generation('${ids.other}', 'mine', 'text_to_video', null, 5, '1920x1080', 'high', 'key')`,
    `public.create_video_request('${ids.other}', 'mine', 'text_to_video', null, 5, '1920x1080', 'high')`,
    `public.soft_delete_video((select id from public.videos limit 1))`,
    `public.restore_video('${deletedVideo}')`,
    `public.refund_video_credits('${victimVideo}')`,
    `public.get_credit_info('${ids.other}')`,
    `public.balance_at('${ids.other}', now())`,
    `public.credit_statement('${ids.other}')`,
    `public.list_deleted_videos()`,
    `public.adjust_credits('${ids.other}', 1, 'goodwill')`,
    `desk.set_credit_price('1920x1080', 'high', 1)`,
    `desk.grant_staff_role('${ids.other}', 'admin')`,
    `desk.revoke_staff_role('${ids.other}')`,
  ];
  const answers: string[] = [];
  for (const sql of calls) {
    answers.push(await attempt(`select ${sql}`));
  }
  expect(answers.filter((answer) => answer.includes('success')).length).toBeGreaterThanOrEqual(2);
  // The trap is set: it runs where he asks for it himself, with his own rights, and for nobody else.
  await attempt(`select '{}'::jsonb`);
  const ranAs = new Set(heard.flatMap((text) => /ran as (\w+)/.exec(text)?.[1] ?? []));
  expect([...ranAs]).toEqual([login]);
});

describe.each(['service_role', 'reeldesk_admin'])('%s with any SQL', (role) => {
  test('writes no table by hand: there are only the functions', async () => {
    const { attempt } = await createAttacker(role, null);
    const [rows, schema] = [await rowsGuarded(), await schemaGuarded()];
    const byHand = attempts().filter((sql) => !/\b(public|desk)\.\w+\(/.test(sql));
    expect(byHand.length).toBeGreaterThan(100);
    for (const sql of byHand) {
      await attempt(sql);
      expect(await rowsGuarded(), sql).toBe(rows);
    }
    expect(await schemaGuarded()).toBe(schema);
  });
});

describe('a key, an amount or an id that is forged', () => {
  test("replays nobody else's answer: keys belong to the account that is paid for", async () => {
    const key = randomUUID();
    const args = { p_user_id: ids.owner, ...videoRequest, p_prompt: secrets.prompt, p_idempotency_key: key };
    const first = await call(callers.owner, 'create_video_generation', args);
    const own = await call(callers.other, 'create_video_generation', { ...args, p_user_id: ids.other });
    expect(own['video_id']).not.toBe(first['video_id']);
  });

  test("gives an admin nothing through a colleague's role that he takes for himself", async () => {
    for (const [name, args] of [
      ['desk.grant_staff_role', { p_user_id: ids.admin, p_role: 'admin' }],
      ['desk.revoke_staff_role', { p_user_id: ids.admin }],
      ['adjust_credits', { p_user_id: ids.admin, p_amount: 1, p_reason_code: 'goodwill' }],
    ] as const) {
      await expect(call(callers.admin, name, args)).rejects.toMatchObject({
        code: 'PT403',
        detail: expect.stringContaining('own_account'),
      });
    }
  });
});
