import type pg from 'pg';
import { loadInBulk } from '../bulk-load.ts';

/** Two years up to now, so that today and this month have rows. */
const DAYS = 730;
const PURCHASES = 5;

/** What was loaded, and whom the queries ask about. */
export interface DeskData {
  videos: number;
  accounts: number;
  ledgerRows: number;
  auditRows: number;
  admin: string;
  /** Who has a fiftieth of all videos, and an account like most. */
  largest: string;
  usual: string;
}

/**
 * Fills an empty, migrated database with that many videos: a tenth as many accounts, one of them with a fiftieth of all
 * videos, and about two and a half ledger rows a video, those of as many purged ones included. One video in twenty has
 * failed, three in ten are deleted. Nearly all failures have their charge back; one in fifty completed ones was
 * refunded, whole or in part. The books balance.
 */
export async function loadDesk(client: pg.Client, videos: number): Promise<DeskData> {
  const accounts = Math.max(10, Math.round(videos / 10));
  await client.query(
    `create function public.bench_id(kind text, n bigint) returns uuid language sql immutable
      as $$ select md5(kind || ' ' || n)::uuid $$`,
  );
  const tables = [
    'public.profiles',
    'public.videos',
    'public.credit_transactions',
    'public.audit_log',
    'usage.video_ends',
  ];
  await loadInBulk(client, tables, async () => {
    await client.query(insertVideos, [videos, accounts]);
    await client.query('analyze public.videos');
    await client.query(collectEntries, [videos, accounts, PURCHASES]);
    await client.query(numberEntries);
    await client.query(insertProfiles, [accounts]);
    await client.query(insertAudit);
    await client.query(
      `insert into usage.video_ends (video_id, user_id, ended_at, status, video_type, resolution, quality, credits, xid)
      select id, user_id, finished_at, status, video_type, resolution, quality, credits_used, '1'::xid8
      from public.videos where finished_at is not null`,
    );
    await client.query('drop table bench_entries');
  });
  await client.query(`vacuum (analyze) ${tables.join(', ')}`);
  await client.query('select usage.rebuild_refund_queue()');
  await client.query(`set work_mem = '256MB'; select usage.roll_up(); reset work_mem`);
  const { rows: staff } = await client.query<{ id: string }>(
    `insert into public.staff_members (user_id, role)
    select public.bench_id('account', n), case n % 3 when 0 then 'admin' else 'analyst' end from generate_series(3, 12) n
    on conflict do nothing returning user_id as id`,
  );
  // A checkpoint first: only what is flushed can be marked visible to all, which index-only scans live from.
  await client.query('checkpoint');
  await client.query('vacuum (analyze)');
  const { rows } = await client.query<{ ledger: number; audit: number; largest: string; usual: string }>(
    `select (select count(*)::integer from public.credit_transactions) as ledger, (select count(*)::integer from public.audit_log) as audit,
      public.bench_id('account', 0)::text as largest, public.bench_id('account', 5)::text as usual`,
  );
  const { ledger, audit, largest, usual } = rows[0]!;
  return { videos, accounts, ledgerRows: ledger, auditRows: audit, admin: staff[0]!.id, largest, usual };
}

const insertVideos = `
  insert into public.videos (id, user_id, prompt, video_type, image_url, duration_seconds, resolution, quality, status, video_url,
    error_message, credits_used, created_at, updated_at, started_at, finished_at, deleted_at, deleted_by)
  select public.bench_id('video', v.n), v.owner, 'A lighthouse in a storm, seen from a small boat, take ' || v.n,
    case when v.n % 4 = 0 then 'image_to_video' else 'text_to_video' end,
    case when v.n % 4 = 0 then 'https://images.reeldesk.example/' || v.n || '.jpg' end,
    5, (array['1280x720', '1920x1080', '3840x2160'])[1 + v.n % 3], (array['draft', 'standard', 'high'])[1 + v.n / 3 % 3], v.status,
    case v.status when 'completed' then 'https://cdn.reeldesk.example/' || v.n || '.mp4' end,
    case v.status when 'failed' then 'Provider timed out' end,
    5 + v.n % 26, v.at, v.at, v.at + interval '5 seconds',
    case when v.status in ('completed', 'failed') then v.at + interval '1 minute' end,
    case when v.is_deleted then least(now(), v.at + (v.n::bigint * 7919 % 6000) * interval '10 minutes') end, case when v.is_deleted then v.owner end
  from (
    select n, s.status, now() - ($1::integer - n) * (interval '${DAYS} days' / $1::integer) as at,
      public.bench_id('account', case when n % 50 = 0 then 0 else 1 + abs(hashint4(n)) % ($2::integer - 1) end) as owner,
      s.status in ('completed', 'failed') and hashint4(n * 13) & 1023 < 307 as is_deleted
    from generate_series(1, $1::integer) n
    cross join lateral (
      select case when n > $1::integer * 0.998 then case when n % 2 = 0 then 'pending' else 'processing' end
        when n % 20 = 3 then 'failed' else 'completed' end as status
    ) s
  ) v`;

const collectEntries = `
  create temporary table bench_entries as
  select v.user_id, v.created_at as at, -v.credits_used as amount, 'charge' as type, v.id as video_id, 'Video generation' as reason,
    null::uuid as actor_id, v.video_type, v.resolution, v.quality
  from public.videos v
  union all
  select r.user_id, r.finished_at + interval '1 second', r.amount, 'refund', r.id,
    case r.status when 'failed' then 'Video generation failed' else 'Bad quality' end,
    case r.status when 'completed' then public.bench_id('account', 3) end, r.video_type, r.resolution, r.quality
  from (
    select v.*, case
        when v.status = 'failed' then case when v.luck < 20 then 0 when v.luck < 30 then (v.credits_used + 1) / 2 else v.credits_used end
        when v.luck % 4 = 0 then (v.credits_used + 1) / 2 else v.credits_used
      end as amount
    from (select v.*, abs(hashtext(v.id::text)) % 1000 as luck from public.videos v) v
    where v.status = 'failed' or (v.status = 'completed' and v.luck between 500 and 519)
  ) r where r.amount > 0
  union all
  -- Videos that were purged leave their charges behind.
  select public.bench_id('account', 1 + abs(hashint4(n * 3)) % ($2::integer - 1)),
    now() - ($1::integer - n) * (interval '${DAYS} days' / $1::integer) - interval '7 seconds', -15, 'charge', public.bench_id('purged', n),
    'Video generation', null, 'text_to_video', '1920x1080', 'high'
  from generate_series(1, ($1::integer * 0.9)::integer) n
  union all
  select public.bench_id('account', a), now() - interval '${DAYS + 10} days' + (p * 140 + a * 7919 % 100) * interval '1 day',
    case when a = 0 then 1000000 else 300 + a * 37 % 2000 end, 'adjustment', null, 'purchase', null, null, null, null
  from generate_series(0, $2::integer - 1) a cross join generate_series(0, $3::integer - 1) p
  where now() - interval '${DAYS + 10} days' + (p * 140 + a * 7919 % 100) * interval '1 day' < now()
  union all
  select public.bench_id('account', a), now() - (a % 700) * interval '1 day' - interval '1 minute', 25, 'adjustment', null, 'goodwill',
    public.bench_id('account', 3), null, null, null
  from generate_series(0, $2::integer - 1, 20) a`;

const numberEntries = `
  insert into public.credit_transactions (id, user_id, entry_no, amount, balance_after, type, video_id, actor_id, reason,
    video_type, resolution, quality, created_at, xid)
  select md5('entry ' || e.user_id || e.no)::uuid, e.user_id, e.no, e.amount, e.balance, e.type, e.video_id, e.actor_id, e.reason,
    e.video_type, e.resolution, e.quality, e.at, '1'::xid8
  from (
    select b.*, row_number() over w as no, sum(b.amount) over w as balance
    from (
      select user_id, at, amount, type, video_id, reason, actor_id, video_type, resolution, quality from bench_entries
      union all
      -- Whoever spent more than he bought had bought it before.
      select user_id, min(at) - interval '1 second', -least(sum(amount), 0)::integer + 200, 'adjustment', null, 'purchase', null, null, null, null
      from bench_entries group by user_id
    ) b
    window w as (partition by b.user_id order by b.at, b.video_id nulls first, b.type rows unbounded preceding)
  ) e
  order by e.at`;

const insertProfiles = `
  insert into public.profiles (id, user_id, credits, email, ledger_entries, last_entry_at, created_at, updated_at, closed_at)
  select a.id, a.id, coalesce(l.credits, 0), case when a.n % 1000 <> 7 then 'account' || a.n || '@reeldesk.example' end,
    coalesce(l.entries, 0), l.last_at, a.at, now(), case when a.n % 1000 = 7 then now() - interval '3 days' end
  from (
    select n, public.bench_id('account', n) as id, now() - interval '${DAYS + 30} days' + n * (interval '${DAYS} days' / $1::integer) as at
    from generate_series(0, $1::integer - 1) n
  ) a
  left join (
    select user_id, sum(amount)::integer as credits, count(*)::integer as entries, max(created_at) as last_at
    from public.credit_transactions group by 1
  ) l on l.user_id = a.id`;

const insertAudit = `
  insert into public.audit_log (created_at, actor_id, actor_role, action, target_type, target_id, user_id, transaction_id, reason, note,
    amount, request_id, before, after, xid)
  select t.created_at, t.actor_id, case when t.actor_id is null then 'backend' else 'admin' end,
    case t.type when 'refund' then 'refund_video_credits' else 'adjust_credits' end, case t.type when 'refund' then 'video' else 'account' end,
    coalesce(t.video_id, t.user_id)::text, t.user_id, t.id, t.reason, case when t.reason = 'goodwill' then 'Outage of 3 May' end,
    t.amount, 'bench', jsonb_build_object('credits', t.balance_after - t.amount), jsonb_build_object('credits', t.balance_after), '1'::xid8
  from public.credit_transactions t where t.type in ('refund', 'adjustment')
  union all
  select v.deleted_at, v.user_id, 'user', 'soft_delete_video', 'video', v.id::text, v.user_id, null, null, null, null, 'bench',
    '{"deleted_at": null}', jsonb_build_object('deleted_at', v.deleted_at), '1'::xid8
  from public.videos v where v.deleted_at is not null
  order by 1`;
