export interface Targets {
  victim: string;
  /** The attacker's own account, where he has one. */
  me: string;
  admin: string;
  victimVideo: string;
  deletedVideo: string;
}

/** What somebody with an SQL prompt tries to get credits, rights or other people's rows; each is one attempt. */
export function hostileStatements({ victim, me, admin, victimVideo, deletedVideo }: Targets): string[] {
  const create = (userId: string, more = '') =>
    `select public.create_video_generation('${userId}', 'mine', 'text_to_video', null, 5, '1920x1080', 'high'${more})`;
  return [
    // The tables, by every verb.
    ...['profiles', 'videos', 'credit_transactions', 'credit_prices', 'staff_members', 'audit_log'].flatMap((table) => [
      `insert into public.${table} default values`,
      `delete from public.${table}`,
      `truncate public.${table} cascade`,
      `lock table public.${table} in access exclusive mode`,
      `select * from only public.${table} for update`,
      `alter table public.${table} disable row level security`,
      `alter table public.${table} disable trigger all`,
      `create policy mine on public.${table} using (true)`,
      `create rule mine as on select to public.${table} do instead nothing`,
      `create trigger mine before insert on public.${table} execute function pg_catalog.suppress_redundant_updates_trigger()`,
      `create index mine on public.${table} ((1))`,
      `copy public.${table} from stdin`,
      `copy public.${table} to program 'cat'`,
      `comment on table public.${table} is 'mine'`,
      `grant all on public.${table} to current_user`,
      `drop table public.${table} cascade`,
    ]),
    `insert into public.staff_members values ('${me}', 'admin')`,
    'update public.profiles set credits = 1000000',
    `update public.videos set user_id = '${me}'`,
    `update public.videos set deleted_at = null`,
    // Other people's rows, behind functions that talk.
    `select * from public.videos where user_id = '${victim}'`,
    `select * from public.videos where id = '${victimVideo}' or true`,
    `select prompt from public.videos`,
    `select email from public.profiles`,
    `create function pg_temp.tell(text) returns boolean language plpgsql cost 0.0000001 as $$ begin raise notice '%', $1; return true; end $$;
      select * from public.videos where pg_temp.tell(prompt)`,
    `create function pg_temp.tell(text) returns boolean language plpgsql cost 0.0000001 as $$ begin raise notice '%', $1; return true; end $$;
      select * from public.profiles where pg_temp.tell(email)`,
    `select * from public.videos where prompt::integer = 1`,
    `select * from public.profiles where (email || '')::integer = 1`,
    `explain analyze select * from public.videos where prompt like 'XYZZY%'`,
    `select most_common_vals::text, histogram_bounds::text from pg_catalog.pg_stats where tablename in ('videos', 'profiles', 'audit_log')`,
    'select stavalues1::text from pg_catalog.pg_statistic',
    'select query from pg_catalog.pg_stat_activity',
    'select email from auth.users',
    'select * from private.idempotency_keys',
    'select * from private.migration_repairs',
    'select * from reeldesk.sessions',
    `select public.list_deleted_videos(p_user_id => '${victim}')`,
    'select public.list_deleted_videos()',
    `select public.list_deleted_videos(p_before => 'infinity', p_before_id => '${deletedVideo}', p_limit => 200)`,
    `select public.restore_video('${deletedVideo}')`,
    `select public.soft_delete_video('${victimVideo}')`,
    `select public.soft_delete_video('${deletedVideo}')`,
    // The functions, asked for what they should not give.
    create(victim),
    create('00000000-0000-0000-0000-000000000000'),
    create(me).replace(', 5,', ', -2147483648,'),
    create(me).replace(', 5,', ', 2147483647,'),
    create(me).replace(', 5,', ', 0,'),
    create(me).replace(`'mine'`, `U&'\\00a0\\200b\\feff'`),
    create(me).replace(`'1920x1080'`, 'null'),
    create(me).replace(`'high'`, `'HIGH'`),
    create(me, `, U&'\\200b'`),
    `select public.refund_video_credits('${victimVideo}')`,
    `select public.refund_video_credits(id, 'mine', 1000000) from public.videos`,
    `select public.adjust_credits('${me}', 1000, 'goodwill')`,
    `select public.adjust_credits('${me}', -2147483648, 'fraud')`,
    `select public.adjust_credits('${victim}', -5, 'fraud')`,
    `select public.start_video_generation('${victimVideo}')`,
    `select public.complete_video_generation('${victimVideo}', 'https://a/b')`,
    `select public.fail_video_generation(id, 'mine') from public.videos`,
    `select public.fail_video_generation('${victimVideo}', 'mine')`,
    `select public.purge_deleted_videos('0')`,
    `select desk.set_credit_price('1920x1080', 'high', 1)`,
    `select desk.grant_staff_role('${me}', 'admin')`,
    `select desk.revoke_staff_role('${admin}')`,
    `select desk.create_api_key('mine', 'backend', now() + interval '1 day', sha256('mine'), 'mine')`,
    `select desk.list_api_keys()`,
    `select reeldesk.use_api_key(sha256('mine'))`,
    `select usage.roll_up()`,
    `select usage.rebuild()`,
    `delete from usage.totals`,
    `select private.post_to_ledger('${me}', 1000, 'adjustment', 'mine')`,
    `select private.is_admin()`,
    `select private.remember('${me}', 'adjust_credits', 'k', '{}', '{}')`,
    `select reeldesk.become('user', '${admin}')`,
    `select reeldesk.become('backend')`,
    `select reeldesk.become_reader('user', '${admin}')`,
    `select reeldesk.staff_role_of('${admin}')`,
    // Somebody else's role.
    ...[
      'service_role',
      'reeldesk_admin',
      'reeldesk_api',
      'postgres',
      'supabase_admin',
      'authenticator',
      'pg_read_all_data',
    ].flatMap((role) => [
      `set role ${role}; select prompt from public.videos`,
      `select set_config('role', '${role}', true)`,
      `set session authorization ${role}`,
      `grant ${role} to current_user`,
    ]),
    // Committed at once, since what is left open is rolled back.
    ...['', 'set local role authenticated; ', `set local request.jwt.claim.sub = ''; `].flatMap((more) =>
      [me, victim].map(
        (account) => `begin; ${more}set local request.jwt.claim.role = 'service_role';
          set local request.jwt.claims = '{"role": "service_role", "user_metadata": {"role": "admin"}, "app_metadata": {"role": "admin"}}';
          select public.adjust_credits('${account}', 1000, 'goodwill'); commit`,
      ),
    ),
    `set session_replication_role = replica`,
    `alter role current_user bypassrls`,
    `alter system set session_replication_role = 'replica'`,
    // Things of one's own, in the way of the database's.
    ...['public', 'private', 'desk', 'reeldesk', 'auth', 'pg_catalog'].flatMap((schema) => [
      `create table ${schema}.mine (id integer)`,
      `create function ${schema}.is_admin() returns boolean language sql as 'select true'`,
      `create view ${schema}.mine as select 1`,
    ]),
    'create schema mine',
    'create extension if not exists pg_trgm',
    'create publication mine for all tables',
    'create event trigger mine on ddl_command_end execute function pg_catalog.suppress_redundant_updates_trigger()',
    `create or replace function public.get_credit_info(p_user_id uuid) returns jsonb language sql as $$ select '{}'::jsonb $$`,
    `create temporary table profiles (id uuid, user_id uuid, credits integer); insert into profiles values ('${me}', '${me}', 9999);
      select public.adjust_credits('${me}', 1, 'goodwill')`,
    `create temporary table staff_members (user_id uuid, role text); insert into staff_members values ('${me}', 'admin');
      select public.adjust_credits('${victim}', 1, 'goodwill')`,
    `create temporary view mine as select * from public.videos; select * from mine`,
    `do $$ begin perform public.adjust_credits('${me}', 1, 'goodwill'); end $$`,
    // The server's files and programs.
    `select pg_catalog.pg_read_file('postgresql.conf')`,
    `select pg_catalog.lo_import('/etc/passwd')`,
    `copy (select 1) to '/tmp/mine'`,
    `load 'plpgsql'`,
  ];
}
