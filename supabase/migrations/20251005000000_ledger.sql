-- Credits move only through an append-only ledger that explains every balance: each
-- account's rows are numbered without a gap and carry the balance after them.

create table public.credit_prices (
  resolution text not null,
  quality text not null,
  credits_per_second integer not null,
  updated_at timestamptz not null default now(),
  primary key (resolution, quality),
  constraint credit_prices_sane check (credits_per_second between 1 and 100000)
);
alter table public.credit_prices enable row level security;
comment on table public.credit_prices is 'What a second of video costs. A pair that is not here is refused, never guessed.';

insert into public.credit_prices (resolution, quality, credits_per_second) values
  ('1280x720', 'draft', 1), ('1280x720', 'standard', 1), ('1280x720', 'high', 2),
  ('1920x1080', 'draft', 1), ('1920x1080', 'standard', 2), ('1920x1080', 'high', 3),
  ('3840x2160', 'draft', 2), ('3840x2160', 'standard', 4), ('3840x2160', 'high', 6);

alter table public.credit_transactions
  add column entry_no integer,
  add column balance_after integer,
  add column actor_id uuid,
  add column reason text,
  add column idempotency_key text,
  add column video_type text,
  add column resolution text,
  add column quality text;

-- Old rows keep their order and amounts; the words they had become the reason. What went back
-- beyond a video's charge is no refund, but counts as one when the next refund is asked for.
with known as (
  select t.id, t.type as old_type, t.description as old_description, v.video_type, v.resolution, v.quality,
    case
      when t.video_id is null then 'adjustment'
      when t.amount < 0 then 'charge'
      when sum(greatest(t.amount, 0)) over (
        partition by t.user_id, t.video_id order by t.created_at, t.id rows unbounded preceding
      ) <= -sum(least(t.amount, 0)) over (partition by t.user_id, t.video_id) then 'refund'
      else 'adjustment'
    end as new_type
  from public.credit_transactions t
  left join public.videos v on v.id = t.video_id
), named as (
  update public.credit_transactions t set
    reason = coalesce(nullif(t.description, ''), nullif(t.type, ''), 'before the ledger'),
    type = k.new_type,
    video_type = k.video_type, resolution = k.resolution, quality = k.quality
  from known k where k.id = t.id
  returning t.id, t.video_id, t.type, t.reason, k.old_type, k.old_description
)
insert into private.migration_repairs (table_name, row_id, problem, repair, before, after)
select 'credit_transactions', id,
  case
    when type = 'adjustment' and video_id is not null then 'gave back more than its video was charged'
    when old_type is null then 'type was NULL'
    else 'type is none of the ledger''s'
  end,
  format('type set to %s, description kept as reason', type),
  jsonb_build_object('type', old_type, 'description', old_description),
  jsonb_build_object('type', type, 'reason', reason)
from named
where (type = 'adjustment' and video_id is not null)
  or (old_type is distinct from type and (old_type, type) is distinct from ('video_generation', 'charge'));

-- One opening row per account: the part of its balance that no row explains.
insert into public.credit_transactions (user_id, amount, type, reason, entry_no, balance_after, created_at)
select p.id, p.credits - coalesce(s.total, 0), 'opening', 'Balance brought forward', 1, p.credits - coalesce(s.total, 0),
  least(p.created_at, s.first_at)
from public.profiles p
left join (
  select user_id, sum(amount)::integer as total, min(created_at) as first_at
  from public.credit_transactions group by user_id
) s on s.user_id = p.id;

with running as (
  select id,
    row_number() over account as entry_no,
    sum(amount) over account as balance_after
  from public.credit_transactions
  window account as (partition by user_id order by (type = 'opening') desc, created_at, id rows unbounded preceding)
)
update public.credit_transactions t set entry_no = r.entry_no, balance_after = r.balance_after
from running r where r.id = t.id;

update public.profiles p set ledger_entries = l.entries, last_entry_at = l.last_at
from (select user_id, count(*) as entries, max(created_at) as last_at from public.credit_transactions group by user_id) l
where l.user_id = p.id;

alter table public.credit_transactions
  drop column description,
  add constraint credit_transactions_columns_not_null check (
    user_id is not null and entry_no is not null and amount is not null and balance_after is not null
    and type is not null and created_at is not null
  ) not valid,
  add constraint credit_transactions_type_known check (type in ('opening', 'charge', 'refund', 'adjustment')) not valid,
  add constraint credit_transactions_amount_moves check (amount <> 0 or type = 'opening') not valid,
  add constraint credit_transactions_amount_sign check (
    case type when 'charge' then amount < 0 when 'refund' then amount > 0 else true end
  ) not valid,
  add constraint credit_transactions_video_named check (type not in ('charge', 'refund') or video_id is not null) not valid,
  add constraint credit_transactions_user_id_fkey foreign key (user_id) references public.profiles (id) not valid;
alter table public.credit_transactions validate constraint credit_transactions_columns_not_null;
alter table public.credit_transactions validate constraint credit_transactions_type_known;
alter table public.credit_transactions validate constraint credit_transactions_amount_moves;
alter table public.credit_transactions validate constraint credit_transactions_amount_sign;
alter table public.credit_transactions validate constraint credit_transactions_video_named;
alter table public.credit_transactions validate constraint credit_transactions_user_id_fkey;
alter table public.credit_transactions
  alter column user_id set not null,
  alter column entry_no set not null,
  alter column amount set not null,
  alter column balance_after set not null,
  alter column type set not null,
  alter column created_at set not null,
  alter column created_at set default clock_timestamp();
alter table public.credit_transactions drop constraint credit_transactions_columns_not_null;

-- Unique (user_id, entry_no) also serves the foreign key and the statement, newest first.
alter table public.credit_transactions
  add constraint credit_transactions_entry_no_key unique (user_id, entry_no);
drop index public.credit_transactions_user_id_idx;
create index credit_transactions_by_video on public.credit_transactions (video_id) where video_id is not null;
create index credit_transactions_by_time on public.credit_transactions (created_at);

alter table public.audit_log
  add constraint audit_log_transaction_id_fkey foreign key (transaction_id) references public.credit_transactions (id);

comment on table public.profiles is 'One account per login. It outlives the login: closed_at says since when there is none.';
comment on column public.profiles.credits is 'Balance in credits: always the sum of the account''s ledger. Moved by private.post_to_ledger alone.';
comment on column public.profiles.ledger_entries is 'entry_no of the newest ledger row, 0 before the first.';
comment on column public.profiles.last_entry_at is 'created_at of the newest ledger row; the next one is never earlier.';
comment on column public.profiles.email is 'Copy of auth.users.email, for search at the desk; kept by trigger, cleared when the login goes.';
comment on table public.credit_transactions is
  'The ledger. Append-only for every role. video_id has no foreign key: a purged video leaves its charge behind.';
comment on column public.credit_transactions.entry_no is 'Counts 1, 2, 3 … per account, without a gap.';
comment on column public.credit_transactions.amount is 'Signed credits: negative left the account.';
comment on column public.credit_transactions.balance_after is 'The balance after the row before, plus amount.';
comment on column public.credit_transactions.video_type is 'Of the video at the time, with resolution and quality: reports need no join, and survive a purge.';

create trigger credit_transactions_append_only before update or delete on public.credit_transactions
  for each row execute function private.refuse_change();
create trigger credit_transactions_no_truncate before truncate on public.credit_transactions
  for each statement execute function private.refuse_change();
alter table public.credit_transactions enable always trigger credit_transactions_append_only;
alter table public.credit_transactions enable always trigger credit_transactions_no_truncate;

-- The two triggers look at values, not at a flag that someone could set: a balance that
-- moved needs its row, a row needs its balance, and only one statement can bring both.
create function private.check_balance_has_entry() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
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
$$;
revoke all on function private.check_balance_has_entry() from public, anon, authenticated;
comment on function private.check_balance_has_entry() is 'Trigger: refuses a balance that changed without exactly its next ledger row.';

create function private.check_entry_has_balance() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
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
$$;
revoke all on function private.check_entry_has_balance() from public, anon, authenticated;
comment on function private.check_entry_has_balance() is 'Trigger: refuses a ledger row that did not move its account''s balance.';

create function private.refuse_account_removal() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.raise_error(
    'PT403', 'append_only', 'An account that has a ledger is never deleted.', jsonb_build_object('user_id', old.id),
    'Delete the login instead: that closes the account and takes its e-mail away. Nothing was changed.'
  );
  return null;
end
$$;
revoke all on function private.refuse_account_removal() from public, anon, authenticated;
comment on function private.refuse_account_removal() is
  'Trigger: keeps the account of a ledger. The foreign key alone would not, for a session that plays replica.';

create trigger profiles_keep_ledger before delete on public.profiles
  for each row when (old.ledger_entries > 0) execute function private.refuse_account_removal();
create trigger profiles_born_empty after insert on public.profiles
  for each row execute function private.check_balance_has_entry();
create trigger profiles_move_by_ledger after update on public.profiles
  for each row
  when (old.id is distinct from new.id or old.credits is distinct from new.credits
    or old.ledger_entries is distinct from new.ledger_entries or old.last_entry_at is distinct from new.last_entry_at)
  execute function private.check_balance_has_entry();
create trigger credit_transactions_move_balance after insert on public.credit_transactions
  for each row execute function private.check_entry_has_balance();
alter table public.profiles enable always trigger profiles_keep_ledger;
alter table public.profiles enable always trigger profiles_born_empty;
alter table public.profiles enable always trigger profiles_move_by_ledger;
alter table public.credit_transactions enable always trigger credit_transactions_move_balance;

create function private.post_to_ledger(
  p_user_id uuid,
  p_amount integer,
  p_type text,
  p_reason text,
  p_video public.videos default null,
  p_idempotency_key text default null,
  p_at timestamptz default null
) returns public.credit_transactions
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
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
$$;
revoke all on function private.post_to_ledger(uuid, integer, text, text, public.videos, text, timestamptz) from public, anon, authenticated;
comment on function private.post_to_ledger(uuid, integer, text, text, public.videos, text, timestamptz) is
  'The only way credits move: balance and ledger row in one statement. The caller holds the account''s row lock and has checked the balance. p_at back-dates, never before the row before (demo data, imports).';

create function private.account_not_found(p_user_id uuid) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.raise_error(
    'PT404', 'account_not_found', 'There is no such account.', jsonb_build_object('user_id', p_user_id),
    'Check the account id.'
  );
end
$$;
revoke all on function private.account_not_found(uuid) from public, anon, authenticated;
comment on function private.account_not_found(uuid) is 'PT404 account_not_found.';

create function private.lock_account(p_user_id uuid) returns public.profiles
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
declare
  v_account public.profiles;
begin
  select * into v_account from public.profiles p where p.id = p_user_id for no key update;
  if not found then
    perform private.account_not_found(p_user_id);
  end if;
  return v_account;
end
$$;
revoke all on function private.lock_account(uuid) from public, anon, authenticated;
comment on function private.lock_account(uuid) is
  'Locks an account for a movement of credits. Lock order everywhere: video, then account, then staff_members; several rows in id order.';

create table private.idempotency_keys (
  user_id uuid not null references public.profiles (id),
  operation text not null,
  key text not null,
  request jsonb not null,
  response jsonb not null,
  created_at timestamptz not null default clock_timestamp(),
  primary key (user_id, operation, key)
);
comment on table private.idempotency_keys is
  'The first answer to every keyed call, by account and operation. Kept for good: a replay is safe however late it comes.';

create function private.check_idempotency_key(p_key text) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
begin
  if p_key is not null and (private.is_blank(p_key) or length(p_key) > 200) then
    perform private.invalid_input('p_idempotency_key', 'must have 1 to 200 characters',
      'Send one fresh key, such as a UUID, per intended action, or none.');
  end if;
end
$$;
revoke all on function private.check_idempotency_key(text) from public, anon, authenticated;
comment on function private.check_idempotency_key(text) is 'Refuses a blank or over-long idempotency key.';

create function private.replay(p_user_id uuid, p_operation text, p_key text, p_request jsonb) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
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
  return v_known.response;
end
$$;
revoke all on function private.replay(uuid, text, text, jsonb) from public, anon, authenticated;
comment on function private.replay(uuid, text, text, jsonb) is
  'The first answer to this key, NULL when it is new; PT409 idempotency_key_reused when the arguments differ. Ask under the account''s lock.';

create function private.remember(p_user_id uuid, p_operation text, p_key text, p_request jsonb, p_response jsonb) returns void
language sql volatile set search_path = pg_catalog, pg_temp
as $$
  insert into private.idempotency_keys (user_id, operation, key, request, response)
  select p_user_id, p_operation, p_key, p_request, p_response where p_key is not null
$$;
revoke all on function private.remember(uuid, text, text, jsonb, jsonb) from public, anon, authenticated;
comment on function private.remember(uuid, text, text, jsonb, jsonb) is 'Keeps the answer to a keyed call.';

-- The old trigger's function moves out of the Data API's reach. Its trigger stays as it is:
-- on hosted Supabase this role may add triggers to auth.users, not drop them.
alter function public.handle_new_user() rename to follow_login;
alter function public.follow_login() set schema private;
create or replace function private.follow_login() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
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
$$;
revoke all on function private.follow_login() from public, anon, authenticated, service_role;
comment on function private.follow_login() is
  'Trigger on auth.users: makes the account, copies the e-mail, closes the account when the login goes. The ledger stays.';

create trigger reeldesk_login_email_changed after update of email on auth.users
  for each row when (old.email is distinct from new.email) execute function private.follow_login();
create trigger reeldesk_login_deleted after delete on auth.users
  for each row execute function private.follow_login();
