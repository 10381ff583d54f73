-- The desk's queues and searches answer as quickly over a million videos as over a hundred: what waits for a
-- refund, or for a second look at one, has a short table of its own, and what is searched by e-mail or is stuck has an index.

create table usage.refund_queue (
  video_id uuid primary key references public.videos (id) on delete cascade,
  user_id uuid not null,
  created_at timestamptz not null,
  status text not null,
  credits_charged bigint not null,
  credits_refunded bigint not null,
  constraint refund_queue_is_for_the_desk check (
    credits_charged > 0 and (
      (status = 'failed' and credits_charged > credits_refunded) or (status = 'completed' and credits_refunded > 0)
    )
  )
);
-- Each in its list's order, and with what its count and sum need.
create index refund_queue_failed on usage.refund_queue (created_at desc, video_id desc)
  include (user_id, credits_charged, credits_refunded) where status = 'failed';
create index refund_queue_unusual on usage.refund_queue (created_at desc, video_id desc)
  include (user_id, credits_charged, credits_refunded) where credits_refunded > 0;
create index refund_queue_by_account on usage.refund_queue (user_id, created_at desc, video_id desc);
alter table usage.refund_queue enable row level security;
create policy refund_queue_admin_reads on usage.refund_queue for select to reeldesk_admin using (true);
create policy refund_queue_analyst_reads on usage.refund_queue for select to reeldesk_analyst using (true);
revoke all on usage.refund_queue from public, anon, authenticated, service_role, reeldesk_admin, reeldesk_analyst;
grant select on usage.refund_queue to service_role, reeldesk_admin, reeldesk_analyst;
comment on table usage.refund_queue is
  'Charges that the desk has to look at: of failed videos, as long as something is left to give back, and of completed ones that were refunded. Kept by triggers, in the transaction that changes the charge.';
comment on column usage.refund_queue.created_at is 'Of the video, as user_id and status are.';
comment on index usage.refund_queue_failed is 'Failed, and something of the charge is left.';
comment on index usage.refund_queue_unusual is 'Refunded although completed, or only in part.';

create function usage.queue_refund(p_video_id uuid) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
begin
  insert into usage.refund_queue as q (video_id, user_id, created_at, status, credits_charged, credits_refunded)
  select v.id, v.user_id, v.created_at, v.status, c.charged, c.refunded
  from public.videos v
  cross join lateral (
    select coalesce(-sum(t.amount) filter (where t.type = 'charge'), 0) as charged,
      coalesce(sum(t.amount) filter (where t.type = 'refund'), 0) as refunded
    from public.credit_transactions t where t.video_id = v.id and t.user_id = v.user_id
  ) c
  where v.id = p_video_id and c.charged > 0
    and ((v.status = 'failed' and c.charged > c.refunded) or (v.status = 'completed' and c.refunded > 0))
  on conflict (video_id) do update
  set user_id = excluded.user_id, created_at = excluded.created_at, status = excluded.status,
    credits_charged = excluded.credits_charged, credits_refunded = excluded.credits_refunded;
  if not found then
    delete from usage.refund_queue where video_id = p_video_id;
  end if;
end
$$;
revoke all on function usage.queue_refund(uuid) from public, anon, authenticated;
comment on function usage.queue_refund(uuid) is
  'Puts a video''s charge into the refund queue, or takes it out. The caller holds the video''s lock.';

create function usage.queue_refund_of_video() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  perform usage.queue_refund(new.id);
  return null;
end
$$;
revoke all on function usage.queue_refund_of_video() from public, anon, authenticated;
comment on function usage.queue_refund_of_video() is 'Trigger on videos: one that ended may have to be refunded.';

create function usage.queue_refund_of_entry() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  -- A charge alone concerns the desk when its video has failed already.
  if new.type = 'refund' or exists (select from public.videos v where v.id = new.video_id and v.status = 'failed') then
    perform usage.queue_refund(new.video_id);
  end if;
  return null;
end
$$;
revoke all on function usage.queue_refund_of_entry() from public, anon, authenticated;
comment on function usage.queue_refund_of_entry() is 'Trigger on the ledger: a refund changes what is left of a charge, and so does a charge that comes late.';

create trigger videos_inserted_queue_refund after insert on public.videos
  for each row when (new.status in ('completed', 'failed')) execute function usage.queue_refund_of_video();
create trigger videos_queue_refund after update of status, user_id, created_at on public.videos
  for each row
  when (
    (old.status, old.user_id, old.created_at) is distinct from (new.status, new.user_id, new.created_at)
    and (old.status in ('completed', 'failed') or new.status in ('completed', 'failed'))
  )
  execute function usage.queue_refund_of_video();
-- A charge comes before its video ends, so it pays nothing for this; only a back-dated one, of an import, may come after.
create trigger credit_transactions_queue_refund after insert on public.credit_transactions
  for each row
  when (new.type = 'refund' or (new.type = 'charge' and new.created_at < statement_timestamp()))
  execute function usage.queue_refund_of_entry();
alter table public.videos enable always trigger videos_inserted_queue_refund;
alter table public.videos enable always trigger videos_queue_refund;
alter table public.credit_transactions enable always trigger credit_transactions_queue_refund;

create function usage.rebuild_refund_queue() returns bigint
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
declare
  v_rows bigint;
begin
  -- Nobody changes a charge's state meanwhile; the queue can still be read.
  lock table public.videos, public.credit_transactions in share row exclusive mode;
  delete from usage.refund_queue;
  insert into usage.refund_queue (video_id, user_id, created_at, status, credits_charged, credits_refunded)
  select v.id, v.user_id, v.created_at, v.status, c.charged, c.refunded
  from public.videos v
  join (
    select t.video_id, t.user_id, coalesce(-sum(t.amount) filter (where t.type = 'charge'), 0) as charged,
      coalesce(sum(t.amount) filter (where t.type = 'refund'), 0) as refunded
    from public.credit_transactions t where t.video_id is not null group by 1, 2
  ) c on c.video_id = v.id and c.user_id = v.user_id
  where c.charged > 0
    and ((v.status = 'failed' and c.charged > c.refunded) or (v.status = 'completed' and c.refunded > 0));
  get diagnostics v_rows = row_count;
  return v_rows;
end
$$;
revoke all on function usage.rebuild_refund_queue() from public, anon, authenticated, service_role;
comment on function usage.rebuild_refund_queue() is
  'Makes the refund queue anew from videos and ledger, and answers how many rows it has: after a load past the triggers. For the owner.';

select usage.rebuild_refund_queue();
analyze usage.refund_queue;

-- An e-mail is not changed by a charge, so a balance still moves without touching an index.
create index profiles_by_email on public.profiles (lower(email) text_pattern_ops) where email is not null;
create index videos_in_progress_by_time on public.videos (created_at, id)
  where deleted_at is null and status in ('pending', 'processing');
comment on index public.profiles_by_email is 'Search by the beginning of an e-mail address.';
comment on index public.videos_in_progress_by_time is 'Everybody''s videos that are under way, oldest first: those that are stuck.';
analyze public.profiles;

-- Parts of many charges are counted first and refunded afterwards: what somebody gave back of one in between would
-- be given back twice, since a part still fits into what is left.
create function desk.refund_charge_as_counted(
  p_video_id uuid,
  p_refunded_before integer,
  p_amount integer default null,
  p_reason text default 'Video generation failed',
  p_idempotency_key text default null
) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
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
$$;
revoke all on function desk.refund_charge_as_counted(uuid, integer, integer, text, text) from public, anon, authenticated, service_role;
grant usage on schema desk to service_role;
comment on schema desk is 'What only admins do, called by the API as the person who is signed in, and what the back end does for the desk. Not exposed by the Data API.';
grant execute on function desk.refund_charge_as_counted(uuid, integer, integer, text, text) to authenticated, service_role;
comment on function desk.refund_charge_as_counted(uuid, integer, integer, text, text) is
  'As refund_video_credits, but only while exactly p_refunded_before credits of the charge have been refunded. For admins, not on their own account, and the back end.';

create function reeldesk.refund_charge_as_counted(
  p_caller text,
  p_caller_id uuid,
  p_request_id text,
  p_video_id uuid,
  p_refunded_before integer,
  p_amount integer,
  p_reason text,
  p_idempotency_key text
) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb;
begin
  perform reeldesk.become(p_caller, p_caller_id, p_request_id);
  select desk.refund_charge_as_counted(
    p_video_id => p_video_id, p_refunded_before => p_refunded_before, p_amount => p_amount, p_reason => p_reason, p_idempotency_key => p_idempotency_key
  ) into v_answer;
  return v_answer;
end
$$;
revoke all on function reeldesk.refund_charge_as_counted(text, uuid, text, uuid, integer, integer, text, text)
  from public, anon, authenticated, service_role;
grant execute on function reeldesk.refund_charge_as_counted(text, uuid, text, uuid, integer, integer, text, text) to reeldesk_api;
comment on function reeldesk.refund_charge_as_counted(text, uuid, text, uuid, integer, integer, text, text) is
  'Entrance of the API to desk.refund_charge_as_counted.';
