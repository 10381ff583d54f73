-- Demo data: some 200 accounts and their last 90 days, so that every page of the desk has
-- something true to show. Never meant for a database with real accounts, and refused there.
--
-- Runs in psql, in `supabase db reset`, and from TypeScript (packages/db/src/demo-data.ts).
-- Settings, each optional: reeldesk.demo_seed (a number; another one makes other data),
-- reeldesk.demo_now (a timestamp to end at) and reeldesk.demo_beside_accounts (on: allow it
-- beside accounts that are no staff).
--
-- The same seed on the same day makes the same rows, ids included; only what happened today
-- has times that follow the clock. Everything is planned in temporary tables first; the last
-- statement writes it all or nothing, through the triggers of the ledger.

-- Days begin at midnight UTC and have 24 hours, wherever this runs.
set timezone to 'UTC';

create or replace function pg_temp.check_may_seed() returns void
language plpgsql as $$
begin
  if exists (select from public.profiles where id = pg_temp.fixed_id('desk colleague 1')) then
    raise exception 'This database has demo data already.'
      using errcode = 'RD001', hint = 'Nothing was changed. To make it afresh, start with an empty database.';
  end if;
  if coalesce(current_setting('reeldesk.demo_beside_accounts', true), '') <> 'on' and exists (
    select from public.profiles p where not exists (select from public.staff_members s where s.user_id = p.id)
  ) then
    raise exception 'This database has accounts of its own, so it gets no demo data.'
      using errcode = 'RD001', hint = 'Nothing was changed. Use another database, or set reeldesk.demo_beside_accounts to on.';
  end if;
end
$$;

-- UUIDs of version 8 (RFC 9562: made by a rule of one's own), the same on every machine.
create or replace function pg_temp.fixed_id(p_key text) returns uuid
language sql immutable as $$
  select overlay(overlay(md5('reeldesk demo ' || p_key) placing '8' from 13) placing 'a' from 17)::uuid
$$;

create or replace function pg_temp.demo_id(p_key text) returns uuid
language sql stable as $$
  select pg_temp.fixed_id(current_setting('reeldesk.demo_seed') || ' ' || p_key)
$$;

-- From 0 up to 1, the same for the same key and seed.
create or replace function pg_temp.chance(p_key text) returns double precision
language sql stable as $$
  select ('x' || substr(md5(current_setting('reeldesk.demo_seed') || ' ' || p_key), 1, 8))::bit(32)::bigint
    / 4294967296::double precision
$$;

create or replace function pg_temp.pick(p_key text, variadic p_from text[]) returns text
language sql stable as $$
  select p_from[1 + floor(pg_temp.chance(p_key) * cardinality(p_from))::integer]
$$;

do $$
begin
  perform set_config('reeldesk.demo_seed', coalesce(nullif(current_setting('reeldesk.demo_seed', true), ''), '20251007'), false);
  perform pg_temp.check_may_seed();
end
$$;

create temporary table demo_clock as
select t.now_at, date_trunc('day', t.now_at at time zone 'UTC') at time zone 'UTC' as today
from (
  select coalesce(nullif(current_setting('reeldesk.demo_now', true), '')::timestamptz, date_trunc('second', now())) as now_at
) t;

-- Six studios that make most of the videos, forty regulars, and many who come now and then.
create temporary table demo_accounts as
with numbered as (
  select n, pg_temp.demo_id('account ' || n) as id, pg_temp.chance('account ' || n) as u,
    case when n <= 6 then 'studio' when n <= 46 then 'regular' else 'occasional' end as tier,
    (n * 97 + floor(pg_temp.chance('names') * 576)::integer) % 576 as name_no
  from generate_series(1, 200) n
)
select a.n, a.id, a.tier,
  format('%s.%s@%s',
    (array['amber','ash','birch','brass','cedar','clay','cobalt','copper','coral','ember','fern','flint','frost','gold',
      'hazel','indigo','ivory','jade','moss','ochre','olive','pearl','slate','umber'])[1 + a.name_no / 24],
    (array['badger','beetle','bison','crane','cricket','dove','falcon','finch','gull','hare','heron','ibis','lark','lynx',
      'marten','mole','otter','owl','plover','raven','stoat','swift','tern','wren'])[1 + a.name_no % 24],
    case a.tier
      when 'studio' then pg_temp.pick('domain ' || a.n, 'lumenworks.example', 'northlight.example', 'paperboat.example')
      when 'regular' then pg_temp.pick('domain ' || a.n, 'kiteagency.example', 'lumenworks.example', 'harbourads.example',
        'tinystage.example', 'fieldnotes.example', 'postbox.example')
      else pg_temp.pick('domain ' || a.n, 'postbox.example', 'mailroom.example', 'letters.example', 'inbox.example')
    end) as email,
  case a.tier when 'studio' then 5 + 5 * a.u when 'regular' then 0.5 + 1.1 * a.u else 0.03 + 0.25 * a.u end as videos_per_day,
  -- How likely it is to buy when the credits run out, and which packs it buys.
  case a.tier when 'studio' then 1 when 'regular' then 0.9 else 0.5 end as buys,
  case a.tier when 'studio' then array[2000, 5000] when 'regular' then array[500, 1000] else array[100, 250, 500] end as packs,
  case
    when a.tier = 'studio' or a.u < 0.45
      then c.today - make_interval(days => 91 + floor(pg_temp.chance('joined ' || a.n) * 300)::integer, hours => 10)
    else c.today - make_interval(secs => 86400 * (2 + 88 * pg_temp.chance('joined ' || a.n)))
  end as joined_at
from numbered a cross join demo_clock c;

-- One row per generation: fewer on weekends, most in the afternoon (UTC), growing slowly.
create temporary table demo_videos as
with days as (
  select a.id as user_id, a.n, a.tier, a.joined_at, d.day_no, c.today - make_interval(days => d.day_no) as day,
    a.videos_per_day * (1.15 - d.day_no / 300.0)
      * (array[0.45, 1.05, 1.2, 1.15, 1.1, 0.95, 0.4])[1 + extract(dow from c.today - make_interval(days => d.day_no))::integer]
      as expected
  from demo_accounts a cross join demo_clock c cross join generate_series(1, 90) as d(day_no)
), slots as (
  select d.*, s.slot, format('%s %s %s', d.n, d.day_no, s.slot) as key
  from days d
  cross join lateral generate_series(1, floor(d.expected + pg_temp.chance(format('count %s %s', d.n, d.day_no)))::integer) as s(slot)
), timed as (
  select s.*, pg_temp.demo_id('video ' || s.key) as id,
    s.day + make_interval(secs => 3600 * (
      width_bucket(pg_temp.chance('hour ' || s.key), array[0.012, 0.02, 0.026, 0.03, 0.036, 0.048, 0.075, 0.12, 0.18, 0.25, 0.325,
        0.39, 0.445, 0.52, 0.6, 0.68, 0.755, 0.815, 0.86, 0.9, 0.935, 0.96, 0.98]::double precision[])
      + pg_temp.chance('minute ' || s.key))) as created_at
  from slots s
  union all
  -- Today so far, by whoever makes most: as many at any hour of the day.
  select a.id, a.n, a.tier, a.joined_at, 0, c.today, 0, s.slot, s.key, pg_temp.demo_id('video ' || s.key),
    c.today + (c.now_at - c.today) * (0.02 + 0.9 * pg_temp.chance('moment ' || s.key))
  from demo_clock c
  cross join lateral (select i as slot, format('today %s', i) as key from generate_series(1, 30) i) s
  join demo_accounts a on a.n = 1 + floor(pg_temp.chance('who ' || s.key) * 30)::integer
), chosen as (
  select t.user_id, t.n, t.key, t.id, t.day_no, t.slot, t.created_at,
    case when pg_temp.chance('type ' || t.key) < 0.68 then 'text_to_video' else 'image_to_video' end as video_type,
    (array[5, 5, 5, 4, 6, 8, 8, 10, 10, 12, 15, 20])[1 + floor(pg_temp.chance('seconds ' || t.key) * 12)::integer] as duration_seconds,
    pg_temp.pick('resolution ' || t.key, '1280x720', '1280x720', '1280x720', '1920x1080', '1920x1080', '1920x1080', '1920x1080',
      '3840x2160') as resolution,
    pg_temp.pick('quality ' || t.key, 'draft', 'standard', 'standard', 'high', 'high') as quality
  from timed t where t.created_at > t.joined_at + interval '5 minutes'
), priced as (
  select v.*, p.credits_per_second * v.duration_seconds as cost,
    v.created_at + make_interval(secs => 1 + 40 * pg_temp.chance('start ' || v.key)) as started_at,
    -- An ordinary day loses one in twenty; 20 days ago the image model was down for a day.
    case when pg_temp.chance('fails ' || v.key) < (case when v.day_no = 20 and v.video_type = 'image_to_video' then 0.7 else 0.05 end)
      then 'failed' else 'completed' end as status
  from chosen v
  join public.credit_prices p on p.resolution = v.resolution and p.quality = v.quality
)
select v.*, least(
    v.started_at + make_interval(secs => v.duration_seconds * (6 + 16 * pg_temp.chance('finish ' || v.key))),
    case when v.day_no = 0 then c.now_at else c.today end
  ) as finished_at,
  null::timestamptz as deleted_at, null::timestamptz as restored_at, null::uuid as deleted_by
from priced v cross join demo_clock c;

-- Under way right now, and a few that hang: the provider never answered.
update demo_videos v set status = case when v.slot <= 10 then 'pending' else 'processing' end,
  created_at = c.now_at - least(make_interval(secs => 60 + 40 * v.slot), (c.now_at - c.today) * 0.05),
  started_at = case when v.slot > 10 then c.now_at - least(make_interval(secs => 30 + 40 * v.slot), (c.now_at - c.today) * 0.04) end,
  finished_at = null
from demo_clock c where v.day_no = 0 and v.slot <= 18;
update demo_videos v set status = h.status, started_at = case when h.status = 'processing' then v.started_at end, finished_at = null
from (
  select id, case when row_number() over (order by pg_temp.chance('hangs ' || key)) <= 3 then 'pending' else 'processing' end as status
  from demo_videos where day_no between 1 and 6 order by pg_temp.chance('hangs ' || key) limit 8
) h where h.id = v.id;

-- One in eight is deleted by its owner some hours later; one in five of those comes back.
update demo_videos v set deleted_at = d.deleted_at, deleted_by = v.user_id,
  restored_at = case when pg_temp.chance('restored ' || v.key) < 0.2 and d.deleted_at + interval '1 day' < c.today
    then d.deleted_at + make_interval(secs => 600 + 80000 * pg_temp.chance('back ' || v.key)) end
from demo_clock c, lateral (
  select x.key, x.finished_at + make_interval(secs => 900 + 900000 * pg_temp.chance('deleted ' || x.key) ^ 3) as deleted_at
  from demo_videos x where x.finished_at is not null and pg_temp.chance('deletes ' || x.key) < 0.125
) d
where d.key = v.key and d.deleted_at < c.today;

-- What else moves credits. Charges and what pays for them follow below, in order of time.
create temporary table demo_movements as
select a.id as user_id, a.joined_at as at, 'adjustment' as type, null::uuid as video_id,
  case a.tier when 'studio' then 500 else 60 end as amount, 'promotion' as reason, null::uuid as actor_id, 'Welcome credits' as note
from demo_accounts a
union all
select a.id, c.today - interval '35 days' + interval '9 hours', 'adjustment', null, 50, 'promotion', null, 'Autumn campaign'
from demo_accounts a cross join demo_clock c where a.joined_at < c.today - interval '36 days' and a.tier <> 'studio'
union all
select a.id, a.joined_at + (c.today - a.joined_at) * pg_temp.chance('goodwill at ' || a.n), 'adjustment', null,
  20 + 10 * floor(pg_temp.chance('goodwill ' || a.n) * 7)::integer, 'goodwill', pg_temp.fixed_id('desk colleague ' || 1 + a.n % 2),
  pg_temp.pick('goodwill note ' || a.n, 'Slow renders on a deadline', 'Long wait for an answer', 'Helped us to reproduce a fault')
from demo_accounts a cross join demo_clock c where pg_temp.chance('goodwill for ' || a.n) < 0.12
union all
select a.id, c.today - make_interval(secs => 86400 * (1 + 50 * pg_temp.chance('correction at ' || a.n))), 'adjustment', null,
  case when a.n % 3 = 0 then 40 else -25 end, 'correction', pg_temp.fixed_id('desk colleague ' || 1 + a.n % 2),
  case when a.n % 3 = 0 then 'Pack was booked one short' else 'Pack was booked twice' end
from demo_accounts a cross join demo_clock c
where a.tier = 'regular' and a.joined_at < c.today - interval '55 days' and pg_temp.chance('correction for ' || a.n) < 0.2
union all
select a.id, c.today - make_interval(days => 12, hours => 5), 'adjustment', null, -400, 'fraud', pg_temp.fixed_id('desk colleague 1'),
  'Paid with a stolen card, see the payment provider''s notice'
from demo_accounts a cross join demo_clock c where a.tier = 'occasional' and a.joined_at < c.today - interval '13 days' and a.n % 67 = 0;

-- Failures give their credits back at once, since 30 days ago. Those before were refunded by
-- hand, and half of them never: the desk's work.
insert into demo_movements
select v.user_id, v.finished_at, 'refund', v.id, v.cost, 'Video generation failed', null, null
from demo_videos v where v.status = 'failed' and v.day_no < 30;
insert into demo_movements
select v.user_id, v.finished_at + make_interval(secs => 7200 + 200000 * pg_temp.chance('desk ' || v.key)), 'refund', v.id, v.cost,
  pg_temp.pick('desk says ' || v.key, 'Provider timed out', 'Failed without an answer', 'Video generation failed'),
  pg_temp.fixed_id('desk colleague ' || 1 + v.n % 2), null
from demo_videos v where v.status = 'failed' and v.day_no >= 30 and pg_temp.chance('by hand ' || v.key) < 0.5;
insert into demo_movements
select r.user_id, r.at, 'refund', r.id, r.amount, r.reason, r.actor_id, null
from demo_clock c, lateral (
  select v.user_id, v.id, v.finished_at + make_interval(secs => 3600 + 250000 * pg_temp.chance('complaint ' || v.key)) as at,
    greatest(1, v.cost / (array[1, 1, 2, 2, 3, 4])[1 + floor(pg_temp.chance('share ' || v.key) * 6)::integer]) as amount,
    pg_temp.pick('reason ' || v.key, 'Flicker in the second half', 'Faces are distorted', 'Not the picture that was uploaded',
      'Wrong aspect ratio', 'Last second is black', 'Text in the picture is unreadable') as reason,
    pg_temp.fixed_id('desk colleague ' || 1 + v.n % 2) as actor_id
  from demo_videos v where v.status = 'completed' and pg_temp.chance('complains ' || v.key) < 0.018
) r
where r.at < c.today;
-- Some who got a part ask again and get half of the rest.
insert into demo_movements
select m.user_id, m.at + interval '26 hours', 'refund', m.video_id, (v.cost - m.amount) / 2, 'Second look: most of it is unusable',
  m.actor_id, null
from demo_movements m join demo_videos v on v.id = m.video_id cross join demo_clock c
where m.amount < v.cost - 1 and m.at < c.today - interval '26 hours' and pg_temp.chance('again ' || v.key) < 0.3;

-- The ledger as it will be posted: each account in order of time, never below zero. Who can't
-- pay buys a pack first, or goes without the video.
create temporary table demo_ledger (
  id uuid, user_id uuid, entry_no integer, amount integer, balance_after integer, type text, reason text,
  video_id uuid, actor_id uuid, at timestamptz, note text
);
do $$
declare
  v_move record;
  v_user_id uuid;
  v_entry_no integer;
  v_balance integer;
  v_last_at timestamptz;
  v_without uuid[];
  v_amount integer;
  v_pack integer;
begin
  for v_move in
    select m.*, a.packs, a.buys
    from (
      select user_id, at, type, video_id, amount, reason, actor_id, note from demo_movements
      union all
      select user_id, created_at, 'charge', id, -cost, 'Video generation', user_id, null from demo_videos
    ) m
    join demo_accounts a on a.id = m.user_id
    order by m.user_id, m.at, m.video_id, m.amount
  loop
    if v_user_id is distinct from v_move.user_id then
      v_user_id := v_move.user_id;
      v_entry_no := 0;
      v_balance := 0;
      v_last_at := '-infinity';
      v_without := '{}';
    end if;
    v_amount := v_move.amount;
    if v_move.type = 'charge' and v_balance + v_amount < 0 then
      select min(p) into v_pack from unnest(v_move.packs) p where p >= -v_amount;
      if v_pack is null or pg_temp.chance('buys ' || v_move.video_id) >= v_move.buys then
        v_without := v_without || v_move.video_id;
        continue;
      end if;
      v_entry_no := v_entry_no + 1;
      v_balance := v_balance + v_pack;
      v_last_at := greatest(v_last_at, v_move.at - interval '4 minutes');
      insert into demo_ledger values (pg_temp.demo_id(format('entry %s %s', v_user_id, v_entry_no)), v_user_id, v_entry_no, v_pack,
        v_balance, 'adjustment', 'purchase', null, null, v_last_at, format('Pack of %s credits', v_pack));
    elsif v_move.type = 'refund' and v_move.video_id = any (v_without) then
      continue;
    elsif v_move.type = 'adjustment' then
      v_amount := greatest(v_amount, -v_balance);
      continue when v_amount = 0;
    end if;
    v_entry_no := v_entry_no + 1;
    v_balance := v_balance + v_amount;
    v_last_at := greatest(v_last_at, v_move.at);
    insert into demo_ledger values (pg_temp.demo_id(format('entry %s %s', v_user_id, v_entry_no)), v_user_id, v_entry_no, v_amount,
      v_balance, v_move.type, v_move.reason, v_move.video_id, v_move.actor_id, v_last_at, v_move.note);
  end loop;
end
$$;
create index on demo_ledger (entry_no);
create index on demo_ledger (video_id);
analyze demo_videos, demo_ledger, demo_accounts;

do $$
declare
  v_columns text;
  v_values text;
  v_round integer;
begin
  perform pg_temp.check_may_seed();

  -- auth.users differs between Supabase versions: only what is there is written. Empty tokens,
  -- since Supabase Auth can't read NULL ones; no password and no identity, so nobody can sign in.
  select string_agg(quote_ident(w.name), ', '), string_agg(w.value, ', ') into v_columns, v_values
  from (values
    ('id', 'd.id'), ('email', 'd.email'), ('created_at', 'd.at'), ('updated_at', 'd.at'),
    ('aud', quote_literal('authenticated')), ('role', quote_literal('authenticated')),
    ('instance_id', quote_literal('00000000-0000-0000-0000-000000000000')),
    ('confirmation_token', quote_literal('')), ('recovery_token', quote_literal('')), ('email_change', quote_literal('')),
    ('email_change_token_new', quote_literal('')), ('email_change_token_current', quote_literal('')),
    ('reauthentication_token', quote_literal('')), ('phone_change', quote_literal('')), ('phone_change_token', quote_literal(''))
  ) as w (name, value)
  join pg_catalog.pg_attribute a on a.attrelid = 'auth.users'::regclass and a.attname = w.name and not a.attisdropped;
  execute format($insert$
    insert into auth.users (%s)
    select %s from (
      select id, email, joined_at as at from demo_accounts
      union all
      select pg_temp.fixed_id('desk colleague ' || i), format('colleague-%%s@reeldesk.example', i), today - interval '200 days'
      from demo_clock, generate_series(1, 2) i
    ) d
  $insert$, v_columns, v_values);
  update public.profiles p set created_at = u.created_at, updated_at = u.created_at
  from auth.users u
  where u.id = p.id and p.id in (
    select id from demo_accounts union all select pg_temp.fixed_id('desk colleague ' || i) from generate_series(1, 2) i);
  raise notice 'demo data: % accounts', (select count(*) from demo_accounts);

  insert into public.videos (
    id, user_id, prompt, video_type, image_url, duration_seconds, resolution, quality, status, video_url, error_message,
    credits_used, created_at, started_at, finished_at, deleted_at, deleted_by, updated_at
  )
  select v.id, v.user_id,
    format('%s %s, %s',
      pg_temp.pick('subject ' || v.key, 'A paper boat', 'A red kite', 'An old tram', 'A fox in the snow', 'A glass of tea',
        'A lighthouse', 'A street musician', 'A pair of running shoes', 'A bicycle courier', 'A ceramic vase', 'A field of sunflowers'),
      pg_temp.pick('place ' || v.key, 'drifting through a night market', 'on a windy beach', 'crossing a bridge at dawn',
        'in heavy rain', 'turning slowly on a table', 'seen from a balcony', 'in an empty station', 'under northern lights'),
      pg_temp.pick('style ' || v.key, 'slow pan', 'hand-drawn', 'grainy 35 mm film', 'one long take', 'soft morning light',
        'stop motion', 'close-up', 'wide shot, no people')),
    v.video_type,
    case when v.video_type = 'image_to_video' then format('https://uploads.reeldesk.example/images/%s.jpg', v.id) end,
    v.duration_seconds, v.resolution, v.quality, v.status,
    case when v.status = 'completed' then format('https://cdn.reeldesk.example/videos/%s.mp4', v.id) end,
    case when v.status = 'failed' then case
      when v.day_no = 20 and v.video_type = 'image_to_video' then 'Provider answered 503: model image-to-video is not available'
      else pg_temp.pick('error ' || v.key, 'Provider timed out after 600 seconds', 'Provider answered 500: internal error',
        'Out of memory on the render node', 'Result was empty', 'Input was rejected by the provider''s content filter')
    end end,
    v.cost, v.created_at, v.started_at, v.finished_at,
    case when v.restored_at is null then v.deleted_at end, case when v.restored_at is null then v.deleted_by end,
    coalesce(v.restored_at, v.deleted_at, v.finished_at, v.started_at, v.created_at)
  from demo_videos v
  where exists (select from demo_ledger l where l.video_id = v.id);
  raise notice 'demo data: % videos', (select count(distinct video_id) from demo_ledger);

  -- As private.post_to_ledger does it, one entry of every account at a time, with ids and times
  -- of its own; the triggers refuse whatever does not move its balance.
  for v_round in 1 .. (select max(entry_no) from demo_ledger) loop
    with moved as (
      update public.profiles p
      set credits = p.credits + l.amount, ledger_entries = p.ledger_entries + 1, last_entry_at = l.at, updated_at = l.at
      from demo_ledger l
      where l.entry_no = v_round and p.id = l.user_id
      returning p.credits, p.ledger_entries, l.*
    )
    insert into public.credit_transactions (
      id, user_id, entry_no, amount, balance_after, type, reason, video_id, actor_id, video_type, resolution, quality, created_at
    )
    select m.id, m.user_id, m.ledger_entries, m.amount, m.credits, m.type, m.reason, m.video_id, m.actor_id,
      v.video_type, v.resolution, v.quality, m.at
    from moved m left join demo_videos v on v.id = m.video_id;
  end loop;
  raise notice 'demo data: % ledger entries', (select count(*) from demo_ledger);

  insert into public.audit_log (
    id, created_at, actor_id, actor_role, action, target_type, target_id, user_id, transaction_id, reason, note, amount, before, after
  )
  select pg_temp.demo_id('audit ' || l.id), l.at, l.actor_id, case when l.actor_id is null then 'backend' else 'admin' end,
    case l.type when 'refund' then 'refund_video_credits' else 'adjust_credits' end,
    case l.type when 'refund' then 'video' else 'account' end,
    coalesce(l.video_id, l.user_id)::text, l.user_id, l.id, l.reason, l.note, l.amount,
    jsonb_build_object('credits', l.balance_after - l.amount)
      || case l.type when 'refund' then jsonb_build_object('refunded', l.refunded - l.amount) else '{}' end,
    jsonb_build_object('credits', l.balance_after)
      || case l.type when 'refund' then jsonb_build_object('refunded', l.refunded) else '{}' end
  from (
    select e.*, sum(e.amount) over (partition by e.video_id order by e.entry_no) as refunded
    from demo_ledger e where e.type <> 'charge'
  ) l
  union all
  select pg_temp.demo_id('audit delete ' || v.id), v.deleted_at, v.user_id, 'user', 'soft_delete_video', 'video', v.id::text, v.user_id,
    null, null, null, null, jsonb_build_object('deleted_at', null), jsonb_build_object('deleted_at', v.deleted_at)
  from demo_videos v where v.deleted_at is not null and exists (select from demo_ledger l where l.video_id = v.id)
  union all
  select pg_temp.demo_id('audit restore ' || v.id), v.restored_at, v.user_id, 'user', 'restore_video', 'video', v.id::text, v.user_id,
    null, null, null, null, jsonb_build_object('deleted_at', v.deleted_at), jsonb_build_object('deleted_at', null)
  from demo_videos v where v.restored_at is not null and exists (select from demo_ledger l where l.video_id = v.id)
  union all
  -- The two colleagues who made the refunds had their roles for as long, and have none now.
  select pg_temp.demo_id(format('audit staff %s %s', i, w.action)), c.today + w.days, null, 'owner', w.action, 'staff_member',
    pg_temp.fixed_id('desk colleague ' || i)::text, pg_temp.fixed_id('desk colleague ' || i), null, null, null, null, w.before, w.after
  from demo_clock c cross join generate_series(1, 2) i
  cross join (values
    ('grant_staff_role', interval '-199 days', null::jsonb, '{"role": "admin"}'::jsonb),
    ('revoke_staff_role', interval '0', '{"role": "admin"}', null)
  ) as w (action, days, before, after);

  if exists (select from private.ledger_problems() p join demo_accounts a on a.id = p.user_id) then
    raise exception 'The demo data does not balance: %', (select string_agg(problem, '; ') from private.ledger_problems());
  end if;
end
$$;

drop table demo_clock, demo_accounts, demo_videos, demo_movements, demo_ledger;
reset timezone;
