-- Calls that arrive together share one statement, and so one round trip and one commit. Each
-- still is its own caller's, and fails for itself alone.

-- Videos made in one transaction keep their order: now() would be the same for all of them.
alter table public.videos
  alter column created_at set default clock_timestamp(),
  alter column updated_at set default clock_timestamp();

create function reeldesk.list_own_videos(
  p_caller text, p_caller_id uuid, p_request_id text, p_before timestamptz, p_before_id uuid, p_limit integer
) returns json
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
declare
  v_columns json;
begin
  if reeldesk.become_reader(p_caller, p_caller_id, p_request_id) <> 'user' then
    return null;
  end if;
  select json_build_object(
    'id', json_agg(r.id), 'user_id', json_agg(r.user_id), 'prompt', json_agg(r.prompt),
    'video_type', json_agg(r.video_type), 'image_url', json_agg(r.image_url),
    'duration_seconds', json_agg(r.duration_seconds), 'resolution', json_agg(r.resolution),
    'quality', json_agg(r.quality), 'status', json_agg(r.status), 'video_url', json_agg(r.video_url),
    'error_message', json_agg(r.error_message), 'credits_used', json_agg(r.credits_used),
    'created_at', json_agg(r.created_at), 'updated_at', json_agg(r.updated_at), 'deleted_at', json_agg(r.deleted_at),
    'owner_email', json_agg(r.owner_email)
  ) into v_columns from (
    select v.*, p.email as owner_email
    from public.videos v
    left join public.profiles p on p.id = v.user_id
    where v.user_id = p_caller_id and v.deleted_at is null
      -- One comparison that an index can start from, also for the first page.
      and (v.created_at, v.id) < (coalesce(p_before, 'infinity'), coalesce(p_before_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
    order by v.created_at desc, v.id desc
    limit p_limit
  ) r;
  return v_columns;
end
$$;
comment on function reeldesk.list_own_videos(text, uuid, text, timestamptz, uuid, integer) is
  'A page of the caller''s own active videos, newest first; NULL for staff, who read other columns. Column by column: each has one array, NULL without rows, which PostgreSQL makes in half the time of objects.';

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
begin
  perform set_config('lock_timeout', p_lock_timeout_ms::text, true);
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
    perform set_config('role', 'none', true);
    perform set_config('reeldesk.replayed', '', true);
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
