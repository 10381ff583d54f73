-- Calls that arrive together share one statement, and so one round trip and one commit. Each
-- still is its own caller's, and fails for itself alone.

-- Videos made in one transaction keep their order: now() would be the same for all of them.
alter table public.videos
  alter column created_at set default clock_timestamp(),
  alter column updated_at set default clock_timestamp();

-- Planned anew for each account, a balance takes four times as long; the plan is the same for all.
alter function public.get_credit_info(uuid) set plan_cache_mode = force_generic_plan;

-- Who calls is set before each call: assigned, since PostgreSQL runs a whole query for a PERFORM.
create or replace function reeldesk.become(p_kind text, p_user_id uuid default null, p_request_id text default null) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
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
$$;

-- A page says once what is the same in every row: whose they are. As long as accounts differ much,
-- PostgreSQL would take it for cheaper to plan anew for each of them, which takes longer than the page.
create function reeldesk.list_own_videos(
  p_caller text, p_caller_id uuid, p_request_id text, p_before timestamptz, p_before_id uuid, p_limit integer
) returns json
language plpgsql volatile set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan
as $$
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
$$;
comment on function reeldesk.list_own_videos(text, uuid, text, timestamptz, uuid, integer) is
  'A page of the caller''s own active videos, newest first; NULL for staff, who read other columns. user_id and owner_email once; every other column as one array, NULL without rows, which PostgreSQL makes in half the time of objects.';

-- A call that waits for a row gives up soon: the others' rows stay locked meanwhile.
create function reeldesk.call_together(p_calls jsonb, p_lock_timeout_ms integer) returns setof text
language plpgsql volatile set search_path = pg_catalog, pg_temp rows 16
as $$
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
$$;
comment on function reeldesk.call_together(jsonb, integer) is
  'Makes several calls, each as its own caller: an error undoes its own call alone. What finds its rows locked for longer than the timeout (0: waits) is undone and answered as busy. Calls that lock come in the order of their accounts. A call is an object with index, name, caller, callerId, requestId, args, and account when it locks one.';

revoke all on function
  reeldesk.list_own_videos(text, uuid, text, timestamptz, uuid, integer),
  reeldesk.call_together(jsonb, integer)
  from public, anon, authenticated, service_role;
grant execute on function
  reeldesk.list_own_videos(text, uuid, text, timestamptz, uuid, integer),
  reeldesk.call_together(jsonb, integer)
  to reeldesk_api;
