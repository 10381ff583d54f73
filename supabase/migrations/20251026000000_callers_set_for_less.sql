-- Who calls is set before each call, and taken back after it. The same settings as before, each
-- assigned instead of performed: PostgreSQL runs a whole query for a PERFORM, which took half of
-- the time of becoming a caller.
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

create or replace function reeldesk.call_together(p_calls jsonb, p_lock_timeout_ms integer) returns setof text
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
