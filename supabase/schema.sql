-- The schema as all migrations together leave it. Written by `npm run docs`: do not edit, and do not apply it to a
-- database that the migrations look after. It needs what Supabase brings (supabase/shim.sql elsewhere) and makes
-- structure only: rows, such as the first prices, come with supabase/migrations/.

-- Functions may name what is made after them.
set check_function_bodies = off;
set search_path = '';

-- Roles

do $$ begin
  create role reeldesk_admin nologin;
exception when duplicate_object or unique_violation then null; -- Roles belong to the cluster.
end $$;
do $$ begin
  create role reeldesk_analyst nologin;
exception when duplicate_object or unique_violation then null; -- Roles belong to the cluster.
end $$;
do $$ begin
  create role reeldesk_api login noinherit;
exception when duplicate_object or unique_violation then null; -- Roles belong to the cluster.
end $$;
do $$ begin
  if not pg_catalog.pg_has_role('reeldesk_api', 'anon', 'member') then
    grant anon to reeldesk_api;
  end if;
exception when insufficient_privilege then
  raise notice 'reeldesk_api could not be made a member of anon: ask an administrator';
end $$;
do $$ begin
  if not pg_catalog.pg_has_role('reeldesk_api', 'authenticated', 'member') then
    grant authenticated to reeldesk_api;
  end if;
exception when insufficient_privilege then
  raise notice 'reeldesk_api could not be made a member of authenticated: ask an administrator';
end $$;
do $$ begin
  if not pg_catalog.pg_has_role('reeldesk_api', 'reeldesk_admin', 'member') then
    grant reeldesk_admin to reeldesk_api;
  end if;
exception when insufficient_privilege then
  raise notice 'reeldesk_api could not be made a member of reeldesk_admin: ask an administrator';
end $$;
do $$ begin
  if not pg_catalog.pg_has_role('reeldesk_api', 'reeldesk_analyst', 'member') then
    grant reeldesk_analyst to reeldesk_api;
  end if;
exception when insufficient_privilege then
  raise notice 'reeldesk_api could not be made a member of reeldesk_analyst: ask an administrator';
end $$;
do $$ begin
  if not pg_catalog.pg_has_role('reeldesk_api', 'service_role', 'member') then
    grant service_role to reeldesk_api;
  end if;
exception when insufficient_privilege then
  raise notice 'reeldesk_api could not be made a member of service_role: ask an administrator';
end $$;


-- Schemas

create schema private;
revoke all on schema private from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
create schema desk;
revoke all on schema desk from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
create schema reeldesk;
revoke all on schema reeldesk from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;


-- Tables

create table public.audit_log (
  id uuid default gen_random_uuid() not null,
  created_at timestamp with time zone default clock_timestamp() not null,
  actor_id uuid,
  actor_role text not null,
  action text not null,
  target_type text not null,
  target_id text not null,
  user_id uuid,
  transaction_id uuid,
  reason text,
  note text,
  amount integer,
  request_id text,
  before jsonb,
  after jsonb,
  xid xid8 not null
);

create table public.credit_prices (
  resolution text not null,
  quality text not null,
  credits_per_second integer not null,
  updated_at timestamp with time zone default now() not null
);

create table public.credit_transactions (
  id uuid default gen_random_uuid() not null,
  user_id uuid not null,
  amount integer not null,
  type text not null,
  video_id uuid,
  created_at timestamp with time zone default clock_timestamp() not null,
  entry_no integer not null,
  balance_after integer not null,
  actor_id uuid,
  reason text,
  idempotency_key text,
  video_type text,
  resolution text,
  quality text,
  xid xid8 default pg_current_xact_id() not null
);

create table public.profiles (
  id uuid not null,
  user_id uuid not null,
  credits integer default 0 not null,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  email text,
  ledger_entries integer default 0 not null,
  last_entry_at timestamp with time zone,
  closed_at timestamp with time zone
);

create table public.staff_members (
  user_id uuid not null,
  role text not null,
  created_at timestamp with time zone default now() not null
);

create table public.videos (
  id uuid default gen_random_uuid() not null,
  user_id uuid not null,
  prompt text not null,
  video_type text not null,
  image_url text,
  duration_seconds integer,
  resolution text,
  quality text,
  status text default 'pending'::text not null,
  video_url text,
  error_message text,
  credits_used integer default 0 not null,
  deleted_at timestamp with time zone,
  created_at timestamp with time zone default clock_timestamp() not null,
  updated_at timestamp with time zone default clock_timestamp() not null,
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  deleted_by uuid
);
alter table public.videos alter column user_id set (n_distinct=-0.001);

create table private.announced_changes (
  is_only boolean default true not null,
  xid xid8 default '0'::xid8 not null,
  announced_at timestamp with time zone default '-infinity'::timestamp with time zone not null,
  kept_from xid8 default '0'::xid8 not null,
  swept_at timestamp with time zone default '-infinity'::timestamp with time zone not null
);

create table private.api_keys (
  id uuid default gen_random_uuid() not null,
  key_hash bytea not null,
  prefix text not null,
  name text not null,
  role text not null,
  made_by uuid not null,
  created_at timestamp with time zone default now() not null,
  expires_at timestamp with time zone,
  last_used_at timestamp with time zone,
  revoked_at timestamp with time zone,
  revoked_by uuid
);

create table private.idempotency_keys (
  user_id uuid not null,
  operation text not null,
  key text not null,
  request jsonb not null,
  response jsonb not null,
  created_at timestamp with time zone default clock_timestamp() not null
);

create table private.migration_repairs (
  id bigint generated always as identity not null,
  table_name text not null,
  row_id uuid,
  problem text not null,
  repair text not null,
  before jsonb,
  after jsonb,
  repaired_at timestamp with time zone default now() not null
);

create table reeldesk.sessions (
  id bytea not null,
  user_id uuid not null,
  sealed_tokens bytea not null,
  tokens_expire_at timestamp with time zone not null,
  created_at timestamp with time zone default now() not null,
  seen_at timestamp with time zone default now() not null,
  expires_at timestamp with time zone not null
);



-- Functions

CREATE OR REPLACE FUNCTION public.adjust_credits(p_user_id uuid, p_amount integer, p_reason_code text, p_note text DEFAULT NULL::text, p_idempotency_key text DEFAULT NULL::text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  v_request jsonb := jsonb_build_array(p_amount, p_reason_code, p_note);
  v_account public.profiles;
  v_answer jsonb;
  v_entry public.credit_transactions;
begin
  if not private.is_backend() and not private.is_admin() then
    perform private.refuse('Balances are adjusted by an admin or the back end.');
  end if;
  if p_user_id = auth.uid() then
    perform private.raise_error('PT403', 'own_account', 'Nobody adjusts his own credits.', '{}', 'Ask another admin to do it.');
  end if;
  if p_user_id is null then
    perform private.invalid_input('p_user_id', 'must not be NULL');
  end if;
  perform private.check_idempotency_key(p_idempotency_key);

  v_account := private.lock_account(p_user_id);
  perform private.lock_admin_role('Balances are adjusted by an admin or the back end.');

  v_answer := private.replay(p_user_id, 'adjust_credits', p_idempotency_key, v_request);
  if v_answer is not null then
    return v_answer;
  end if;

  if p_amount is null or p_amount = 0 then
    perform private.invalid_input('p_amount', 'must be a whole number of credits other than zero');
  end if;
  if p_reason_code is null or p_reason_code not in ('purchase', 'promotion', 'goodwill', 'correction', 'fraud') then
    perform private.invalid_input('p_reason_code', 'must be purchase, promotion, goodwill, correction or fraud');
  end if;
  if length(p_note) > 1000 then
    perform private.invalid_input('p_note', 'must have at most 1000 characters');
  end if;
  if v_account.credits + p_amount::bigint > 2147483647 then
    perform private.invalid_input('p_amount', 'would take the balance beyond what it can hold');
  end if;
  if v_account.credits + p_amount::bigint < 0 then
    perform private.raise_error('PT402', 'insufficient_credits',
      format('Insufficient credits. The account has %s credits, but %s credits would be taken.', v_account.credits, -p_amount::bigint),
      jsonb_build_object('credits', v_account.credits, 'required', -p_amount::bigint),
      'A balance is never negative: take at most what is there.');
  end if;

  v_entry := private.post_to_ledger(p_user_id, p_amount, 'adjustment', p_reason_code, null, p_idempotency_key);
  perform private.audit('adjust_credits', 'account', p_user_id::text, p_user_id,
    jsonb_build_object('credits', v_account.credits), jsonb_build_object('credits', v_entry.balance_after),
    p_reason_code, p_amount, v_entry.id, p_note);
  v_answer := jsonb_build_object(
    'success', true,
    'user_id', p_user_id,
    'transaction_id', v_entry.id,
    'amount', p_amount,
    'credits_remaining', v_entry.balance_after,
    'message', 'Credits adjusted successfully'
  );
  perform private.remember(p_user_id, 'adjust_credits', p_idempotency_key, v_request, v_answer);
  return v_answer;
end
$function$;

CREATE OR REPLACE FUNCTION public.balance_at(p_user_id uuid, p_at timestamp with time zone)
 RETURNS integer
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  perform private.check_may_read_account(p_user_id);
  if p_at is null then
    perform private.invalid_input('p_at', 'must not be NULL');
  end if;
  return coalesce((
    select t.balance_after from public.credit_transactions t
    where t.user_id = p_user_id and t.entry_no = usage.last_entry_at(p_user_id, p_at)
  ), 0);
end
$function$;

CREATE OR REPLACE FUNCTION public.complete_video_generation(p_video_id uuid, p_video_url text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  v_video public.videos;
begin
  perform private.check_is_backend();
  v_video := private.lock_video(p_video_id);
  if not private.is_web_address(p_video_url) then
    perform private.invalid_input('p_video_url', 'must be an http or https address of at most 2000 characters');
  end if;
  perform private.check_status_change(v_video, 'completed', array['processing']);

  update public.videos
  set status = 'completed', video_url = p_video_url, finished_at = clock_timestamp(), updated_at = clock_timestamp()
  where id = p_video_id;
  return jsonb_build_object('success', true, 'video_id', p_video_id, 'status', 'completed',
    'message', 'Video generation completed successfully');
end
$function$;

CREATE OR REPLACE FUNCTION public.create_video_generation(p_user_id uuid, p_prompt text, p_video_type text, p_image_url text, p_duration_seconds integer, p_resolution text, p_quality text, p_idempotency_key text DEFAULT NULL::text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  v_caller uuid := auth.uid();
  v_request jsonb;
  v_account public.profiles;
  v_answer jsonb;
  v_cost integer;
  v_video public.videos;
  v_entry public.credit_transactions;
begin
  -- The owner calls most, and passes by the cheapest question.
  if v_caller is distinct from p_user_id and not private.is_backend() and not private.is_admin() then
    perform private.refuse('Create videos for your own account.');
  end if;
  if v_caller is null and not private.is_backend() then
    perform private.refuse();
  end if;
  if p_user_id is null then
    perform private.invalid_input('p_user_id', 'must not be NULL');
  end if;
  if p_idempotency_key is not null then
    perform private.check_idempotency_key(p_idempotency_key);
  end if;

  v_account := private.lock_account(p_user_id);
  if v_caller is distinct from p_user_id then
    perform private.lock_admin_role('Create videos for your own account.');
  end if;

  if p_idempotency_key is not null then
    v_request := jsonb_build_array(p_prompt, p_video_type, p_image_url, p_duration_seconds, p_resolution, p_quality);
    v_answer := private.replay(p_user_id, 'create_video_generation', p_idempotency_key, v_request);
    if v_answer is not null then
      return v_answer;
    end if;
  end if;

  perform private.check_video_request(p_prompt, p_video_type, p_image_url, p_duration_seconds);
  v_cost := private.price_of(p_resolution, p_quality) * p_duration_seconds;
  if v_account.closed_at is not null then
    perform private.raise_error('PT409', 'account_closed', 'This account is closed.', '{}',
      'Its login was deleted; nothing can be created or restored in it.');
  end if;
  if v_account.credits < v_cost then
    perform private.raise_error(
      'PT402', 'insufficient_credits',
      format('Insufficient credits. You have %s credits, but need %s credits.', v_account.credits, v_cost),
      jsonb_build_object('credits', v_account.credits, 'required', v_cost),
      'Buy credits, or choose a shorter video, a lower resolution or a lower quality.'
    );
  end if;

  insert into public.videos (
    user_id, prompt, video_type, image_url, duration_seconds, resolution, quality, status, credits_used
  ) values (
    p_user_id, p_prompt, p_video_type, p_image_url, p_duration_seconds, p_resolution, p_quality, 'pending', v_cost
  ) returning * into v_video;
  v_entry := private.post_to_ledger(
    p_user_id, -v_cost, 'charge', 'Video generation', v_video, p_idempotency_key);
  if v_caller is distinct from p_user_id and not private.is_backend() then
    perform private.audit('create_video_generation', 'video', v_video.id::text, p_user_id,
      jsonb_build_object('credits', v_account.credits), jsonb_build_object('credits', v_entry.balance_after),
      'On behalf of the account', -v_cost, v_entry.id);
  end if;
  v_answer := jsonb_build_object(
    'success', true,
    'video_id', v_video.id,
    'transaction_id', v_entry.id,
    'credits_used', v_cost,
    'credits_remaining', v_entry.balance_after,
    'message', 'Video generation started successfully'
  );
  if p_idempotency_key is not null then
    perform private.remember(p_user_id, 'create_video_generation', p_idempotency_key, v_request, v_answer);
  end if;
  return v_answer;
end
$function$;

CREATE OR REPLACE FUNCTION public.create_video_request(p_user_id uuid, p_prompt text, p_video_type text, p_image_url text, p_duration_seconds integer, p_resolution text, p_quality text)
 RETURNS uuid
 LANGUAGE sql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select (public.create_video_generation(
    p_user_id, p_prompt, p_video_type, p_image_url, p_duration_seconds, p_resolution, p_quality
  ) ->> 'video_id')::uuid
$function$;

CREATE OR REPLACE FUNCTION public.credit_statement(p_user_id uuid, p_before_entry integer DEFAULT NULL::integer, p_limit integer DEFAULT 50)
 RETURNS TABLE(id uuid, entry_no integer, amount integer, balance_after integer, type text, video_id uuid, actor_id uuid, reason text, note text, created_at timestamp with time zone)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER ROWS 50
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
#variable_conflict use_column
declare
  v_sees_notes boolean := private.is_backend() or private.is_admin();
begin
  perform private.check_may_read_account(p_user_id);
  if p_limit is null or p_limit not between 1 and 200 then
    perform private.invalid_input('p_limit', 'must be between 1 and 200');
  end if;
  return query
    select t.id, t.entry_no, t.amount, t.balance_after, t.type, t.video_id, t.actor_id, t.reason,
      case when v_sees_notes then (select a.note from public.audit_log a where a.transaction_id = t.id) end,
      t.created_at
    from public.credit_transactions t
    where t.user_id = p_user_id and t.entry_no < coalesce(p_before_entry::bigint, 2147483648)
    order by t.entry_no desc limit p_limit;
end
$function$;

CREATE OR REPLACE FUNCTION public.fail_video_generation(p_video_id uuid, p_error text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  v_video public.videos;
  v_account public.profiles;
  v_charge record;
  v_left integer;
  v_entry public.credit_transactions;
begin
  perform private.check_is_backend();
  v_video := private.lock_video(p_video_id);
  v_account := private.lock_account(v_video.user_id);
  if private.is_blank(p_error) then
    perform private.invalid_input('p_error', 'must not be empty', 'Say what the provider answered.');
  end if;
  perform private.check_status_change(v_video, 'failed', array['pending', 'processing']);
  v_charge := private.video_charge(v_video);
  v_left := v_charge.charged - v_charge.refunded;
  if v_account.credits::bigint + v_left > 2147483647 then
    perform private.invalid_input('p_video_id', 'is a video whose refund would take the balance beyond what it can hold',
      'Take credits from the account with adjust_credits first.');
  end if;

  -- A long provider message is cut rather than refused: the refund must not hang on it.
  update public.videos
  set status = 'failed', error_message = left(p_error, 2000), finished_at = clock_timestamp(), updated_at = clock_timestamp()
  where id = p_video_id;
  if v_left > 0 then
    v_entry := private.post_refund(v_video, v_left, 'Video generation failed', null);
  end if;
  return jsonb_build_object('success', true, 'video_id', p_video_id, 'status', 'failed',
    'credits_refunded', greatest(v_left, 0), 'transaction_id', v_entry.id,
    'message', case when v_left > 0 then 'Video generation failed, credits refunded' else 'Video generation failed' end);
end
$function$;

CREATE OR REPLACE FUNCTION public.get_credit_info(p_user_id uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
begin
  perform private.check_may_read_account(p_user_id);
  return (
    select jsonb_build_object(
      'credits', p.credits,
      'total_videos', (select count(*) from public.videos v where v.user_id = p_user_id and v.deleted_at is null),
      'videos_pending', (select count(*) from public.videos v
        where v.user_id = p_user_id and v.deleted_at is null and v.status = 'pending'),
      'videos_processing', (select count(*) from public.videos v
        where v.user_id = p_user_id and v.deleted_at is null and v.status = 'processing')
    )
    from public.profiles p where p.id = p_user_id
  );
end
$function$;

CREATE OR REPLACE FUNCTION public.list_deleted_videos(p_before timestamp with time zone DEFAULT NULL::timestamp with time zone, p_before_id uuid DEFAULT NULL::uuid, p_limit integer DEFAULT 50, p_user_id uuid DEFAULT NULL::uuid)
 RETURNS SETOF public.videos
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER ROWS 50
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  v_sees_all boolean := private.is_backend() or private.is_admin();
begin
  if not v_sees_all then
    if auth.uid() is null or (p_user_id is not null and p_user_id is distinct from auth.uid()) then
      perform private.refuse('List your own deleted videos.');
    end if;
    p_user_id := auth.uid();
  end if;
  if p_limit is null or p_limit not between 1 and 200 then
    perform private.invalid_input('p_limit', 'must be between 1 and 200');
  end if;
  if p_before_id is not null and p_before is null then
    perform private.invalid_input('p_before', 'must be given with p_before_id');
  end if;

  -- Two statements, so that each has one index in its own order to walk.
  if p_user_id is null then
    return query
      select v.* from public.videos v
      where v.deleted_at is not null
        and (p_before is null or v.deleted_at < p_before or (v.deleted_at = p_before and v.id < p_before_id))
        and (p_before is null or v.deleted_at <= p_before)
      order by v.deleted_at desc, v.id desc limit p_limit;
  else
    return query
      select v.* from public.videos v
      where v.user_id = p_user_id and v.deleted_at is not null
        and (p_before is null or v.deleted_at < p_before or (v.deleted_at = p_before and v.id < p_before_id))
        and (p_before is null or v.deleted_at <= p_before)
      order by v.deleted_at desc, v.id desc limit p_limit;
  end if;
end
$function$;

CREATE OR REPLACE FUNCTION public.purge_deleted_videos(p_older_than interval)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  v_video public.videos;
  v_count integer := 0;
begin
  perform private.check_is_backend();
  if p_older_than is null or p_older_than not between interval '0' and interval '100 years' then
    perform private.invalid_input('p_older_than', 'must be an interval from zero to 100 years', 'For instance: interval ''30 days''.');
  end if;

  -- In id order, as everywhere; what somebody holds, a restore for instance, waits for the next run.
  for v_video in
    select * from public.videos v
    where v.deleted_at < now() - p_older_than and v.status in ('completed', 'failed')
    order by v.id
    for update skip locked
  loop
    perform private.audit('purge_deleted_video', 'video', v_video.id::text, v_video.user_id,
      to_jsonb(v_video) - array['prompt', 'image_url', 'video_url', 'error_message'], null,
      format('Deleted for more than %s', p_older_than));
    delete from public.videos where id = v_video.id;
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$function$;

CREATE OR REPLACE FUNCTION public.refund_video_credits(p_video_id uuid, p_reason text DEFAULT 'Video generation failed'::text, p_amount integer DEFAULT NULL::integer, p_idempotency_key text DEFAULT NULL::text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  v_request jsonb := jsonb_build_array(p_video_id, p_reason, p_amount);
  v_video public.videos;
  v_account public.profiles;
  v_answer jsonb;
  v_charge record;
  v_left integer;
  v_amount integer;
  v_entry public.credit_transactions;
begin
  if not private.is_backend() and not private.is_admin() then
    perform private.refuse('Refunds are made by an admin or the back end; an analyst or a user asks one of them.');
  end if;
  perform private.check_idempotency_key(p_idempotency_key);

  v_video := private.lock_video(p_video_id);
  if v_video.user_id = auth.uid() then
    perform private.raise_error('PT403', 'own_account', 'Nobody refunds himself.', '{}', 'Ask another admin to do it.');
  end if;
  v_account := private.lock_account(v_video.user_id);
  perform private.lock_admin_role('Refunds are made by an admin or the back end; an analyst or a user asks one of them.');

  v_answer := private.replay(v_video.user_id, 'refund_video_credits', p_idempotency_key, v_request);
  if v_answer is not null then
    return v_answer;
  end if;

  if private.is_blank(p_reason) or length(p_reason) > 500 then
    perform private.invalid_input('p_reason', 'must have 1 to 500 characters');
  end if;
  if p_amount <= 0 then
    perform private.invalid_input('p_amount', 'must be positive', 'Leave it out to refund all that is left of the charge.');
  end if;
  if v_video.status in ('pending', 'processing') then
    perform private.raise_error('PT409', 'not_refundable',
      format('This video is still %s, so its charge can''t be refunded yet.', v_video.status),
      jsonb_build_object('status', v_video.status),
      'Wait until it has completed or failed: the provider may still finish it and bill.');
  end if;
  v_charge := private.video_charge(v_video);
  v_left := v_charge.charged - v_charge.refunded;
  if v_charge.charged = 0 then
    perform private.raise_error('PT409', 'nothing_charged', 'This video was never charged.', '{}',
      'Give goodwill credits with adjust_credits instead.');
  end if;
  if v_left <= 0 then
    perform private.raise_error('PT409', 'already_refunded', 'This video''s charge was refunded already.',
      jsonb_build_object('charged', v_charge.charged, 'refunded', v_charge.refunded),
      'See the account''s statement for when and by whom.');
  end if;
  v_amount := coalesce(p_amount, v_left);
  if v_amount > v_left then
    perform private.raise_error('PT409', 'refund_exceeds_charge',
      format('Only %s credits of this charge are left to refund.', v_left),
      jsonb_build_object('charged', v_charge.charged, 'refunded', v_charge.refunded, 'refundable', v_left, 'requested', v_amount),
      format('Refund at most %s credits.', v_left));
  end if;
  if v_video.status = 'completed' and lower(regexp_replace(p_reason, '[^[:alpha:]]', '', 'g')) = 'videogenerationfailed' then
    perform private.raise_error('PT409', 'reason_required', 'This video was completed, so the refund needs a reason of its own.',
      jsonb_build_object('status', v_video.status), 'Say why its credits go back, for instance what is wrong with the video.');
  end if;
  if v_account.credits > 2147483647 - v_amount then
    perform private.invalid_input('p_amount', 'would take the balance beyond what it can hold');
  end if;

  v_entry := private.post_refund(v_video, v_amount, p_reason, p_idempotency_key);
  v_answer := jsonb_build_object(
    'success', true,
    'video_id', p_video_id,
    'transaction_id', v_entry.id,
    'credits_refunded', v_amount,
    'message', 'Credits refunded successfully'
  );
  perform private.remember(v_video.user_id, 'refund_video_credits', p_idempotency_key, v_request, v_answer);
  return v_answer;
end
$function$;

CREATE OR REPLACE FUNCTION public.restore_video(p_video_id uuid)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  v_video public.videos := private.lock_video_of_caller(p_video_id);
begin
  if v_video.deleted_at is null then
    perform private.raise_error('PT409', 'not_deleted', 'This video is not deleted.',
      jsonb_build_object('video_id', p_video_id), 'Nothing to do; it may have been restored meanwhile.');
  end if;
  if exists (select from public.profiles p where p.id = v_video.user_id and p.closed_at is not null) then
    perform private.raise_error('PT409', 'account_closed', 'This account is closed.', '{}',
      'Its login was deleted; nothing can be created or restored in it.');
  end if;

  update public.videos set deleted_at = null, deleted_by = null, updated_at = clock_timestamp() where id = p_video_id;
  perform private.audit('restore_video', 'video', p_video_id::text, v_video.user_id,
    jsonb_build_object('deleted_at', v_video.deleted_at), jsonb_build_object('deleted_at', null));
  return true;
end
$function$;

CREATE OR REPLACE FUNCTION public.soft_delete_video(p_video_id uuid)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  v_video public.videos := private.lock_video_of_caller(p_video_id);
  v_now timestamptz := clock_timestamp();
begin
  if v_video.deleted_at is not null then
    perform private.raise_error('PT409', 'already_deleted', 'This video is deleted already.',
      jsonb_build_object('video_id', p_video_id, 'deleted_at', v_video.deleted_at), 'Nothing to do; restore_video brings it back.');
  end if;

  update public.videos set deleted_at = v_now, deleted_by = auth.uid(), updated_at = v_now where id = p_video_id;
  perform private.audit('soft_delete_video', 'video', p_video_id::text, v_video.user_id,
    jsonb_build_object('deleted_at', null), jsonb_build_object('deleted_at', v_now));
  return true;
end
$function$;

CREATE OR REPLACE FUNCTION public.start_video_generation(p_video_id uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  perform private.check_is_backend();
  perform private.check_status_change(private.lock_video(p_video_id), 'processing', array['pending']);

  update public.videos
  set status = 'processing', started_at = clock_timestamp(), updated_at = clock_timestamp()
  where id = p_video_id;
  return jsonb_build_object('success', true, 'video_id', p_video_id, 'status', 'processing',
    'message', 'Video generation is processing');
end
$function$;

CREATE OR REPLACE FUNCTION private.account_not_found(p_user_id uuid)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  perform private.raise_error(
    'PT404', 'account_not_found', 'There is no such account.', jsonb_build_object('user_id', p_user_id),
    'Check the account id.'
  );
end
$function$;

CREATE OR REPLACE FUNCTION private.actor_role()
 RETURNS text
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select case
    when private.is_backend() and current_setting('role', true) = 'service_role' then 'backend'
    when private.is_backend() then 'owner'
    else coalesce(private.staff_role(), 'user')
  end
$function$;

CREATE OR REPLACE FUNCTION private.api_key_as_json(p_key private.api_keys)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select jsonb_build_object(
    'id', p_key.id, 'name', p_key.name, 'role', p_key.role, 'prefix', p_key.prefix,
    'made_by', p_key.made_by, 'made_by_email', (select p.email from public.profiles p where p.id = p_key.made_by),
    'created_at', p_key.created_at, 'expires_at', p_key.expires_at, 'last_used_at', p_key.last_used_at,
    'revoked_at', p_key.revoked_at,
    'state', case
      when p_key.revoked_at is not null then 'revoked'
      when p_key.expires_at <= clock_timestamp() then 'expired'
      when not exists (select from public.staff_members s
        where s.user_id = p_key.made_by and (s.role = 'admin' or p_key.role = 'staff')) then 'role_gone'
      else 'active'
    end
  )
$function$;

CREATE OR REPLACE FUNCTION private.audit(p_action text, p_target_type text, p_target_id text, p_user_id uuid, p_before jsonb, p_after jsonb, p_reason text DEFAULT NULL::text, p_amount integer DEFAULT NULL::integer, p_transaction_id uuid DEFAULT NULL::uuid, p_note text DEFAULT NULL::text)
 RETURNS void
 LANGUAGE sql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  insert into public.audit_log (
    actor_id, actor_role, action, target_type, target_id, user_id, transaction_id,
    reason, note, amount, request_id, before, after
  ) values (
    auth.uid(), private.actor_role(), p_action, p_target_type, p_target_id, p_user_id, p_transaction_id,
    p_reason, p_note, p_amount, private.request_id(), p_before, p_after
  )
$function$;

CREATE OR REPLACE FUNCTION private.audit_staff_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  perform private.audit(
    case tg_op when 'INSERT' then 'grant_staff_role' when 'DELETE' then 'revoke_staff_role' else 'change_staff_role' end,
    'staff_member', coalesce(new.user_id, old.user_id)::text, coalesce(new.user_id, old.user_id),
    case when tg_op = 'INSERT' then null else jsonb_build_object('role', old.role) end,
    case when tg_op = 'DELETE' then null else jsonb_build_object('role', new.role) end
  );
  return null;
end
$function$;

CREATE OR REPLACE FUNCTION private.change_xid()
 RETURNS xid8
 LANGUAGE sql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$ select usage.next_xid(pg_current_xact_id(), w.xid_offset) from usage.watermark w $function$;

CREATE OR REPLACE FUNCTION private.check_balance_has_entry()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if tg_op = 'INSERT' then
    if new.credits = 0 and new.ledger_entries = 0 then
      return null;
    end if;
  elsif new.id = old.id and new.ledger_entries = old.ledger_entries + 1 and exists (
    select from public.credit_transactions t
    where t.user_id = new.id and t.entry_no = new.ledger_entries
      and t.amount = new.credits - old.credits and t.balance_after = new.credits
      and t.created_at = new.last_entry_at
      and (old.last_entry_at is null or t.created_at >= old.last_entry_at)
  ) then
    return null;
  end if;
  perform private.raise_error(
    'PT403', 'ledger_only', 'Credits move only through the ledger.', '{}',
    'Call adjust_credits for a correction, refund_video_credits for a refund. Nothing was changed.'
  );
  return null;
end
$function$;

CREATE OR REPLACE FUNCTION private.check_entry_has_balance()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if exists (
    select from public.profiles p
    where p.id = new.user_id and p.ledger_entries = new.entry_no
      and p.credits = new.balance_after and p.last_entry_at = new.created_at
  ) then
    return null;
  end if;
  perform private.raise_error(
    'PT403', 'ledger_only', 'Credits move only through the ledger.', '{}',
    'Call adjust_credits for a correction, refund_video_credits for a refund. Nothing was changed.'
  );
  return null;
end
$function$;

CREATE OR REPLACE FUNCTION private.check_idempotency_key(p_key text)
 RETURNS void
 LANGUAGE plpgsql
 IMMUTABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if p_key is not null and (private.is_blank(p_key) or length(p_key) > 200) then
    perform private.invalid_input('p_idempotency_key', 'must have 1 to 200 characters',
      'Send one fresh key, such as a UUID, per intended action, or none.');
  end if;
end
$function$;

CREATE OR REPLACE FUNCTION private.check_is_backend()
 RETURNS void
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if not private.is_backend() then
    perform private.refuse('Only the product''s back end (service_role) does this.');
  end if;
end
$function$;

CREATE OR REPLACE FUNCTION private.check_manages_keys()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if not private.is_admin() then
    perform private.refuse('API keys are managed by an admin.');
  end if;
  perform private.check_signed_in_by_person();
end
$function$;

CREATE OR REPLACE FUNCTION private.check_may_read_account(p_user_id uuid)
 RETURNS void
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if private.is_backend() then
    null;
  elsif auth.uid() is null
    or (auth.uid() is distinct from p_user_id and private.staff_role() is null) then
    perform private.refuse('Ask for your own account.');
  end if;
  if p_user_id is null then
    perform private.invalid_input('p_user_id', 'must not be NULL');
  end if;
  if not exists (select from public.profiles p where p.id = p_user_id) then
    perform private.account_not_found(p_user_id);
  end if;
end
$function$;

CREATE OR REPLACE FUNCTION private.check_signed_in_by_person()
 RETURNS void
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if coalesce(current_setting('reeldesk.api_key_id', true), '') <> '' then
    perform private.refuse('This is for an admin who is signed in, not for an API key.');
  end if;
end
$function$;

CREATE OR REPLACE FUNCTION private.check_status_change(p_video public.videos, p_to text, p_from text[])
 RETURNS void
 LANGUAGE plpgsql
 IMMUTABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if p_video.status <> all (p_from) then
    perform private.raise_error('PT409', 'invalid_status_change',
      format('This video is %s and can''t become %s.', p_video.status, p_to),
      jsonb_build_object('status', p_video.status, 'requested', p_to),
      format('Only a video that is %s can.', array_to_string(p_from, ' or ')));
  end if;
end
$function$;

CREATE OR REPLACE FUNCTION private.check_video_request(p_prompt text, p_video_type text, p_image_url text, p_duration_seconds integer)
 RETURNS void
 LANGUAGE plpgsql
 IMMUTABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if private.is_blank(p_prompt) then
    perform private.invalid_input('p_prompt', 'must not be empty');
  end if;
  if length(p_prompt) > private.max_prompt_length() then
    perform private.invalid_input('p_prompt', format('must have at most %s characters', private.max_prompt_length()));
  end if;
  if p_video_type is null or p_video_type not in ('text_to_video', 'image_to_video') then
    perform private.invalid_input('p_video_type', 'must be text_to_video or image_to_video');
  end if;
  if p_video_type = 'image_to_video' and not private.is_web_address(p_image_url) then
    perform private.invalid_input('p_image_url', 'must be an http or https address of at most 2000 characters for image_to_video');
  end if;
  if p_video_type = 'text_to_video' and p_image_url is not null then
    perform private.invalid_input('p_image_url', 'must be NULL for text_to_video',
      'Leave the image out, or ask for image_to_video.');
  end if;
  if p_duration_seconds is null or p_duration_seconds not between 1 and private.max_duration_seconds() then
    perform private.invalid_input('p_duration_seconds',
      format('must be between 1 and %s seconds', private.max_duration_seconds()));
  end if;
end
$function$;

CREATE OR REPLACE FUNCTION private.end_api_key(p_key_id uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  v_key private.api_keys;
begin
  select * into v_key from private.api_keys k where k.id = p_key_id for update;
  if not found then
    if p_key_id is null then
      perform private.invalid_input('p_key_id', 'must not be NULL');
    end if;
    perform private.raise_error('PT404', 'api_key_not_found', 'There is no such API key.',
      jsonb_build_object('key_id', p_key_id), 'Check the id in the list of keys.');
  end if;
  -- Once more changes nothing: it is what the caller wanted.
  if v_key.revoked_at is null then
    update private.api_keys k set revoked_at = clock_timestamp(), revoked_by = auth.uid()
    where k.id = p_key_id returning * into v_key;
    perform private.audit('revoke_api_key', 'api_key', p_key_id::text, v_key.made_by,
      jsonb_build_object('revoked_at', null), jsonb_build_object('revoked_at', v_key.revoked_at));
  end if;
  return private.api_key_as_json(v_key);
end
$function$;

CREATE OR REPLACE FUNCTION private.follow_login()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if tg_op = 'DELETE' then
    -- Account, then staff: a role being granted meanwhile holds the account, and is taken away after it.
    update public.profiles set closed_at = now(), email = null, updated_at = now() where id = old.id;
    delete from public.staff_members where user_id = old.id;
  else
    insert into public.profiles (id, user_id, email) values (new.id, new.id, new.email)
    on conflict (id) do update set email = excluded.email, closed_at = null, updated_at = now();
  end if;
  return null;
end
$function$;

CREATE OR REPLACE FUNCTION private.invalid_input(p_field text, p_problem text, p_hint text DEFAULT NULL::text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  perform private.raise_error(
    'PT400', 'invalid_input', format('%s %s.', p_field, p_problem),
    jsonb_build_object('field', p_field), coalesce(p_hint, format('Correct %s and call again. Nothing was changed.', p_field))
  );
end
$function$;

CREATE OR REPLACE FUNCTION private.is_admin()
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select coalesce(private.staff_role() = 'admin', false)
$function$;

CREATE OR REPLACE FUNCTION private.is_backend()
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select case coalesce(current_setting('role', true), 'none')
    when 'service_role' then true
    when 'none' then pg_catalog.pg_has_role(session_user, 'service_role', 'usage') and auth.uid() is null
    else pg_catalog.pg_has_role(current_setting('role'), 'service_role', 'usage') and auth.uid() is null
  end
$function$;

CREATE OR REPLACE FUNCTION private.is_blank(p_text text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select p_text is null or p_text !~ (
    '[^\s\u0001-\u0020\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f'
    '\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb]')
$function$;

CREATE OR REPLACE FUNCTION private.is_web_address(p_url text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select coalesce(length(p_url) <= 2000
    and p_url ~* '^https?://[^\s/?#"<>\\^`{|}\u0001-\u0020\u007f-\u00a0\u2000-\u200f\u2028-\u202f\u3000\ufeff]+([/?#][^\s"<>\\^`{|}\u0001-\u0020\u007f-\u00a0\u2000-\u200f\u2028-\u202f\u3000\ufeff]*)?$', false)
$function$;

CREATE OR REPLACE FUNCTION private.ledger_problems()
 RETURNS TABLE(user_id uuid, problem text)
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select p.id, 'credits is not the sum of the ledger'
  from public.profiles p
  left join (select t.user_id, sum(t.amount) as total, count(*) as entries from public.credit_transactions t group by 1) s
    on s.user_id = p.id
  where p.credits <> coalesce(s.total, 0) or p.ledger_entries <> coalesce(s.entries, 0)
  union all
  select t.user_id, format('entry %s does not follow from the one before', t.entry_no)
  from (
    select e.*, row_number() over account as expected_no,
      coalesce(lag(e.balance_after) over account, 0) + e.amount as expected_balance,
      lag(e.created_at) over account as earlier
    from public.credit_transactions e
    window account as (partition by e.user_id order by e.entry_no)
  ) t
  where t.entry_no <> t.expected_no or t.balance_after <> t.expected_balance or t.created_at < t.earlier
  union all
  select t.user_id, format('video %s was refunded beyond its charge', t.video_id)
  from public.credit_transactions t
  where t.video_id is not null
  group by t.user_id, t.video_id
  having sum(t.amount) filter (where t.type in ('charge', 'refund')) > 0
$function$;

CREATE OR REPLACE FUNCTION private.lock_account(p_user_id uuid)
 RETURNS public.profiles
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  v_account public.profiles;
begin
  select * into v_account from public.profiles p where p.id = p_user_id for no key update;
  if not found then
    perform private.account_not_found(p_user_id);
  end if;
  return v_account;
end
$function$;

CREATE OR REPLACE FUNCTION private.lock_admin_role(p_hint text DEFAULT NULL::text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if private.is_backend() then
    return;
  end if;
  perform from public.staff_members s where s.user_id = auth.uid() and s.role = 'admin' for share;
  if not found then
    perform private.refuse(p_hint);
  end if;
end
$function$;

CREATE OR REPLACE FUNCTION private.lock_staff_pair(p_user_id uuid)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  perform private.check_signed_in_by_person();
  perform from public.staff_members s
  where s.user_id in (auth.uid(), p_user_id) order by s.user_id for update;
  perform private.lock_admin_role('Staff are managed by an admin.');
end
$function$;

CREATE OR REPLACE FUNCTION private.lock_video(p_video_id uuid)
 RETURNS public.videos
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  v_video public.videos;
begin
  select * into v_video from public.videos v where v.id = p_video_id for no key update;
  if not found then
    perform private.video_not_found(p_video_id);
  end if;
  return v_video;
end
$function$;

CREATE OR REPLACE FUNCTION private.lock_video_of_caller(p_video_id uuid)
 RETURNS public.videos
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  v_video public.videos;
begin
  if auth.uid() is null then
    perform private.refuse();
  end if;
  if not private.is_admin()
    and not exists (select from public.videos v where v.id = p_video_id and v.user_id = auth.uid()) then
    perform private.video_not_found(p_video_id);
  end if;
  v_video := private.lock_video(p_video_id);
  if v_video.user_id is distinct from auth.uid() then
    perform private.lock_admin_role();
  end if;
  return v_video;
end
$function$;

CREATE OR REPLACE FUNCTION private.make_api_key(p_made_by uuid, p_name text, p_role text, p_expires_at timestamp with time zone, p_key_hash bytea, p_prefix text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  v_key private.api_keys;
begin
  if private.is_blank(p_name) or length(p_name) > 100 then
    perform private.invalid_input('p_name', 'must have 1 to 100 characters');
  end if;
  if p_role is null or p_role not in ('backend', 'staff') then
    perform private.invalid_input('p_role', 'must be backend or staff');
  end if;
  if p_expires_at <= clock_timestamp() or p_expires_at = 'infinity' then
    perform private.invalid_input('p_expires_at', 'must be in the future', 'Leave it out for a key without an end.');
  end if;
  if p_key_hash is null or octet_length(p_key_hash) <> 32 then
    perform private.invalid_input('p_key_hash', 'must be a SHA-256');
  end if;
  if p_prefix is null or p_prefix !~ '^rdk_[A-Za-z0-9_-]{4,8}$' then
    perform private.invalid_input('p_prefix', 'must be the beginning of the key');
  end if;

  insert into private.api_keys (key_hash, prefix, name, role, made_by, expires_at)
  values (p_key_hash, p_prefix, p_name, p_role, p_made_by, p_expires_at) returning * into v_key;
  perform private.audit('create_api_key', 'api_key', v_key.id::text, p_made_by, null,
    jsonb_build_object('name', p_name, 'role', p_role, 'prefix', p_prefix, 'expires_at', p_expires_at));
  return private.api_key_as_json(v_key);
end
$function$;

CREATE OR REPLACE FUNCTION private.max_duration_seconds()
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$ select 300 $function$;

CREATE OR REPLACE FUNCTION private.max_prompt_length()
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$ select 4000 $function$;

CREATE OR REPLACE FUNCTION private.post_refund(p_video public.videos, p_amount integer, p_reason text, p_key text)
 RETURNS public.credit_transactions
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  v_before integer := (select p.credits from public.profiles p where p.id = p_video.user_id);
  v_refunded integer := (private.video_charge(p_video)).refunded;
  v_entry public.credit_transactions;
begin
  v_entry := private.post_to_ledger(p_video.user_id, p_amount, 'refund', p_reason, p_video, p_key);
  perform private.audit('refund_video_credits', 'video', p_video.id::text, p_video.user_id,
    jsonb_build_object('credits', v_before, 'refunded', v_refunded),
    jsonb_build_object('credits', v_entry.balance_after, 'refunded', v_refunded + p_amount),
    p_reason, p_amount, v_entry.id);
  return v_entry;
end
$function$;

CREATE OR REPLACE FUNCTION private.post_to_ledger(p_user_id uuid, p_amount integer, p_type text, p_reason text, p_video public.videos DEFAULT NULL::public.videos, p_idempotency_key text DEFAULT NULL::text, p_at timestamp with time zone DEFAULT NULL::timestamp with time zone)
 RETURNS public.credit_transactions
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  v_entry public.credit_transactions;
begin
  with moved as (
    update public.profiles p
    set credits = p.credits + p_amount,
      ledger_entries = p.ledger_entries + 1,
      last_entry_at = greatest(coalesce(p_at, clock_timestamp()), p.last_entry_at),
      updated_at = greatest(p.updated_at, coalesce(p_at, clock_timestamp()))
    where p.id = p_user_id
    returning p.id, p.ledger_entries, p.credits, p.last_entry_at
  )
  insert into public.credit_transactions (
    user_id, entry_no, amount, balance_after, type, reason, video_id, actor_id, idempotency_key,
    video_type, resolution, quality, created_at
  )
  select m.id, m.ledger_entries, p_amount, m.credits, p_type, p_reason, p_video.id, auth.uid(), p_idempotency_key,
    p_video.video_type, p_video.resolution, p_video.quality, m.last_entry_at
  from moved m
  returning * into v_entry;
  if not found then
    perform private.account_not_found(p_user_id);
  end if;
  return v_entry;
end
$function$;

CREATE OR REPLACE FUNCTION private.price_of(p_resolution text, p_quality text)
 RETURNS integer
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  v_price integer;
begin
  select c.credits_per_second into v_price from public.credit_prices c
  where c.resolution = p_resolution and c.quality = p_quality;
  if not found then
    if not exists (select from public.credit_prices c where c.resolution = p_resolution) then
      perform private.invalid_input('p_resolution', 'is not offered', format('Choose one of: %s.',
        (select string_agg(distinct c.resolution, ', ' order by c.resolution) from public.credit_prices c)));
    end if;
    perform private.invalid_input('p_quality', 'is not offered for this resolution', format('Choose one of: %s.',
      (select string_agg(c.quality, ', ' order by c.quality) from public.credit_prices c where c.resolution = p_resolution)));
  end if;
  return v_price;
end
$function$;

CREATE OR REPLACE FUNCTION private.raise_error(p_sqlstate text, p_code text, p_message text, p_details jsonb DEFAULT '{}'::jsonb, p_hint text DEFAULT NULL::text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  raise exception using
    errcode = p_sqlstate,
    message = p_message,
    detail = (jsonb_build_object('code', p_code) || p_details)::text,
    hint = coalesce(p_hint, '');
end
$function$;

CREATE OR REPLACE FUNCTION private.refuse(p_hint text DEFAULT NULL::text)
 RETURNS void
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if auth.uid() is null then
    perform private.raise_error('PT403', 'not_signed_in', 'Nobody is signed in.', '{}', 'Sign in and call again.');
  end if;
  perform private.raise_error(
    'PT403', 'forbidden', 'You may not do this.', '{}',
    coalesce(p_hint, 'Ask an admin of your team to do it, or to give you the role.')
  );
end
$function$;

CREATE OR REPLACE FUNCTION private.refuse_account_removal()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  perform private.raise_error(
    'PT403', 'append_only', 'An account that has a ledger is never deleted.', jsonb_build_object('user_id', old.id),
    'Delete the login instead: that closes the account and takes its e-mail away. Nothing was changed.'
  );
  return null;
end
$function$;

CREATE OR REPLACE FUNCTION private.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  perform private.raise_error(
    'PT403', 'append_only', format('%s is append-only: %s is refused.', tg_table_name, lower(tg_op)), '{}',
    'Correct it with a new row: an adjustment or a refund for credits.'
  );
  return null;
end
$function$;

CREATE OR REPLACE FUNCTION private.remember(p_user_id uuid, p_operation text, p_key text, p_request jsonb, p_response jsonb)
 RETURNS void
 LANGUAGE sql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  insert into private.idempotency_keys (user_id, operation, key, request, response)
  select p_user_id, p_operation, p_key, p_request, p_response where p_key is not null
$function$;

CREATE OR REPLACE FUNCTION private.replay(p_user_id uuid, p_operation text, p_key text, p_request jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  v_known private.idempotency_keys;
begin
  if p_key is null then
    return null;
  end if;
  select * into v_known from private.idempotency_keys k
  where k.user_id = p_user_id and k.operation = p_operation and k.key = p_key;
  if not found then
    return null;
  end if;
  if v_known.request <> p_request then
    perform private.raise_error(
      'PT409', 'idempotency_key_reused', 'This idempotency key was used before, with other arguments.', '{}',
      'Use a fresh key for a new action; the same key only repeats the same call. Nothing was changed.'
    );
  end if;
  perform set_config('reeldesk.replayed', 'true', true);
  return v_known.response;
end
$function$;

CREATE OR REPLACE FUNCTION private.request_id()
 RETURNS text
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select left(coalesce(
    nullif(current_setting('reeldesk.request_id', true), ''),
    nullif(current_setting('request.headers', true), '')::jsonb ->> 'x-request-id'
  ), 100)
$function$;

CREATE OR REPLACE FUNCTION private.staff_role()
 RETURNS text
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select s.role from public.staff_members s where s.user_id = auth.uid()
$function$;

CREATE OR REPLACE FUNCTION private.video_charge(p_video public.videos, OUT charged integer, OUT refunded integer)
 RETURNS record
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select coalesce(-sum(t.amount) filter (where t.type = 'charge'), 0)::integer,
    coalesce(sum(t.amount) filter (where t.type in ('refund', 'adjustment')), 0)::integer
  from public.credit_transactions t where t.video_id = p_video.id and t.user_id = p_video.user_id
$function$;

CREATE OR REPLACE FUNCTION private.video_not_found(p_video_id uuid)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if p_video_id is null then
    perform private.invalid_input('p_video_id', 'must not be NULL');
  end if;
  perform private.raise_error('PT404', 'video_not_found', 'There is no such video.',
    jsonb_build_object('video_id', p_video_id), 'Check the id; a purged video is gone for good.');
end
$function$;

CREATE OR REPLACE FUNCTION desk.create_api_key(p_name text, p_role text, p_expires_at timestamp with time zone, p_key_hash bytea, p_prefix text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  perform private.check_manages_keys();
  perform private.lock_admin_role('API keys are managed by an admin.');
  return private.make_api_key(auth.uid(), p_name, p_role, p_expires_at, p_key_hash, p_prefix);
end
$function$;

CREATE OR REPLACE FUNCTION desk.grant_staff_role(p_user_id uuid, p_role text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if not private.is_admin() then
    perform private.refuse('Staff are managed by an admin.');
  end if;
  if p_user_id = auth.uid() then
    perform private.raise_error('PT403', 'own_account', 'Nobody changes his own role.', '{}', 'Ask another admin to do it.');
  end if;
  if p_user_id is null then
    perform private.invalid_input('p_user_id', 'must not be NULL');
  end if;
  if p_role is null or p_role not in ('admin', 'analyst') then
    perform private.invalid_input('p_role', 'must be admin or analyst');
  end if;
  if (private.lock_account(p_user_id)).closed_at is not null then
    perform private.account_not_found(p_user_id);
  end if;
  perform private.lock_staff_pair(p_user_id);

  insert into public.staff_members as s (user_id, role) values (p_user_id, p_role)
  on conflict (user_id) do update set role = excluded.role where s.role <> excluded.role;
  return jsonb_build_object('success', true, 'user_id', p_user_id, 'role', p_role, 'message', 'Role granted successfully');
end
$function$;

CREATE OR REPLACE FUNCTION desk.list_api_keys(p_before timestamp with time zone DEFAULT NULL::timestamp with time zone, p_before_id uuid DEFAULT NULL::uuid, p_limit integer DEFAULT 50)
 RETURNS SETOF jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER ROWS 50
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if not private.is_admin() then
    perform private.refuse('API keys are managed by an admin.');
  end if;
  if p_limit is null or p_limit not between 1 and 201 then
    perform private.invalid_input('p_limit', 'must be between 1 and 201');
  end if;
  return query
    select private.api_key_as_json(k) from private.api_keys k
    where p_before is null or (k.created_at, k.id) < (p_before, p_before_id)
    order by k.created_at desc, k.id desc limit p_limit;
end
$function$;

CREATE OR REPLACE FUNCTION desk.refund_charge_as_counted(p_video_id uuid, p_refunded_before integer, p_amount integer DEFAULT NULL::integer, p_reason text DEFAULT 'Video generation failed'::text, p_idempotency_key text DEFAULT NULL::text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  v_hint constant text := 'Refunds are made by an admin or the back end; an analyst or a user asks one of them.';
  v_video public.videos;
  v_answer jsonb;
  v_refunded integer;
begin
  if not private.is_backend() and not private.is_admin() then
    perform private.refuse(v_hint);
  end if;
  perform private.check_idempotency_key(p_idempotency_key);

  v_video := private.lock_video(p_video_id);
  perform private.lock_account(v_video.user_id);
  perform private.lock_admin_role(v_hint);

  v_answer := private.replay(v_video.user_id, 'refund_video_credits', p_idempotency_key,
    jsonb_build_array(p_video_id, p_reason, p_amount));

  if p_refunded_before is null or p_refunded_before < 0 then
    perform private.invalid_input('p_refunded_before', 'must be a whole number of credits, zero or more');
  end if;
  select coalesce(sum(t.amount), 0) into v_refunded from public.credit_transactions t
  where t.video_id = p_video_id and t.user_id = v_video.user_id and t.type = 'refund';
  if v_answer is null and v_refunded <> p_refunded_before and v_video.user_id is distinct from auth.uid() then
    perform private.raise_error('PT409', 'charge_moved', 'Credits of this charge were given back since it was counted.',
      jsonb_build_object('refunded_before', p_refunded_before, 'refunded', v_refunded),
      'Nothing was refunded now. Count it anew, and see its ledger for who gave back what.');
  end if;

  return public.refund_video_credits(p_video_id, p_reason, p_amount, p_idempotency_key);
end
$function$;

CREATE OR REPLACE FUNCTION desk.revoke_api_key(p_key_id uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  perform private.check_manages_keys();
  perform private.lock_admin_role('API keys are managed by an admin.');
  return private.end_api_key(p_key_id);
end
$function$;

CREATE OR REPLACE FUNCTION desk.revoke_staff_role(p_user_id uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if not private.is_admin() then
    perform private.refuse('Staff are managed by an admin.');
  end if;
  if p_user_id = auth.uid() then
    perform private.raise_error('PT403', 'own_account', 'Nobody changes his own role.', '{}', 'Ask another admin to do it.');
  end if;
  if p_user_id is null then
    perform private.invalid_input('p_user_id', 'must not be NULL');
  end if;
  perform private.lock_staff_pair(p_user_id);

  delete from public.staff_members where user_id = p_user_id;
  if not found then
    perform private.raise_error('PT404', 'staff_member_not_found', 'This person is not a member of staff.',
      jsonb_build_object('user_id', p_user_id), 'Nothing to do; the role may have been taken away meanwhile.');
  end if;
  return jsonb_build_object('success', true, 'user_id', p_user_id, 'message', 'Role revoked successfully');
end
$function$;

CREATE OR REPLACE FUNCTION desk.set_credit_price(p_resolution text, p_quality text, p_credits_per_second integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  v_before integer;
begin
  if not private.is_admin() then
    perform private.refuse('Prices are set by an admin.');
  end if;
  select c.credits_per_second into v_before from public.credit_prices c
  where c.resolution = p_resolution and c.quality = p_quality for update;
  perform private.lock_admin_role('Prices are set by an admin.');
  if p_resolution is null or p_resolution !~ '^[1-9][0-9]{1,4}x[1-9][0-9]{1,4}$' then
    perform private.invalid_input('p_resolution', 'must be written as width x height, for instance 1920x1080');
  end if;
  if p_quality is null or p_quality !~ '^[a-z][a-z0-9_-]{0,39}$' then
    perform private.invalid_input('p_quality', 'must be a short lowercase name');
  end if;
  if p_credits_per_second is null or p_credits_per_second not between 1 and 100000 then
    perform private.invalid_input('p_credits_per_second', 'must be between 1 and 100000');
  end if;

  insert into public.credit_prices (resolution, quality, credits_per_second)
  values (p_resolution, p_quality, p_credits_per_second)
  on conflict (resolution, quality) do update
    set credits_per_second = excluded.credits_per_second, updated_at = now();
  perform private.audit('set_credit_price', 'credit_price', p_resolution || ' ' || p_quality, null,
    case when v_before is not null then jsonb_build_object('credits_per_second', v_before) end,
    jsonb_build_object('credits_per_second', p_credits_per_second));
  return jsonb_build_object('success', true, 'resolution', p_resolution, 'quality', p_quality,
    'credits_per_second', p_credits_per_second, 'message', 'Price set successfully');
end
$function$;

CREATE OR REPLACE FUNCTION reeldesk.adjust_credits(p_caller text, p_caller_id uuid, p_request_id text, p_user_id uuid, p_amount integer, p_reason_code text, p_note text, p_idempotency_key text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  v_answer jsonb;
begin
  perform reeldesk.become(p_caller, p_caller_id, p_request_id);
  select public.adjust_credits(
    p_user_id => p_user_id, p_amount => p_amount, p_reason_code => p_reason_code, p_note => p_note, p_idempotency_key => p_idempotency_key
  ) into v_answer;
  return v_answer;
end
$function$;

CREATE OR REPLACE FUNCTION reeldesk.announce_changes()
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  v_state private.announced_changes;
  v_to xid8;
  v_swept xid8;
begin
  -- Transactions before v_to are over, all of them, so none of their rows comes later.
  select usage.next_xid(pg_snapshot_xmin(pg_current_snapshot()), w.xid_offset) into v_to from usage.watermark w;
  select * into v_state from private.announced_changes;
  -- Mostly there is nothing new: then nothing is locked or written.
  if v_state.xid > v_to or (
    v_state.announced_at < clock_timestamp() - interval '200 milliseconds' and (
      exists (select from public.credit_transactions t where t.xid >= v_state.xid and t.xid < v_to)
      or exists (select from live.video_changes c where c.xid >= v_state.xid and c.xid < v_to)
      or exists (select from public.audit_log a where a.xid >= v_state.xid and a.xid < v_to)
    )
  ) then
    -- Of several servers at once one does it.
    perform from private.announced_changes for update skip locked;
    if found then
      if v_state.swept_at < clock_timestamp() - interval '1 minute' then
        with swept as (
          delete from live.video_changes c where c.at < clock_timestamp() - interval '1 hour' returning c.xid
        )
        select max(s.xid) into v_swept from swept s;
      end if;
      update private.announced_changes a
      set xid = v_to, announced_at = clock_timestamp(),
        kept_from = case when a.xid > v_to then v_to else greatest(a.kept_from, usage.next_xid(coalesce(v_swept, '0'))) end,
        swept_at = case when v_state.swept_at < clock_timestamp() - interval '1 minute' then clock_timestamp() else a.swept_at end
      returning * into v_state;
      perform pg_notify('reeldesk_changes', v_state.xid::text);
    end if;
  end if;
  return jsonb_build_object('announced', v_state.xid::text, 'kept_from', v_state.kept_from::text);
end
$function$;

CREATE OR REPLACE FUNCTION reeldesk.balance_at(p_caller text, p_caller_id uuid, p_request_id text, p_user_id uuid, p_at timestamp with time zone)
 RETURNS integer
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  v_answer integer;
begin
  perform reeldesk.become(p_caller, p_caller_id, p_request_id);
  select public.balance_at(p_user_id => p_user_id, p_at => p_at) into v_answer;
  return v_answer;
end
$function$;

CREATE OR REPLACE FUNCTION reeldesk.become(p_kind text, p_user_id uuid DEFAULT NULL::uuid, p_request_id text DEFAULT NULL::text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  v_kind text := p_kind;
  v_user_id uuid := p_user_id;
  v_key_id uuid;
  v_role text;
  v_set text;
begin
  if p_kind ~ '^key:[0-9a-f]{64}$' and p_user_id is null then
    select k.kind, k.user_id, k.key_id into v_kind, v_user_id, v_key_id
    from reeldesk.use_api_key(decode(substr(p_kind, 5), 'hex')) k;
  elsif (p_kind = 'user') <> (p_user_id is not null) then
    v_kind := null;
  end if;
  v_role := case v_kind when 'user' then 'authenticated' when 'backend' then 'service_role' when 'anon' then 'anon' end;
  if v_role is null then
    raise exception 'become: kind % does not go with user %', left(p_kind, 10), p_user_id;
  end if;
  v_set := set_config('request.jwt.claims', jsonb_strip_nulls(jsonb_build_object('sub', v_user_id, 'role', v_role))::text, true);
  v_set := set_config('request.jwt.claim.sub', coalesce(v_user_id::text, ''), true);
  v_set := set_config('request.jwt.claim.role', v_role, true);
  v_set := set_config('reeldesk.request_id', coalesce(p_request_id, ''), true);
  v_set := set_config('reeldesk.api_key_id', coalesce(v_key_id::text, ''), true);
  v_set := set_config('role', v_role, true);
end
$function$;

CREATE OR REPLACE FUNCTION reeldesk.become_reader(p_kind text, p_user_id uuid DEFAULT NULL::uuid, p_request_id text DEFAULT NULL::text)
 RETURNS text
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  v_staff_role text;
begin
  perform reeldesk.become(p_kind, p_user_id, p_request_id);
  if current_setting('role') = 'service_role' then
    return 'backend';
  end if;
  if current_setting('role') = 'anon' then
    return 'anon';
  end if;
  -- Everybody may read his own row.
  select s.role into v_staff_role from public.staff_members s where s.user_id = auth.uid();
  if v_staff_role is null then
    return 'user';
  end if;
  perform set_config('role', case v_staff_role when 'admin' then 'reeldesk_admin' else 'reeldesk_analyst' end, true);
  return v_staff_role;
end
$function$;

CREATE OR REPLACE FUNCTION reeldesk.call_together(p_calls jsonb, p_lock_timeout_ms integer)
 RETURNS SETOF text
 LANGUAGE plpgsql
 ROWS 16
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  v_call jsonb;
  v_args jsonb;
  v_busy jsonb;
  v_answer text;
  v_state text;
  v_message text;
  v_detail text;
  v_hint text;
  v_set text;
begin
  v_set := set_config('lock_timeout', p_lock_timeout_ms::text, true);
  for v_call in select c.value from jsonb_array_elements(p_calls) c loop
    if v_call -> 'account' = v_busy then
      return next format('{"index":%s,"busy":"55P03"}', v_call -> 'index');
      continue;
    end if;
    v_args := v_call -> 'args';
    begin
      case v_call ->> 'name'
        when 'create_video_generation' then
          v_answer := reeldesk.create_video_generation(
            v_call ->> 'caller', (v_call ->> 'callerId')::uuid, v_call ->> 'requestId',
            (v_args ->> 0)::uuid, v_args ->> 1, v_args ->> 2, v_args ->> 3, (v_args ->> 4)::integer,
            v_args ->> 5, v_args ->> 6, v_args ->> 7);
        when 'get_credit_info' then
          v_answer := reeldesk.get_credit_info(
            v_call ->> 'caller', (v_call ->> 'callerId')::uuid, v_call ->> 'requestId', (v_args ->> 0)::uuid);
        when 'list_own_videos' then
          v_answer := reeldesk.list_own_videos(
            v_call ->> 'caller', (v_call ->> 'callerId')::uuid, v_call ->> 'requestId',
            (v_args ->> 0)::timestamptz, (v_args ->> 1)::uuid, (v_args ->> 2)::integer);
      end case;
      return next concat('{"index":', v_call -> 'index', ',"answer":', coalesce(v_answer, 'null'),
        case when current_setting('reeldesk.replayed', true) = 'true' then ',"replayed":true' end, '}');
    exception
      when lock_not_available or deadlock_detected or serialization_failure then
        v_busy := v_call -> 'account';
        return next format('{"index":%s,"busy":"%s"}', v_call -> 'index', sqlstate);
      when others then
        get stacked diagnostics v_state = returned_sqlstate, v_message = message_text,
          v_detail = pg_exception_detail, v_hint = pg_exception_hint;
        return next json_build_object('index', v_call -> 'index', 'error', json_build_object(
          'originalCode', v_state, 'originalMessage', v_message, 'detail', v_detail, 'hint', v_hint))::text;
    end;
    -- Nothing of this caller is left for the next one.
    v_set := set_config('role', 'none', true);
    v_set := set_config('reeldesk.replayed', '', true);
  end loop;
end
$function$;

CREATE OR REPLACE FUNCTION reeldesk.complete_video_generation(p_caller text, p_caller_id uuid, p_request_id text, p_video_id uuid, p_video_url text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  v_answer jsonb;
begin
  perform reeldesk.become(p_caller, p_caller_id, p_request_id);
  select public.complete_video_generation(p_video_id => p_video_id, p_video_url => p_video_url) into v_answer;
  return v_answer;
end
$function$;

CREATE OR REPLACE FUNCTION reeldesk.count_ledger_problems()
 RETURNS integer
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$ select count(*)::integer from private.ledger_problems() $function$;

CREATE OR REPLACE FUNCTION reeldesk.create_api_key(p_caller text, p_caller_id uuid, p_request_id text, p_name text, p_role text, p_expires_at timestamp with time zone, p_key_hash text, p_prefix text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  perform reeldesk.become(p_caller, p_caller_id, p_request_id);
  return desk.create_api_key(p_name => p_name, p_role => p_role, p_expires_at => p_expires_at,
    p_key_hash => decode(p_key_hash, 'hex'), p_prefix => p_prefix);
end
$function$;

CREATE OR REPLACE FUNCTION reeldesk.create_video_generation(p_caller text, p_caller_id uuid, p_request_id text, p_user_id uuid, p_prompt text, p_video_type text, p_image_url text, p_duration_seconds integer, p_resolution text, p_quality text, p_idempotency_key text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  v_answer jsonb;
begin
  perform reeldesk.become(p_caller, p_caller_id, p_request_id);
  select public.create_video_generation(
    p_user_id => p_user_id, p_prompt => p_prompt, p_video_type => p_video_type, p_image_url => p_image_url, p_duration_seconds => p_duration_seconds, p_resolution => p_resolution, p_quality => p_quality, p_idempotency_key => p_idempotency_key
  ) into v_answer;
  return v_answer;
end
$function$;

CREATE OR REPLACE FUNCTION reeldesk.credit_statement(p_caller text, p_caller_id uuid, p_request_id text, p_user_id uuid, p_before_entry integer, p_limit integer)
 RETURNS text
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  v_rows text;
begin
  perform reeldesk.become(p_caller, p_caller_id, p_request_id);
  select coalesce(json_agg(r)::text, '[]'
  ) into v_rows from public.credit_statement(
    p_user_id => p_user_id, p_before_entry => p_before_entry, p_limit => p_limit
  ) r;
  return v_rows;
end
$function$;

CREATE OR REPLACE FUNCTION reeldesk.fail_video_generation(p_caller text, p_caller_id uuid, p_request_id text, p_video_id uuid, p_error text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  v_answer jsonb;
begin
  perform reeldesk.become(p_caller, p_caller_id, p_request_id);
  select public.fail_video_generation(p_video_id => p_video_id, p_error => p_error) into v_answer;
  return v_answer;
end
$function$;

CREATE OR REPLACE FUNCTION reeldesk.get_credit_info(p_caller text, p_caller_id uuid, p_request_id text, p_user_id uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  v_answer jsonb;
begin
  perform reeldesk.become(p_caller, p_caller_id, p_request_id);
  select public.get_credit_info(p_user_id => p_user_id) into v_answer;
  return v_answer;
end
$function$;

CREATE OR REPLACE FUNCTION reeldesk.grant_staff_role(p_caller text, p_caller_id uuid, p_request_id text, p_user_id uuid, p_role text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  v_answer jsonb;
begin
  perform reeldesk.become(p_caller, p_caller_id, p_request_id);
  select desk.grant_staff_role(p_user_id => p_user_id, p_role => p_role) into v_answer;
  return v_answer;
end
$function$;

CREATE OR REPLACE FUNCTION reeldesk.list_api_keys(p_caller text, p_caller_id uuid, p_request_id text, p_before timestamp with time zone, p_before_id uuid, p_limit integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  perform reeldesk.become(p_caller, p_caller_id, p_request_id);
  return coalesce((
    select jsonb_agg(k) from desk.list_api_keys(p_before => p_before, p_before_id => p_before_id, p_limit => p_limit) k
  ), '[]');
end
$function$;

CREATE OR REPLACE FUNCTION reeldesk.list_deleted_videos(p_caller text, p_caller_id uuid, p_request_id text, p_before timestamp with time zone, p_before_id uuid, p_limit integer, p_user_id uuid)
 RETURNS text
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  v_rows text;
begin
  perform reeldesk.become(p_caller, p_caller_id, p_request_id);
  select coalesce(json_agg(r)::text, '[]'
  ) into v_rows from public.list_deleted_videos(
    p_before => p_before, p_before_id => p_before_id, p_limit => p_limit, p_user_id => p_user_id
  ) r;
  return v_rows;
end
$function$;

CREATE OR REPLACE FUNCTION reeldesk.list_own_videos(p_caller text, p_caller_id uuid, p_request_id text, p_before timestamp with time zone, p_before_id uuid, p_limit integer)
 RETURNS json
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
declare
  -- One comparison that an index can start from, also for the first page. Inside of the statement,
  -- row security would let a coalesce() see rows only after it.
  v_before timestamptz := coalesce(p_before, 'infinity');
  v_before_id uuid := coalesce(p_before_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  v_page json;
begin
  if reeldesk.become_reader(p_caller, p_caller_id, p_request_id) <> 'user' then
    return null;
  end if;
  select json_build_object(
    'user_id', p_caller_id, 'owner_email', (select p.email from public.profiles p where p.id = p_caller_id),
    'id', array_agg(r.id), 'prompt', array_agg(r.prompt), 'video_type', array_agg(r.video_type),
    'image_url', array_agg(r.image_url), 'duration_seconds', array_agg(r.duration_seconds),
    'resolution', array_agg(r.resolution), 'quality', array_agg(r.quality), 'status', array_agg(r.status),
    'video_url', array_agg(r.video_url), 'error_message', array_agg(r.error_message),
    'credits_used', array_agg(r.credits_used), 'created_at', array_agg(r.created_at),
    'updated_at', array_agg(r.updated_at)
  ) into v_page from (
    select v.id, v.prompt, v.video_type, v.image_url, v.duration_seconds, v.resolution, v.quality, v.status,
      v.video_url, v.error_message, v.credits_used, v.created_at, v.updated_at
    from public.videos v
    where v.user_id = p_caller_id and v.deleted_at is null and (v.created_at, v.id) < (v_before, v_before_id)
    order by v.created_at desc, v.id desc
    limit p_limit
  ) r;
  return v_page;
end
$function$;

CREATE OR REPLACE FUNCTION reeldesk.ready()
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$ select count(*) >= 0 from public.credit_prices $function$;

CREATE OR REPLACE FUNCTION reeldesk.rebuild_usage(p_caller text, p_caller_id uuid, p_request_id text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  perform reeldesk.become(p_caller, p_caller_id, p_request_id);
  return usage.rebuild();
end
$function$;

CREATE OR REPLACE FUNCTION reeldesk.refund_charge_as_counted(p_caller text, p_caller_id uuid, p_request_id text, p_video_id uuid, p_refunded_before integer, p_amount integer, p_reason text, p_idempotency_key text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  v_answer jsonb;
begin
  perform reeldesk.become(p_caller, p_caller_id, p_request_id);
  select desk.refund_charge_as_counted(
    p_video_id => p_video_id, p_refunded_before => p_refunded_before, p_amount => p_amount, p_reason => p_reason, p_idempotency_key => p_idempotency_key
  ) into v_answer;
  return v_answer;
end
$function$;

CREATE OR REPLACE FUNCTION reeldesk.refund_video_credits(p_caller text, p_caller_id uuid, p_request_id text, p_video_id uuid, p_reason text, p_amount integer, p_idempotency_key text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  v_answer jsonb;
begin
  perform reeldesk.become(p_caller, p_caller_id, p_request_id);
  select public.refund_video_credits(
    p_video_id => p_video_id, p_reason => p_reason, p_amount => p_amount, p_idempotency_key => p_idempotency_key
  ) into v_answer;
  return v_answer;
end
$function$;

CREATE OR REPLACE FUNCTION reeldesk.restore_video(p_caller text, p_caller_id uuid, p_request_id text, p_video_id uuid)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  v_answer boolean;
begin
  perform reeldesk.become(p_caller, p_caller_id, p_request_id);
  select public.restore_video(p_video_id => p_video_id) into v_answer;
  return v_answer;
end
$function$;

CREATE OR REPLACE FUNCTION reeldesk.revoke_api_key(p_caller text, p_caller_id uuid, p_request_id text, p_key_id uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  perform reeldesk.become(p_caller, p_caller_id, p_request_id);
  return desk.revoke_api_key(p_key_id => p_key_id);
end
$function$;

CREATE OR REPLACE FUNCTION reeldesk.revoke_staff_role(p_caller text, p_caller_id uuid, p_request_id text, p_user_id uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  v_answer jsonb;
begin
  perform reeldesk.become(p_caller, p_caller_id, p_request_id);
  select desk.revoke_staff_role(p_user_id => p_user_id) into v_answer;
  return v_answer;
end
$function$;

CREATE OR REPLACE FUNCTION reeldesk.roll_up_usage(p_caller text, p_caller_id uuid, p_request_id text, p_limit integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  perform reeldesk.become(p_caller, p_caller_id, p_request_id);
  return usage.roll_up(p_limit => p_limit);
end
$function$;

CREATE OR REPLACE FUNCTION reeldesk.schema_version()
 RETURNS text
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  return (select max(version) from supabase_migrations.schema_migrations);
exception when undefined_table or invalid_schema_name or insufficient_privilege then
  return null; -- Brought here by hand, without the record.
end
$function$;

CREATE OR REPLACE FUNCTION reeldesk.set_credit_price(p_caller text, p_caller_id uuid, p_request_id text, p_resolution text, p_quality text, p_credits_per_second integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  v_answer jsonb;
begin
  perform reeldesk.become(p_caller, p_caller_id, p_request_id);
  select desk.set_credit_price(
    p_resolution => p_resolution, p_quality => p_quality, p_credits_per_second => p_credits_per_second
  ) into v_answer;
  return v_answer;
end
$function$;

CREATE OR REPLACE FUNCTION reeldesk.soft_delete_video(p_caller text, p_caller_id uuid, p_request_id text, p_video_id uuid)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  v_answer boolean;
begin
  perform reeldesk.become(p_caller, p_caller_id, p_request_id);
  select public.soft_delete_video(p_video_id => p_video_id) into v_answer;
  return v_answer;
end
$function$;

CREATE OR REPLACE FUNCTION reeldesk.start_video_generation(p_caller text, p_caller_id uuid, p_request_id text, p_video_id uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  v_answer jsonb;
begin
  perform reeldesk.become(p_caller, p_caller_id, p_request_id);
  select public.start_video_generation(p_video_id => p_video_id) into v_answer;
  return v_answer;
end
$function$;

CREATE OR REPLACE FUNCTION reeldesk.usage_lag(p_caller text, p_caller_id uuid, p_request_id text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  perform reeldesk.become(p_caller, p_caller_id, p_request_id);
  return usage.lag();
end
$function$;

CREATE OR REPLACE FUNCTION reeldesk.use_api_key(p_key_hash bytea, OUT kind text, OUT user_id uuid, OUT key_id uuid)
 RETURNS record
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  v_key private.api_keys;
  v_staff_role text;
begin
  select * into v_key from private.api_keys k where k.key_hash = p_key_hash;
  if not found then
    perform private.raise_error('PT401', 'invalid_api_key', 'This API key is not known here.',
      jsonb_build_object('problem', 'unknown'), 'Check that the whole key is sent, or have an admin make a new one.');
  end if;
  if v_key.revoked_at is not null then
    perform private.raise_error('PT401', 'invalid_api_key', 'This API key was revoked.',
      jsonb_build_object('problem', 'revoked', 'revoked_at', v_key.revoked_at), 'Have an admin make a new one.');
  end if;
  if v_key.expires_at <= clock_timestamp() then
    perform private.raise_error('PT401', 'invalid_api_key', 'This API key is over.',
      jsonb_build_object('problem', 'expired', 'expires_at', v_key.expires_at), 'Have an admin make a new one.');
  end if;
  select s.role into v_staff_role from public.staff_members s where s.user_id = v_key.made_by;
  if v_staff_role is null or (v_key.role = 'backend' and v_staff_role <> 'admin') then
    perform private.raise_error('PT401', 'invalid_api_key', 'The maker of this API key has no longer the role for it.',
      jsonb_build_object('problem', 'role_gone'), 'Have an admin make a new one.');
  end if;

  -- At most once a minute, and never waiting for another call that is just doing it. A replica only reads.
  if (v_key.last_used_at is null or v_key.last_used_at < clock_timestamp() - interval '1 minute')
    and current_setting('transaction_read_only') = 'off' then
    update private.api_keys k set last_used_at = clock_timestamp()
    where k.id in (select l.id from private.api_keys l where l.id = v_key.id for no key update skip locked);
  end if;
  kind := case v_key.role when 'staff' then 'user' else 'backend' end;
  user_id := v_key.made_by;
  key_id := v_key.id;
end
$function$;



-- Defaults that call functions

alter table public.audit_log alter column xid set default private.change_xid();


-- Constraints

alter table public.audit_log add constraint audit_log_pkey PRIMARY KEY (id);
alter table public.credit_prices add constraint credit_prices_pkey PRIMARY KEY (resolution, quality);
alter table public.credit_prices add constraint credit_prices_sane CHECK (((credits_per_second >= 1) AND (credits_per_second <= 100000)));
alter table public.credit_transactions add constraint credit_transactions_pkey PRIMARY KEY (id);
alter table public.credit_transactions add constraint credit_transactions_entry_no_key UNIQUE (user_id, entry_no);
alter table public.credit_transactions add constraint credit_transactions_amount_moves CHECK (((amount <> 0) OR (type = 'opening'::text)));
alter table public.credit_transactions add constraint credit_transactions_amount_sign CHECK (
CASE type
    WHEN 'charge'::text THEN (amount < 0)
    WHEN 'refund'::text THEN (amount > 0)
    ELSE true
END);
alter table public.credit_transactions add constraint credit_transactions_type_known CHECK ((type = ANY (ARRAY['opening'::text, 'charge'::text, 'refund'::text, 'adjustment'::text])));
alter table public.credit_transactions add constraint credit_transactions_video_named CHECK (((type <> ALL (ARRAY['charge'::text, 'refund'::text])) OR (video_id IS NOT NULL)));
alter table public.profiles add constraint profiles_pkey PRIMARY KEY (id);
alter table public.profiles add constraint profiles_user_id_key UNIQUE (user_id);
alter table public.profiles add constraint profiles_credits_not_negative CHECK ((credits >= 0));
alter table public.profiles add constraint profiles_id_is_user_id CHECK ((id = user_id));
alter table public.staff_members add constraint staff_members_pkey PRIMARY KEY (user_id);
alter table public.staff_members add constraint staff_members_role_known CHECK ((role = ANY (ARRAY['admin'::text, 'analyst'::text])));
alter table public.videos add constraint videos_pkey PRIMARY KEY (id);
alter table public.videos add constraint videos_credits_used_not_negative CHECK ((credits_used >= 0));
alter table public.videos add constraint videos_status_known CHECK ((status = ANY (ARRAY['pending'::text, 'processing'::text, 'completed'::text, 'failed'::text])));
alter table public.videos add constraint videos_type_known CHECK ((video_type = ANY (ARRAY['text_to_video'::text, 'image_to_video'::text])));
alter table private.announced_changes add constraint announced_changes_pkey PRIMARY KEY (is_only);
alter table private.announced_changes add constraint announced_changes_is_one_row CHECK (is_only);
alter table private.api_keys add constraint api_keys_pkey PRIMARY KEY (id);
alter table private.api_keys add constraint api_keys_key_hash_key UNIQUE (key_hash);
alter table private.api_keys add constraint api_keys_expire_after_creation CHECK (((expires_at IS NULL) OR (expires_at > created_at)));
alter table private.api_keys add constraint api_keys_key_hash_is_sha256 CHECK ((octet_length(key_hash) = 32));
alter table private.api_keys add constraint api_keys_role_known CHECK ((role = ANY (ARRAY['backend'::text, 'staff'::text])));
alter table private.idempotency_keys add constraint idempotency_keys_pkey PRIMARY KEY (user_id, operation, key);
alter table private.migration_repairs add constraint migration_repairs_pkey PRIMARY KEY (id);
alter table reeldesk.sessions add constraint sessions_pkey PRIMARY KEY (id);
alter table reeldesk.sessions add constraint sessions_expire_after_creation CHECK ((expires_at > created_at));
alter table reeldesk.sessions add constraint sessions_id_is_sha256 CHECK ((octet_length(id) = 32));
alter table public.audit_log add constraint audit_log_transaction_id_fkey FOREIGN KEY (transaction_id) REFERENCES public.credit_transactions(id);
alter table public.credit_transactions add constraint credit_transactions_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.profiles(id);
alter table public.videos add constraint videos_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.profiles(id);
alter table private.idempotency_keys add constraint idempotency_keys_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.profiles(id);


-- Indexes

CREATE INDEX audit_log_by_account ON public.audit_log USING btree (user_id, created_at DESC, id DESC);
CREATE INDEX audit_log_by_action ON public.audit_log USING btree (action, created_at DESC, id DESC);
CREATE INDEX audit_log_by_actor ON public.audit_log USING btree (actor_id, created_at DESC, id DESC);
CREATE INDEX audit_log_by_target ON public.audit_log USING btree (target_id, created_at DESC, id DESC);
CREATE INDEX audit_log_by_time ON public.audit_log USING btree (created_at DESC, id DESC);
CREATE INDEX audit_log_by_transaction ON public.audit_log USING btree (transaction_id) WHERE (transaction_id IS NOT NULL);
CREATE INDEX audit_log_by_xid ON public.audit_log USING btree (xid);
CREATE INDEX credit_transactions_by_time ON public.credit_transactions USING btree (created_at);
CREATE INDEX credit_transactions_by_video ON public.credit_transactions USING btree (video_id) WHERE (video_id IS NOT NULL);
CREATE INDEX credit_transactions_by_xid ON public.credit_transactions USING btree (xid);
CREATE INDEX profiles_by_email ON public.profiles USING btree (lower(email) text_pattern_ops) WHERE (email IS NOT NULL);
CREATE INDEX profiles_by_time ON public.profiles USING btree (created_at DESC, id DESC);
CREATE INDEX videos_active_by_account ON public.videos USING btree (user_id, created_at DESC, id DESC) WHERE (deleted_at IS NULL);
CREATE INDEX videos_by_time ON public.videos USING btree (created_at DESC, id DESC);
CREATE INDEX videos_deleted_by_account ON public.videos USING btree (user_id, deleted_at DESC, id DESC) WHERE (deleted_at IS NOT NULL);
CREATE INDEX videos_deleted_by_time ON public.videos USING btree (deleted_at DESC, id DESC) WHERE (deleted_at IS NOT NULL);
CREATE INDEX videos_in_progress_by_account ON public.videos USING btree (user_id, status) WHERE ((deleted_at IS NULL) AND (status = ANY (ARRAY['pending'::text, 'processing'::text])));
CREATE INDEX videos_in_progress_by_time ON public.videos USING btree (created_at, id) WHERE ((deleted_at IS NULL) AND (status = ANY (ARRAY['pending'::text, 'processing'::text])));
CREATE INDEX videos_user_id_idx ON public.videos USING btree (user_id);
CREATE INDEX api_keys_by_time ON private.api_keys USING btree (created_at DESC, id DESC);
CREATE INDEX sessions_by_expiry ON reeldesk.sessions USING btree (expires_at);
CREATE INDEX sessions_by_user ON reeldesk.sessions USING btree (user_id);


-- Triggers

CREATE TRIGGER on_auth_user_created AFTER INSERT ON auth.users FOR EACH ROW EXECUTE FUNCTION private.follow_login();
CREATE TRIGGER reeldesk_login_deleted AFTER DELETE ON auth.users FOR EACH ROW EXECUTE FUNCTION private.follow_login();
CREATE TRIGGER reeldesk_login_email_changed AFTER UPDATE OF email ON auth.users FOR EACH ROW WHEN (((old.email)::text IS DISTINCT FROM (new.email)::text)) EXECUTE FUNCTION private.follow_login();
CREATE TRIGGER audit_log_append_only BEFORE DELETE OR UPDATE ON public.audit_log FOR EACH ROW EXECUTE FUNCTION private.refuse_change();
alter table public.audit_log enable always trigger audit_log_append_only;
CREATE TRIGGER audit_log_no_truncate BEFORE TRUNCATE ON public.audit_log FOR EACH STATEMENT EXECUTE FUNCTION private.refuse_change();
alter table public.audit_log enable always trigger audit_log_no_truncate;
CREATE TRIGGER credit_transactions_append_only BEFORE DELETE OR UPDATE ON public.credit_transactions FOR EACH ROW EXECUTE FUNCTION private.refuse_change();
alter table public.credit_transactions enable always trigger credit_transactions_append_only;
CREATE TRIGGER credit_transactions_move_balance AFTER INSERT ON public.credit_transactions FOR EACH ROW EXECUTE FUNCTION private.check_entry_has_balance();
alter table public.credit_transactions enable always trigger credit_transactions_move_balance;
CREATE TRIGGER credit_transactions_no_truncate BEFORE TRUNCATE ON public.credit_transactions FOR EACH STATEMENT EXECUTE FUNCTION private.refuse_change();
alter table public.credit_transactions enable always trigger credit_transactions_no_truncate;
CREATE TRIGGER profiles_born_empty AFTER INSERT ON public.profiles FOR EACH ROW EXECUTE FUNCTION private.check_balance_has_entry();
alter table public.profiles enable always trigger profiles_born_empty;
CREATE TRIGGER profiles_keep_ledger BEFORE DELETE ON public.profiles FOR EACH ROW WHEN ((old.ledger_entries > 0)) EXECUTE FUNCTION private.refuse_account_removal();
alter table public.profiles enable always trigger profiles_keep_ledger;
CREATE TRIGGER profiles_move_by_ledger AFTER UPDATE ON public.profiles FOR EACH ROW WHEN (((old.id IS DISTINCT FROM new.id) OR (old.credits IS DISTINCT FROM new.credits) OR (old.ledger_entries IS DISTINCT FROM new.ledger_entries) OR (old.last_entry_at IS DISTINCT FROM new.last_entry_at))) EXECUTE FUNCTION private.check_balance_has_entry();
alter table public.profiles enable always trigger profiles_move_by_ledger;
CREATE TRIGGER staff_members_audited AFTER INSERT OR DELETE OR UPDATE ON public.staff_members FOR EACH ROW EXECUTE FUNCTION private.audit_staff_change();
alter table public.staff_members enable always trigger staff_members_audited;


-- Row level security

alter table public.audit_log enable row level security;
create policy audit_log_admins_read on public.audit_log for select to authenticated using ((EXISTS ( SELECT
   FROM public.staff_members s
  WHERE ((s.user_id = ( SELECT auth.uid() AS uid)) AND (s.role = 'admin'::text)))));
create policy audit_log_desk_reads on public.audit_log for select to reeldesk_admin using (true);
alter table public.credit_prices enable row level security;
create policy credit_prices_admin_reads on public.credit_prices for select to reeldesk_admin using (true);
create policy credit_prices_analyst_reads on public.credit_prices for select to reeldesk_analyst using (true);
create policy credit_prices_signed_in_read on public.credit_prices for select to authenticated using (true);
alter table public.credit_transactions enable row level security;
create policy credit_transactions_admin_reads on public.credit_transactions for select to reeldesk_admin using (true);
create policy credit_transactions_analyst_reads on public.credit_transactions for select to reeldesk_analyst using (true);
create policy credit_transactions_owner_reads on public.credit_transactions for select to authenticated using ((user_id = ( SELECT auth.uid() AS uid)));
alter table public.profiles enable row level security;
create policy profiles_admin_reads on public.profiles for select to reeldesk_admin using (true);
create policy profiles_analyst_reads on public.profiles for select to reeldesk_analyst using (true);
create policy profiles_owner_reads on public.profiles for select to authenticated using ((id = ( SELECT auth.uid() AS uid)));
alter table public.staff_members enable row level security;
create policy staff_members_admin_reads on public.staff_members for select to reeldesk_admin using (true);
create policy staff_members_own_row on public.staff_members for select to authenticated using ((user_id = ( SELECT auth.uid() AS uid)));
alter table public.videos enable row level security;
create policy videos_admin_reads on public.videos for select to reeldesk_admin using (true);
create policy videos_analyst_reads on public.videos for select to reeldesk_analyst using (true);
create policy videos_owner_reads_active on public.videos for select to authenticated using (((user_id = ( SELECT auth.uid() AS uid)) AND (deleted_at IS NULL)));
alter table reeldesk.sessions enable row level security;
create policy "The server keeps all sessions" on reeldesk.sessions for all to reeldesk_api using (true) with check (true);


-- Grants

grant usage on schema public to anon;
grant usage on schema public to authenticated;
grant usage on schema public to public;
grant usage on schema public to reeldesk_admin;
grant usage on schema public to reeldesk_analyst;
grant usage on schema public to service_role;
grant usage on schema desk to authenticated;
grant usage on schema desk to service_role;
grant usage on schema reeldesk to reeldesk_api;
revoke all on table public.audit_log from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant select on table public.audit_log to authenticated;
grant select on table public.audit_log to reeldesk_admin;
grant select on table public.audit_log to service_role;
revoke all on table public.credit_prices from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant select on table public.credit_prices to authenticated;
grant select on table public.credit_prices to reeldesk_admin;
grant select on table public.credit_prices to reeldesk_analyst;
grant select on table public.credit_prices to service_role;
revoke all on table public.credit_transactions from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant select on table public.credit_transactions to authenticated;
grant select on table public.credit_transactions to reeldesk_admin;
grant select on table public.credit_transactions to reeldesk_analyst;
grant select on table public.credit_transactions to service_role;
revoke all on table public.profiles from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant select on table public.profiles to authenticated;
grant select on table public.profiles to reeldesk_admin;
grant select on table public.profiles to service_role;
grant select (id, user_id, credits, created_at, updated_at, ledger_entries, last_entry_at, closed_at) on table public.profiles to reeldesk_analyst;
revoke all on table public.staff_members from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant select on table public.staff_members to authenticated;
grant select on table public.staff_members to reeldesk_admin;
grant select on table public.staff_members to service_role;
revoke all on table public.videos from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant select on table public.videos to authenticated;
grant select on table public.videos to reeldesk_admin;
grant select on table public.videos to service_role;
grant select (id, user_id, video_type, duration_seconds, resolution, quality, status, credits_used, deleted_at, created_at, updated_at, started_at, finished_at, deleted_by) on table public.videos to reeldesk_analyst;
revoke all on table private.announced_changes from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on table private.api_keys from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on table private.idempotency_keys from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on table private.migration_repairs from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on table reeldesk.sessions from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant delete, insert, select, update on table reeldesk.sessions to reeldesk_api;
revoke all on function public.adjust_credits(uuid,integer,text,text,text) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function public.adjust_credits(uuid,integer,text,text,text) to authenticated;
grant execute on function public.adjust_credits(uuid,integer,text,text,text) to service_role;
revoke all on function public.balance_at(uuid,timestamp with time zone) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function public.balance_at(uuid,timestamp with time zone) to authenticated;
grant execute on function public.balance_at(uuid,timestamp with time zone) to service_role;
revoke all on function public.complete_video_generation(uuid,text) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function public.complete_video_generation(uuid,text) to service_role;
revoke all on function public.create_video_generation(uuid,text,text,text,integer,text,text,text) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function public.create_video_generation(uuid,text,text,text,integer,text,text,text) to authenticated;
grant execute on function public.create_video_generation(uuid,text,text,text,integer,text,text,text) to service_role;
revoke all on function public.create_video_request(uuid,text,text,text,integer,text,text) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function public.create_video_request(uuid,text,text,text,integer,text,text) to authenticated;
grant execute on function public.create_video_request(uuid,text,text,text,integer,text,text) to service_role;
revoke all on function public.credit_statement(uuid,integer,integer) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function public.credit_statement(uuid,integer,integer) to authenticated;
grant execute on function public.credit_statement(uuid,integer,integer) to service_role;
revoke all on function public.fail_video_generation(uuid,text) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function public.fail_video_generation(uuid,text) to service_role;
revoke all on function public.get_credit_info(uuid) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function public.get_credit_info(uuid) to authenticated;
grant execute on function public.get_credit_info(uuid) to service_role;
revoke all on function public.list_deleted_videos(timestamp with time zone,uuid,integer,uuid) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function public.list_deleted_videos(timestamp with time zone,uuid,integer,uuid) to authenticated;
grant execute on function public.list_deleted_videos(timestamp with time zone,uuid,integer,uuid) to service_role;
revoke all on function public.purge_deleted_videos(interval) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function public.purge_deleted_videos(interval) to service_role;
revoke all on function public.refund_video_credits(uuid,text,integer,text) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function public.refund_video_credits(uuid,text,integer,text) to authenticated;
grant execute on function public.refund_video_credits(uuid,text,integer,text) to service_role;
revoke all on function public.restore_video(uuid) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function public.restore_video(uuid) to authenticated;
grant execute on function public.restore_video(uuid) to service_role;
revoke all on function public.soft_delete_video(uuid) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function public.soft_delete_video(uuid) to authenticated;
grant execute on function public.soft_delete_video(uuid) to service_role;
revoke all on function public.start_video_generation(uuid) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function public.start_video_generation(uuid) to service_role;
revoke all on function private.account_not_found(uuid) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function private.actor_role() from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function private.api_key_as_json(private.api_keys) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function private.audit(text,text,text,uuid,jsonb,jsonb,text,integer,uuid,text) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function private.audit_staff_change() from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function private.change_xid() from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function private.check_balance_has_entry() from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function private.check_entry_has_balance() from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function private.check_idempotency_key(text) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function private.check_is_backend() from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function private.check_manages_keys() from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function private.check_may_read_account(uuid) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function private.check_signed_in_by_person() from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function private.check_status_change(public.videos,text,text[]) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function private.check_video_request(text,text,text,integer) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function private.end_api_key(uuid) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function private.follow_login() from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function private.invalid_input(text,text,text) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function private.is_admin() from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function private.is_backend() from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function private.is_blank(text) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function private.is_web_address(text) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function private.ledger_problems() from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function private.lock_account(uuid) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function private.lock_admin_role(text) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function private.lock_staff_pair(uuid) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function private.lock_video(uuid) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function private.lock_video_of_caller(uuid) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function private.make_api_key(uuid,text,text,timestamp with time zone,bytea,text) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function private.max_duration_seconds() from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function private.max_prompt_length() from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function private.post_refund(public.videos,integer,text,text) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function private.post_to_ledger(uuid,integer,text,text,public.videos,text,timestamp with time zone) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function private.price_of(text,text) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function private.raise_error(text,text,text,jsonb,text) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function private.refuse(text) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function private.refuse_account_removal() from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function private.refuse_change() from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function private.remember(uuid,text,text,jsonb,jsonb) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function private.replay(uuid,text,text,jsonb) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function private.request_id() from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function private.staff_role() from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function private.video_charge(public.videos) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function private.video_not_found(uuid) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
revoke all on function desk.create_api_key(text,text,timestamp with time zone,bytea,text) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function desk.create_api_key(text,text,timestamp with time zone,bytea,text) to authenticated;
revoke all on function desk.grant_staff_role(uuid,text) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function desk.grant_staff_role(uuid,text) to authenticated;
revoke all on function desk.list_api_keys(timestamp with time zone,uuid,integer) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function desk.list_api_keys(timestamp with time zone,uuid,integer) to authenticated;
revoke all on function desk.refund_charge_as_counted(uuid,integer,integer,text,text) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function desk.refund_charge_as_counted(uuid,integer,integer,text,text) to authenticated;
grant execute on function desk.refund_charge_as_counted(uuid,integer,integer,text,text) to service_role;
revoke all on function desk.revoke_api_key(uuid) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function desk.revoke_api_key(uuid) to authenticated;
revoke all on function desk.revoke_staff_role(uuid) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function desk.revoke_staff_role(uuid) to authenticated;
revoke all on function desk.set_credit_price(text,text,integer) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function desk.set_credit_price(text,text,integer) to authenticated;
revoke all on function reeldesk.adjust_credits(text,uuid,text,uuid,integer,text,text,text) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function reeldesk.adjust_credits(text,uuid,text,uuid,integer,text,text,text) to reeldesk_api;
revoke all on function reeldesk.announce_changes() from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function reeldesk.announce_changes() to reeldesk_api;
revoke all on function reeldesk.balance_at(text,uuid,text,uuid,timestamp with time zone) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function reeldesk.balance_at(text,uuid,text,uuid,timestamp with time zone) to reeldesk_api;
revoke all on function reeldesk.become(text,uuid,text) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function reeldesk.become(text,uuid,text) to reeldesk_api;
revoke all on function reeldesk.become_reader(text,uuid,text) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function reeldesk.become_reader(text,uuid,text) to reeldesk_api;
revoke all on function reeldesk.call_together(jsonb,integer) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function reeldesk.call_together(jsonb,integer) to reeldesk_api;
revoke all on function reeldesk.complete_video_generation(text,uuid,text,uuid,text) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function reeldesk.complete_video_generation(text,uuid,text,uuid,text) to reeldesk_api;
revoke all on function reeldesk.count_ledger_problems() from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function reeldesk.count_ledger_problems() to reeldesk_api;
revoke all on function reeldesk.create_api_key(text,uuid,text,text,text,timestamp with time zone,text,text) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function reeldesk.create_api_key(text,uuid,text,text,text,timestamp with time zone,text,text) to reeldesk_api;
revoke all on function reeldesk.create_video_generation(text,uuid,text,uuid,text,text,text,integer,text,text,text) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function reeldesk.create_video_generation(text,uuid,text,uuid,text,text,text,integer,text,text,text) to reeldesk_api;
revoke all on function reeldesk.credit_statement(text,uuid,text,uuid,integer,integer) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function reeldesk.credit_statement(text,uuid,text,uuid,integer,integer) to reeldesk_api;
revoke all on function reeldesk.fail_video_generation(text,uuid,text,uuid,text) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function reeldesk.fail_video_generation(text,uuid,text,uuid,text) to reeldesk_api;
revoke all on function reeldesk.get_credit_info(text,uuid,text,uuid) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function reeldesk.get_credit_info(text,uuid,text,uuid) to reeldesk_api;
revoke all on function reeldesk.grant_staff_role(text,uuid,text,uuid,text) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function reeldesk.grant_staff_role(text,uuid,text,uuid,text) to reeldesk_api;
revoke all on function reeldesk.list_api_keys(text,uuid,text,timestamp with time zone,uuid,integer) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function reeldesk.list_api_keys(text,uuid,text,timestamp with time zone,uuid,integer) to reeldesk_api;
revoke all on function reeldesk.list_deleted_videos(text,uuid,text,timestamp with time zone,uuid,integer,uuid) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function reeldesk.list_deleted_videos(text,uuid,text,timestamp with time zone,uuid,integer,uuid) to reeldesk_api;
revoke all on function reeldesk.list_own_videos(text,uuid,text,timestamp with time zone,uuid,integer) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function reeldesk.list_own_videos(text,uuid,text,timestamp with time zone,uuid,integer) to reeldesk_api;
revoke all on function reeldesk.ready() from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function reeldesk.ready() to reeldesk_api;
revoke all on function reeldesk.rebuild_usage(text,uuid,text) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function reeldesk.rebuild_usage(text,uuid,text) to reeldesk_api;
revoke all on function reeldesk.refund_charge_as_counted(text,uuid,text,uuid,integer,integer,text,text) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function reeldesk.refund_charge_as_counted(text,uuid,text,uuid,integer,integer,text,text) to reeldesk_api;
revoke all on function reeldesk.refund_video_credits(text,uuid,text,uuid,text,integer,text) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function reeldesk.refund_video_credits(text,uuid,text,uuid,text,integer,text) to reeldesk_api;
revoke all on function reeldesk.restore_video(text,uuid,text,uuid) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function reeldesk.restore_video(text,uuid,text,uuid) to reeldesk_api;
revoke all on function reeldesk.revoke_api_key(text,uuid,text,uuid) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function reeldesk.revoke_api_key(text,uuid,text,uuid) to reeldesk_api;
revoke all on function reeldesk.revoke_staff_role(text,uuid,text,uuid) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function reeldesk.revoke_staff_role(text,uuid,text,uuid) to reeldesk_api;
revoke all on function reeldesk.roll_up_usage(text,uuid,text,integer) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function reeldesk.roll_up_usage(text,uuid,text,integer) to reeldesk_api;
revoke all on function reeldesk.schema_version() from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function reeldesk.schema_version() to reeldesk_api;
revoke all on function reeldesk.set_credit_price(text,uuid,text,text,text,integer) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function reeldesk.set_credit_price(text,uuid,text,text,text,integer) to reeldesk_api;
revoke all on function reeldesk.soft_delete_video(text,uuid,text,uuid) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function reeldesk.soft_delete_video(text,uuid,text,uuid) to reeldesk_api;
revoke all on function reeldesk.start_video_generation(text,uuid,text,uuid) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function reeldesk.start_video_generation(text,uuid,text,uuid) to reeldesk_api;
revoke all on function reeldesk.usage_lag(text,uuid,text) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function reeldesk.usage_lag(text,uuid,text) to reeldesk_api;
revoke all on function reeldesk.use_api_key(bytea) from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst, reeldesk_api;
grant execute on function reeldesk.use_api_key(bytea) to reeldesk_api;


-- Comments

comment on schema private is 'Rules that no caller may run by hand: callers, errors, the ledger. Not exposed by the Data API.';
comment on schema desk is 'What only admins do, called by the API as the person who is signed in, and what the back end does for the desk. Not exposed by the Data API.';
comment on schema reeldesk is 'The API''s entrances. Only its login may use them; the Data API must not expose this schema.';
comment on table public.audit_log is 'Who did what to whom, why, and what changed; one row per action, in the action''s own transaction. Append-only.';
comment on column public.audit_log.actor_role is 'admin, analyst, user, backend (service_role) or owner (a login with SQL access).';
comment on column public.audit_log.note is 'What staff wrote for colleagues; never shown to the account''s owner.';
comment on column public.audit_log.xid is 'The transaction that wrote the row, 0 before this column: who follows the log is told by it what is new.';
comment on table public.credit_prices is 'What a second of video costs. A pair that is not here is refused, never guessed.';
comment on table public.credit_transactions is 'The ledger. Append-only for every role. video_id has no foreign key: a purged video leaves its charge behind.';
comment on column public.credit_transactions.amount is 'Signed credits: negative left the account.';
comment on column public.credit_transactions.entry_no is 'Counts 1, 2, 3 … per account, without a gap.';
comment on column public.credit_transactions.balance_after is 'The balance after the row before, plus amount.';
comment on column public.credit_transactions.video_type is 'Of the video at the time, with resolution and quality: reports need no join, and survive a purge.';
comment on column public.credit_transactions.xid is 'The transaction that posted the row, 0 before this column: what the rollups have taken is told by it, never by time.';
comment on table public.profiles is 'One account per login. It outlives the login: closed_at says since when there is none.';
comment on column public.profiles.credits is 'Balance in credits: always the sum of the account''s ledger. Moved by private.post_to_ledger alone.';
comment on column public.profiles.email is 'Copy of auth.users.email, for search at the desk; kept by trigger, cleared when the login goes.';
comment on column public.profiles.ledger_entries is 'entry_no of the newest ledger row, 0 before the first.';
comment on column public.profiles.last_entry_at is 'created_at of the newest ledger row; the next one is never earlier.';
comment on constraint profiles_id_is_user_id on public.profiles is 'Both columns name the login; the check keeps them from drifting apart.';
comment on index public.profiles_by_email is 'Search by the beginning of an e-mail address.';
comment on table public.staff_members is 'Who works at the desk. Read at every call, so that removing a row ends the right at once. No reference to profiles: staff need no credits.';
comment on table public.videos is 'One row per generation asked for. Gone for its owner once deleted_at is set, and for good after a purge.';
comment on column public.videos.credits_used is 'What was charged, for display; refunds read the ledger.';
comment on index public.videos_active_by_account is 'An account''s active videos, newest first, and their count.';
comment on index public.videos_by_time is 'Everybody''s videos, newest first: active ones, refund candidates.';
comment on index public.videos_deleted_by_account is 'An account''s deleted videos, newest deletion first.';
comment on index public.videos_deleted_by_time is 'Everybody''s deleted videos, newest deletion first; what a purge removes.';
comment on index public.videos_in_progress_by_account is 'Counts of pending and processing videos; the few that are in progress at all.';
comment on index public.videos_in_progress_by_time is 'Everybody''s videos that are under way, oldest first: those that are stuck.';
comment on index public.videos_user_id_idx is 'The foreign key; all of an account''s videos, active and deleted.';
comment on table private.announced_changes is 'One row: changes of transactions before xid have been announced, and those from kept_from on can still be read.';
comment on table private.api_keys is 'Keys of programs. The key itself is shown once, when it is made, and kept nowhere: this table has its SHA-256.';
comment on column private.api_keys.prefix is 'The first characters of the key, to tell keys apart; useless by themselves.';
comment on column private.api_keys.role is 'backend: acts as service_role in the name of its maker. staff: acts as its maker, with the role he has at that moment.';
comment on column private.api_keys.made_by is 'The admin who made it. When his role goes, the key opens nothing.';
comment on column private.api_keys.last_used_at is 'Last use, to the minute.';
comment on table private.idempotency_keys is 'The first answer to every keyed call, by account and operation. Kept for good: a replay is safe however late it comes.';
comment on table private.migration_repairs is 'The report of the way in from the old schema: every row that was changed, why, and how. Nothing is dropped: a row that cannot be kept is here, whole, in before.';
comment on table reeldesk.sessions is 'One row per signed-in browser. No foreign key to auth.users: a login removed there ends here at the next refresh of its tokens.';
comment on column reeldesk.sessions.id is 'SHA-256 of the cookie''s value.';
comment on column reeldesk.sessions.sealed_tokens is 'Supabase''s tokens, encrypted with AES-256-GCM by a key that the database never sees.';
comment on column reeldesk.sessions.seen_at is 'Last use, to the minute; a session unused for two hours is over.';
comment on column reeldesk.sessions.expires_at is 'The end, however much it is used.';
comment on function public.adjust_credits(uuid,integer,text,text,text) is 'Adds or takes credits by hand, with a reason code and a note for colleagues. For admins, not on their own account, and the back end.';
comment on function public.balance_at(uuid,timestamp with time zone) is 'The balance at a moment, entries of that very moment included; 0 before the first. For the account''s owner, staff and the back end.';
comment on function public.complete_video_generation(uuid,text) is 'processing -> completed, with the video''s address. For the back end.';
comment on function public.create_video_generation(uuid,text,text,text,integer,text,text,text) is 'Creates a video and charges its account, together or not at all. For the account''s owner, an admin, or the back end.';
comment on function public.create_video_request(uuid,text,text,text,integer,text,text) is 'Deprecated: call create_video_generation, and read video_id from its answer.';
comment on function public.credit_statement(uuid,integer,integer) is 'The running ledger of an account, newest first; next page: entry_no of the last row. Notes for admins only. For the account''s owner, staff and the back end.';
comment on function public.fail_video_generation(uuid,text) is 'pending or processing -> failed, and gives back what is left of the charge in the same transaction. For the back end.';
comment on function public.get_credit_info(uuid) is 'Balance in credits and counts of active (not deleted) videos. For the account''s owner, staff and the back end.';
comment on function public.list_deleted_videos(timestamp with time zone,uuid,integer,uuid) is 'Deleted videos, newest deletion first: the caller''s own; for an admin everybody''s, or one account''s. Next page: deleted_at and id of the last row.';
comment on function public.purge_deleted_videos(interval) is 'Removes finished videos deleted longer ago than that, for good, and answers how many. The ledger keeps their charges and refunds; the audit log keeps their bare facts, no prompt. For the back end.';
comment on function public.refund_video_credits(uuid,text,integer,text) is 'Gives back all or part of what a failed or completed video was charged, never more. For admins, not on their own account, and the back end.';
comment on function public.restore_video(uuid) is 'Brings a soft-deleted video back. For the owner or an admin; not after a purge, and not in a closed account.';
comment on function public.soft_delete_video(uuid) is 'Hides a video from its owner until it is restored. For the owner or an admin. Gives no credits back.';
comment on function public.start_video_generation(uuid) is 'pending -> processing. For the back end.';
comment on function private.account_not_found(uuid) is 'PT404 account_not_found.';
comment on function private.actor_role() is 'In which role the caller acts, as the audit log names it.';
comment on function private.api_key_as_json(private.api_keys) is 'A key as admins see it: everything but its hash.';
comment on function private.audit(text,text,text,uuid,jsonb,jsonb,text,integer,uuid,text) is 'Writes the audit row of an action, in the action''s transaction.';
comment on function private.audit_staff_change() is 'Trigger: a change of staff is audited even when it is made by hand.';
comment on function private.change_xid() is 'The number of this transaction, comparable with credit_transactions.xid.';
comment on function private.check_balance_has_entry() is 'Trigger: refuses a balance that changed without exactly its next ledger row.';
comment on function private.check_entry_has_balance() is 'Trigger: refuses a ledger row that did not move its account''s balance.';
comment on function private.check_idempotency_key(text) is 'Refuses a blank or over-long idempotency key.';
comment on function private.check_is_backend() is 'PT403 for everybody but the back end.';
comment on function private.check_manages_keys() is 'PT403 for everybody but an admin who is signed in.';
comment on function private.check_may_read_account(uuid) is 'Balance and statement: for the owner, staff and the back end.';
comment on function private.check_signed_in_by_person() is 'PT403 for whoever comes with an API key.';
comment on function private.check_status_change(public.videos,text,text[]) is 'PT409 unless the video is in one of the given states: pending -> processing -> completed or failed, pending -> failed.';
comment on function private.check_video_request(text,text,text,integer) is 'PT400 naming the first wrong argument of a generation.';
comment on function private.end_api_key(uuid) is 'Revokes a key and audits it, once.';
comment on function private.follow_login() is 'Trigger on auth.users: makes the account, copies the e-mail, closes the account when the login goes. The ledger stays.';
comment on function private.invalid_input(text,text,text) is 'Refuses an argument by name: PT400 invalid_input with {"field"}.';
comment on function private.is_admin() is 'Whether the caller is an admin, by his row in staff_members.';
comment on function private.is_backend() is 'Whether the caller is the product''s own back end: role service_role, or a database login that holds it and speaks for no person.';
comment on function private.is_blank(text) is 'Whether a text is NULL or holds only blanks, control characters and characters that show nothing.';
comment on function private.is_web_address(text) is 'Whether the text is an http or https address of at most 2000 characters.';
comment on function private.ledger_problems() is 'The promises of the ledger as queries: no rows when the books balance. Reads the whole ledger.';
comment on function private.lock_account(uuid) is 'Locks an account for a movement of credits. Lock order everywhere: video, then account, then staff_members; several rows in id order.';
comment on function private.lock_admin_role(text) is 'Holds the caller''s role as admin until the transaction ends; PT403 when it is gone. The back end passes.';
comment on function private.lock_staff_pair(uuid) is 'Locks the caller''s and another''s row in staff_members for a change of role; the caller must still be admin then.';
comment on function private.lock_video(uuid) is 'Locks a video; always before its account.';
comment on function private.lock_video_of_caller(uuid) is 'Locks a video that is the caller''s own, or anybody''s for an admin.';
comment on function private.make_api_key(uuid,text,text,timestamp with time zone,bytea,text) is 'Keeps a new key''s hash and audits it; called for an admin, or by the schema''s owner in the name of one.';
comment on function private.max_duration_seconds() is 'The longest generation, in seconds.';
comment on function private.max_prompt_length() is 'The longest prompt, in characters.';
comment on function private.post_refund(public.videos,integer,text,text) is 'Posts a refund and its audit row.';
comment on function private.post_to_ledger(uuid,integer,text,text,public.videos,text,timestamp with time zone) is 'The only way credits move: balance and ledger row in one statement. The caller holds the account''s row lock and has checked the balance. p_at back-dates, never before the row before (demo data, imports).';
comment on function private.price_of(text,text) is 'Credits per second; PT400 naming the field when the pair has no price.';
comment on function private.raise_error(text,text,text,jsonb,text) is 'The only place that raises. SQLSTATE PTnnn becomes HTTP status nnn in PostgREST; DETAIL is JSON with the machine''s code.';
comment on function private.refuse(text) is 'PT403: not_signed_in when there is no caller, else forbidden.';
comment on function private.refuse_account_removal() is 'Trigger: keeps the account of a ledger. The foreign key alone would not, for a session that plays replica.';
comment on function private.refuse_change() is 'Trigger of the append-only tables.';
comment on function private.remember(uuid,text,text,jsonb,jsonb) is 'Keeps the answer to a keyed call.';
comment on function private.replay(uuid,text,text,jsonb) is 'The first answer to this key, NULL when it is new; PT409 idempotency_key_reused when the arguments differ. Ask under the account''s lock.';
comment on function private.request_id() is 'The id of the HTTP request being served, NULL when there is none.';
comment on function private.staff_role() is 'The caller''s role at the desk, NULL for everybody else.';
comment on function private.video_charge(public.videos) is 'Credits charged and refunded for a video, both positive, from the ledger.';
comment on function private.video_not_found(uuid) is 'PT404 video_not_found, also for a video that is somebody else''s.';
comment on function desk.create_api_key(text,text,timestamp with time zone,bytea,text) is 'Makes an API key in the caller''s name, of which only the SHA-256 comes here. For admins who are signed in.';
comment on function desk.grant_staff_role(uuid,text) is 'Makes somebody an admin or analyst. For admins, never for themselves; the table''s trigger audits it.';
comment on function desk.list_api_keys(timestamp with time zone,uuid,integer) is 'All API keys, newest first, without what would open anything; next page: created_at and id of the last row. For admins.';
comment on function desk.refund_charge_as_counted(uuid,integer,integer,text,text) is 'As refund_video_credits, but only while exactly p_refunded_before credits of the charge have been refunded. For admins, not on their own account, and the back end.';
comment on function desk.revoke_api_key(uuid) is 'Ends an API key at once, for good. For admins who are signed in.';
comment on function desk.revoke_staff_role(uuid) is 'Takes somebody''s role away, at once. For admins, never their own; the table''s trigger audits it.';
comment on function desk.set_credit_price(text,text,integer) is 'Sets what a second costs from now on; charges made before keep their amount. For admins.';
comment on function reeldesk.adjust_credits(text,uuid,text,uuid,integer,text,text,text) is 'Entrance of the API to the public function of this name.';
comment on function reeldesk.announce_changes() is 'Says how far changes are announced, after announcing new ones: at most five times a second however many servers ask. For the API''s login.';
comment on function reeldesk.balance_at(text,uuid,text,uuid,timestamp with time zone) is 'Entrance of the API to the public function of this name.';
comment on function reeldesk.become(text,uuid,text) is 'Makes the rest of the transaction the caller''s: user (as authenticated), backend (as service_role), anon, or whom an API key stands for.';
comment on function reeldesk.become_reader(text,uuid,text) is 'As become, but staff read as their own role, after the database has found them in staff_members. Answers admin, analyst, user, backend or anon.';
comment on function reeldesk.call_together(jsonb,integer) is 'Makes several calls, each as its own caller: an error undoes its own call alone. What finds its rows locked for longer than the timeout (0: waits) is undone and answered as busy. Calls that lock come in the order of their accounts. A call is an object with index, name, caller, callerId, requestId, args, and account when it locks one.';
comment on function reeldesk.complete_video_generation(text,uuid,text,uuid,text) is 'Entrance of the API to the public function of this name.';
comment on function reeldesk.count_ledger_problems() is 'How many promises of the ledger are broken, 0 when the books balance: for the API''s metrics. Reads the whole ledger.';
comment on function reeldesk.create_api_key(text,uuid,text,text,text,timestamp with time zone,text,text) is 'Entrance of the API to desk.create_api_key; the hash comes in hex.';
comment on function reeldesk.create_video_generation(text,uuid,text,uuid,text,text,text,integer,text,text,text) is 'Entrance of the API to the public function of this name.';
comment on function reeldesk.credit_statement(text,uuid,text,uuid,integer,integer) is 'Entrance of the API to the public function of this name.';
comment on function reeldesk.fail_video_generation(text,uuid,text,uuid,text) is 'Entrance of the API to the public function of this name.';
comment on function reeldesk.get_credit_info(text,uuid,text,uuid) is 'Entrance of the API to the public function of this name.';
comment on function reeldesk.grant_staff_role(text,uuid,text,uuid,text) is 'Entrance of the API to the public function of this name.';
comment on function reeldesk.list_api_keys(text,uuid,text,timestamp with time zone,uuid,integer) is 'Entrance of the API to desk.list_api_keys.';
comment on function reeldesk.list_deleted_videos(text,uuid,text,timestamp with time zone,uuid,integer,uuid) is 'Entrance of the API to the public function of this name.';
comment on function reeldesk.list_own_videos(text,uuid,text,timestamp with time zone,uuid,integer) is 'A page of the caller''s own active videos, newest first; NULL for staff, who read other columns. user_id and owner_email once; every other column as one array, NULL without rows, which PostgreSQL makes in half the time of objects.';
comment on function reeldesk.ready() is 'Answers when the schema is there.';
comment on function reeldesk.rebuild_usage(text,uuid,text) is 'Entrance of the API to usage.rebuild.';
comment on function reeldesk.refund_charge_as_counted(text,uuid,text,uuid,integer,integer,text,text) is 'Entrance of the API to desk.refund_charge_as_counted.';
comment on function reeldesk.refund_video_credits(text,uuid,text,uuid,text,integer,text) is 'Entrance of the API to the public function of this name.';
comment on function reeldesk.restore_video(text,uuid,text,uuid) is 'Entrance of the API to the public function of this name.';
comment on function reeldesk.revoke_api_key(text,uuid,text,uuid) is 'Entrance of the API to desk.revoke_api_key.';
comment on function reeldesk.revoke_staff_role(text,uuid,text,uuid) is 'Entrance of the API to the public function of this name.';
comment on function reeldesk.roll_up_usage(text,uuid,text,integer) is 'Entrance of the API to usage.roll_up.';
comment on function reeldesk.schema_version() is 'The newest migration that this database has, NULL when none was recorded: the server compares it with its own.';
comment on function reeldesk.set_credit_price(text,uuid,text,text,text,integer) is 'Entrance of the API to the public function of this name.';
comment on function reeldesk.soft_delete_video(text,uuid,text,uuid) is 'Entrance of the API to the public function of this name.';
comment on function reeldesk.start_video_generation(text,uuid,text,uuid) is 'Entrance of the API to the public function of this name.';
comment on function reeldesk.usage_lag(text,uuid,text) is 'Entrance of the API to usage.lag.';
comment on function reeldesk.use_api_key(bytea) is 'As whom a key acts, by its SHA-256; PT401 when it is unknown, revoked, over, or its maker has lost his role.';

reset search_path;
reset check_function_bodies;
