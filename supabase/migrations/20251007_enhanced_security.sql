-- The enhancements: a video and its charge commit together or not at all, soft-deleted
-- rows are gone for their owner, and refunds, deletions and restores each are one call.

create function private.max_duration_seconds() returns integer
language sql immutable set search_path = pg_catalog, pg_temp as $$ select 300 $$;
revoke all on function private.max_duration_seconds() from public, anon, authenticated;
comment on function private.max_duration_seconds() is 'The longest generation, in seconds.';

create function private.max_prompt_length() returns integer
language sql immutable set search_path = pg_catalog, pg_temp as $$ select 4000 $$;
revoke all on function private.max_prompt_length() from public, anon, authenticated;
comment on function private.max_prompt_length() is 'The longest prompt, in characters.';

create function private.is_web_address(p_url text) returns boolean
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select coalesce(length(p_url) <= 2000
    and p_url ~* '^https?://[^\s/?#"<>\\^`{|}\u0001-\u0020\u007f-\u00a0\u2000-\u200f\u2028-\u202f\u3000\ufeff]+([/?#][^\s"<>\\^`{|}\u0001-\u0020\u007f-\u00a0\u2000-\u200f\u2028-\u202f\u3000\ufeff]*)?$', false)
$$;
revoke all on function private.is_web_address(text) from public, anon, authenticated;
comment on function private.is_web_address(text) is 'Whether the text is an http or https address of at most 2000 characters.';

create function private.price_of(p_resolution text, p_quality text) returns integer
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
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
$$;
revoke all on function private.price_of(text, text) from public, anon, authenticated;
comment on function private.price_of(text, text) is 'Credits per second; PT400 naming the field when the pair has no price.';

create function private.check_video_request(
  p_prompt text, p_video_type text, p_image_url text, p_duration_seconds integer
) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
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
$$;
revoke all on function private.check_video_request(text, text, text, integer) from public, anon, authenticated;
comment on function private.check_video_request(text, text, text, integer) is 'PT400 naming the first wrong argument of a generation.';

create function public.create_video_generation(
  p_user_id uuid,
  p_prompt text,
  p_video_type text,
  p_image_url text,
  p_duration_seconds integer,
  p_resolution text,
  p_quality text,
  p_idempotency_key text default null
) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
declare
  v_request jsonb := jsonb_build_array(
    p_prompt, p_video_type, p_image_url, p_duration_seconds, p_resolution, p_quality);
  v_account public.profiles;
  v_answer jsonb;
  v_cost integer;
  v_video public.videos;
  v_entry public.credit_transactions;
begin
  if not private.is_backend() and auth.uid() is distinct from p_user_id and not private.is_admin() then
    perform private.refuse('Create videos for your own account.');
  end if;
  if not private.is_backend() and auth.uid() is null then
    perform private.refuse();
  end if;
  if p_user_id is null then
    perform private.invalid_input('p_user_id', 'must not be NULL');
  end if;
  perform private.check_idempotency_key(p_idempotency_key);

  v_account := private.lock_account(p_user_id);
  if auth.uid() is distinct from p_user_id then
    perform private.lock_admin_role('Create videos for your own account.');
  end if;

  v_answer := private.replay(p_user_id, 'create_video_generation', p_idempotency_key, v_request);
  if v_answer is not null then
    return v_answer;
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
  if auth.uid() is distinct from p_user_id and not private.is_backend() then
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
  perform private.remember(p_user_id, 'create_video_generation', p_idempotency_key, v_request, v_answer);
  return v_answer;
end
$$;
comment on function public.create_video_generation(uuid, text, text, text, integer, text, text, text) is
  'Creates a video and charges its account, together or not at all. For the account''s owner, an admin, or the back end.';

-- A rolling deploy: callers of the old name keep getting the bare id until they are updated.
create or replace function public.create_video_request(
  p_user_id uuid,
  p_prompt text,
  p_video_type text,
  p_image_url text,
  p_duration_seconds integer,
  p_resolution text,
  p_quality text
) returns uuid
language sql volatile security invoker set search_path = pg_catalog, pg_temp
as $$
  select (public.create_video_generation(
    p_user_id, p_prompt, p_video_type, p_image_url, p_duration_seconds, p_resolution, p_quality
  ) ->> 'video_id')::uuid
$$;
comment on function public.create_video_request(uuid, text, text, text, integer, text, text) is
  'Deprecated: call create_video_generation, and read video_id from its answer.';

create function private.video_not_found(p_video_id uuid) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
begin
  if p_video_id is null then
    perform private.invalid_input('p_video_id', 'must not be NULL');
  end if;
  perform private.raise_error('PT404', 'video_not_found', 'There is no such video.',
    jsonb_build_object('video_id', p_video_id), 'Check the id; a purged video is gone for good.');
end
$$;
revoke all on function private.video_not_found(uuid) from public, anon, authenticated;
comment on function private.video_not_found(uuid) is 'PT404 video_not_found, also for a video that is somebody else''s.';

create function private.lock_video(p_video_id uuid) returns public.videos
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
declare
  v_video public.videos;
begin
  select * into v_video from public.videos v where v.id = p_video_id for no key update;
  if not found then
    perform private.video_not_found(p_video_id);
  end if;
  return v_video;
end
$$;
revoke all on function private.lock_video(uuid) from public, anon, authenticated;
comment on function private.lock_video(uuid) is 'Locks a video; always before its account.';

-- One owner's call tells nothing of another's videos: not his is the same as not there.
create function private.lock_video_of_caller(p_video_id uuid) returns public.videos
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
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
$$;
revoke all on function private.lock_video_of_caller(uuid) from public, anon, authenticated;
comment on function private.lock_video_of_caller(uuid) is 'Locks a video that is the caller''s own, or anybody''s for an admin.';

create function public.soft_delete_video(p_video_id uuid) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
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
$$;
comment on function public.soft_delete_video(uuid) is
  'Hides a video from its owner until it is restored. For the owner or an admin. Gives no credits back.';

create function public.restore_video(p_video_id uuid) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
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
$$;
comment on function public.restore_video(uuid) is
  'Brings a soft-deleted video back. For the owner or an admin; not after a purge, and not in a closed account.';

-- What was charged and given back for a video, from the ledger: no caller's word counts.
-- An adjustment names a video only when it gave back too much in the old schema.
create function private.video_charge(p_video public.videos, out charged integer, out refunded integer)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select coalesce(-sum(t.amount) filter (where t.type = 'charge'), 0)::integer,
    coalesce(sum(t.amount) filter (where t.type in ('refund', 'adjustment')), 0)::integer
  from public.credit_transactions t where t.video_id = p_video.id and t.user_id = p_video.user_id
$$;
revoke all on function private.video_charge(public.videos) from public, anon, authenticated;
comment on function private.video_charge(public.videos) is 'Credits charged and refunded for a video, both positive, from the ledger.';

-- The caller holds the locks of the video and its account and has checked the amount.
create function private.post_refund(p_video public.videos, p_amount integer, p_reason text, p_key text)
returns public.credit_transactions
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
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
$$;
revoke all on function private.post_refund(public.videos, integer, text, text) from public, anon, authenticated;
comment on function private.post_refund(public.videos, integer, text, text) is 'Posts a refund and its audit row.';

create function public.refund_video_credits(
  p_video_id uuid,
  p_reason text default 'Video generation failed',
  p_amount integer default null,
  p_idempotency_key text default null
) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
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
$$;
comment on function public.refund_video_credits(uuid, text, integer, text) is
  'Gives back all or part of what a failed or completed video was charged, never more. For admins, not on their own account, and the back end.';

create function private.check_may_read_account(p_user_id uuid) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
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
$$;
revoke all on function private.check_may_read_account(uuid) from public, anon, authenticated;
comment on function private.check_may_read_account(uuid) is 'Balance and statement: for the owner, staff and the back end.';

create function public.get_credit_info(p_user_id uuid) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
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
$$;
comment on function public.get_credit_info(uuid) is
  'Balance in credits and counts of active (not deleted) videos. For the account''s owner, staff and the back end.';

-- Each list has an index in its own order. Which ones pay, for writes too, was measured (docs/benchmarks/indexes.md):
-- beside the partial ones the old index on (user_id), an eighth of a full one's size, does for all that reads an account whole.
create index videos_active_by_account on public.videos (user_id, created_at desc, id desc) where deleted_at is null;
create index videos_deleted_by_account on public.videos (user_id, deleted_at desc, id desc) where deleted_at is not null;
create index videos_deleted_by_time on public.videos (deleted_at desc, id desc) where deleted_at is not null;
create index videos_in_progress_by_account on public.videos (user_id, status)
  where deleted_at is null and status in ('pending', 'processing');
create index videos_by_time on public.videos (created_at desc, id desc);
comment on index public.videos_user_id_idx is 'The foreign key; all of an account''s videos, active and deleted.';
comment on index public.videos_active_by_account is 'An account''s active videos, newest first, and their count.';
comment on index public.videos_deleted_by_account is 'An account''s deleted videos, newest deletion first.';
comment on index public.videos_deleted_by_time is 'Everybody''s deleted videos, newest deletion first; what a purge removes.';
comment on index public.videos_in_progress_by_account is 'Counts of pending and processing videos; the few that are in progress at all.';
comment on index public.videos_by_time is 'Everybody''s videos, newest first: active ones, refund candidates.';

-- A policy compares user_id with a value that the planner learns too late, so it thinks of an account of average size,
-- small enough to be read whole and sorted. Told of larger accounts it walks the list's index, which is right for both.
alter table public.videos alter column user_id set (n_distinct = -0.001);
analyze public.videos;
