-- One statement per call: an entrance says who is calling and then calls the public
-- function of its name, whose rights are checked as that caller's.

create function reeldesk.create_video_generation(
  p_caller text,
  p_caller_id uuid,
  p_request_id text,
  p_user_id uuid,
  p_prompt text,
  p_video_type text,
  p_image_url text,
  p_duration_seconds integer,
  p_resolution text,
  p_quality text,
  p_idempotency_key text
) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb;
begin
  perform reeldesk.become(p_caller, p_caller_id, p_request_id);
  select public.create_video_generation(
    p_user_id => p_user_id, p_prompt => p_prompt, p_video_type => p_video_type, p_image_url => p_image_url, p_duration_seconds => p_duration_seconds, p_resolution => p_resolution, p_quality => p_quality, p_idempotency_key => p_idempotency_key
  ) into v_answer;
  return v_answer;
end
$$;

create function reeldesk.soft_delete_video(
  p_caller text,
  p_caller_id uuid,
  p_request_id text,
  p_video_id uuid
) returns boolean
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer boolean;
begin
  perform reeldesk.become(p_caller, p_caller_id, p_request_id);
  select public.soft_delete_video(p_video_id => p_video_id) into v_answer;
  return v_answer;
end
$$;

create function reeldesk.restore_video(
  p_caller text,
  p_caller_id uuid,
  p_request_id text,
  p_video_id uuid
) returns boolean
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer boolean;
begin
  perform reeldesk.become(p_caller, p_caller_id, p_request_id);
  select public.restore_video(p_video_id => p_video_id) into v_answer;
  return v_answer;
end
$$;

create function reeldesk.refund_video_credits(
  p_caller text,
  p_caller_id uuid,
  p_request_id text,
  p_video_id uuid,
  p_reason text,
  p_amount integer,
  p_idempotency_key text
) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb;
begin
  perform reeldesk.become(p_caller, p_caller_id, p_request_id);
  select public.refund_video_credits(
    p_video_id => p_video_id, p_reason => p_reason, p_amount => p_amount, p_idempotency_key => p_idempotency_key
  ) into v_answer;
  return v_answer;
end
$$;

create function reeldesk.get_credit_info(
  p_caller text,
  p_caller_id uuid,
  p_request_id text,
  p_user_id uuid
) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb;
begin
  perform reeldesk.become(p_caller, p_caller_id, p_request_id);
  select public.get_credit_info(p_user_id => p_user_id) into v_answer;
  return v_answer;
end
$$;

create function reeldesk.start_video_generation(
  p_caller text,
  p_caller_id uuid,
  p_request_id text,
  p_video_id uuid
) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb;
begin
  perform reeldesk.become(p_caller, p_caller_id, p_request_id);
  select public.start_video_generation(p_video_id => p_video_id) into v_answer;
  return v_answer;
end
$$;

create function reeldesk.complete_video_generation(
  p_caller text,
  p_caller_id uuid,
  p_request_id text,
  p_video_id uuid,
  p_video_url text
) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb;
begin
  perform reeldesk.become(p_caller, p_caller_id, p_request_id);
  select public.complete_video_generation(p_video_id => p_video_id, p_video_url => p_video_url) into v_answer;
  return v_answer;
end
$$;

create function reeldesk.fail_video_generation(
  p_caller text,
  p_caller_id uuid,
  p_request_id text,
  p_video_id uuid,
  p_error text
) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb;
begin
  perform reeldesk.become(p_caller, p_caller_id, p_request_id);
  select public.fail_video_generation(p_video_id => p_video_id, p_error => p_error) into v_answer;
  return v_answer;
end
$$;

create function reeldesk.adjust_credits(
  p_caller text,
  p_caller_id uuid,
  p_request_id text,
  p_user_id uuid,
  p_amount integer,
  p_reason_code text,
  p_note text,
  p_idempotency_key text
) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb;
begin
  perform reeldesk.become(p_caller, p_caller_id, p_request_id);
  select public.adjust_credits(
    p_user_id => p_user_id, p_amount => p_amount, p_reason_code => p_reason_code, p_note => p_note, p_idempotency_key => p_idempotency_key
  ) into v_answer;
  return v_answer;
end
$$;

create function reeldesk.balance_at(
  p_caller text,
  p_caller_id uuid,
  p_request_id text,
  p_user_id uuid,
  p_at timestamptz
) returns integer
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer integer;
begin
  perform reeldesk.become(p_caller, p_caller_id, p_request_id);
  select public.balance_at(p_user_id => p_user_id, p_at => p_at) into v_answer;
  return v_answer;
end
$$;

create function reeldesk.set_credit_price(
  p_caller text,
  p_caller_id uuid,
  p_request_id text,
  p_resolution text,
  p_quality text,
  p_credits_per_second integer
) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb;
begin
  perform reeldesk.become(p_caller, p_caller_id, p_request_id);
  select desk.set_credit_price(
    p_resolution => p_resolution, p_quality => p_quality, p_credits_per_second => p_credits_per_second
  ) into v_answer;
  return v_answer;
end
$$;

create function reeldesk.grant_staff_role(
  p_caller text,
  p_caller_id uuid,
  p_request_id text,
  p_user_id uuid,
  p_role text
) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb;
begin
  perform reeldesk.become(p_caller, p_caller_id, p_request_id);
  select desk.grant_staff_role(p_user_id => p_user_id, p_role => p_role) into v_answer;
  return v_answer;
end
$$;

create function reeldesk.revoke_staff_role(
  p_caller text,
  p_caller_id uuid,
  p_request_id text,
  p_user_id uuid
) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb;
begin
  perform reeldesk.become(p_caller, p_caller_id, p_request_id);
  select desk.revoke_staff_role(p_user_id => p_user_id) into v_answer;
  return v_answer;
end
$$;

create function reeldesk.list_deleted_videos(
  p_caller text,
  p_caller_id uuid,
  p_request_id text,
  p_before timestamptz,
  p_before_id uuid,
  p_limit integer,
  p_user_id uuid
) returns text
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
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
$$;

create function reeldesk.credit_statement(
  p_caller text,
  p_caller_id uuid,
  p_request_id text,
  p_user_id uuid,
  p_before_entry integer,
  p_limit integer
) returns text
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
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
$$;

-- A row set arrives as JSON text: the database makes it in a fraction of the time that
-- a driver needs, and timestamps keep their microseconds for the next page.
do $$
declare
  v_function regprocedure;
begin
  for v_function in
    select p.oid from pg_catalog.pg_proc p where p.pronamespace = 'reeldesk'::regnamespace
  loop
    execute format('revoke all on function %s from public, anon, authenticated, service_role', v_function);
    execute format('grant execute on function %s to reeldesk_api', v_function);
    if pg_catalog.obj_description(v_function, 'pg_proc') is null then
      execute format('comment on function %s is %L', v_function, 'Entrance of the API to the public function of this name.');
    end if;
  end loop;
end
$$;
