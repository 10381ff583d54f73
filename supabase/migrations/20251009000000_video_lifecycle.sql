-- The back end moves a video from pending to its end, and a failure gives its credits
-- back in the same transaction, so that no failed video is left charged.

create function private.check_is_backend() returns void
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
begin
  if not private.is_backend() then
    perform private.refuse('Only the product''s back end (service_role) does this.');
  end if;
end
$$;
revoke all on function private.check_is_backend() from public, anon, authenticated;
comment on function private.check_is_backend() is 'PT403 for everybody but the back end.';

create function private.check_status_change(p_video public.videos, p_to text, p_from text[]) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
begin
  if p_video.status <> all (p_from) then
    perform private.raise_error('PT409', 'invalid_status_change',
      format('This video is %s and can''t become %s.', p_video.status, p_to),
      jsonb_build_object('status', p_video.status, 'requested', p_to),
      format('Only a video that is %s can.', array_to_string(p_from, ' or ')));
  end if;
end
$$;
revoke all on function private.check_status_change(public.videos, text, text[]) from public, anon, authenticated;
comment on function private.check_status_change(public.videos, text, text[]) is
  'PT409 unless the video is in one of the given states: pending -> processing -> completed or failed, pending -> failed.';

create function public.start_video_generation(p_video_id uuid) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.check_is_backend();
  perform private.check_status_change(private.lock_video(p_video_id), 'processing', array['pending']);

  update public.videos
  set status = 'processing', started_at = clock_timestamp(), updated_at = clock_timestamp()
  where id = p_video_id;
  return jsonb_build_object('success', true, 'video_id', p_video_id, 'status', 'processing',
    'message', 'Video generation is processing');
end
$$;
comment on function public.start_video_generation(uuid) is 'pending -> processing. For the back end.';

create function public.complete_video_generation(p_video_id uuid, p_video_url text) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
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
$$;
comment on function public.complete_video_generation(uuid, text) is 'processing -> completed, with the video''s address. For the back end.';

create function public.fail_video_generation(p_video_id uuid, p_error text) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
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
$$;
comment on function public.fail_video_generation(uuid, text) is
  'pending or processing -> failed, and gives back what is left of the charge in the same transaction. For the back end.';

revoke all on function
  public.start_video_generation(uuid),
  public.complete_video_generation(uuid, text),
  public.fail_video_generation(uuid, text)
  from public, anon, authenticated, service_role;
grant execute on function
  public.start_video_generation(uuid),
  public.complete_video_generation(uuid, text),
  public.fail_video_generation(uuid, text)
  to service_role;

create function public.list_deleted_videos(
  p_before timestamptz default null,
  p_before_id uuid default null,
  p_limit integer default 50,
  p_user_id uuid default null
) returns setof public.videos
language plpgsql stable security definer set search_path = pg_catalog, pg_temp rows 50
as $$
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
$$;
comment on function public.list_deleted_videos(timestamptz, uuid, integer, uuid) is
  'Deleted videos, newest deletion first: the caller''s own; for an admin everybody''s, or one account''s. Next page: deleted_at and id of the last row.';

create function public.purge_deleted_videos(p_older_than interval) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
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
$$;
comment on function public.purge_deleted_videos(interval) is
  'Removes finished videos deleted longer ago than that, for good, and answers how many. The ledger keeps their charges and refunds; the audit log keeps their bare facts, no prompt. For the back end.';

revoke all on function
  public.list_deleted_videos(timestamptz, uuid, integer, uuid),
  public.purge_deleted_videos(interval)
  from public, anon, authenticated, service_role;
grant execute on function public.list_deleted_videos(timestamptz, uuid, integer, uuid) to authenticated, service_role;
grant execute on function public.purge_deleted_videos(interval) to service_role;
