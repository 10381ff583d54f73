-- The old tables took anything: orphans, NULLs, negative balances. Each row is made
-- sound here and each repair is written down, so that the constraints that follow hold
-- and nobody has to guess what became of a row.

create table private.migration_repairs (
  id bigint generated always as identity primary key,
  table_name text not null,
  row_id uuid,
  problem text not null,
  repair text not null,
  before jsonb,
  after jsonb,
  repaired_at timestamptz not null default now()
);
comment on table private.migration_repairs is
  'The report of the way in from the old schema: every row that was changed, why, and how. Nothing is dropped: a row that cannot be kept is here, whole, in before.';

alter table public.profiles
  add column email text,
  add column ledger_entries integer not null default 0,
  add column last_entry_at timestamptz,
  add column closed_at timestamptz;
alter table public.videos
  add column started_at timestamptz,
  add column finished_at timestamptz,
  add column deleted_by uuid;

-- A transaction that moves nothing cannot stand in a ledger; the report keeps it whole.
with gone as (
  delete from public.credit_transactions where amount is null or amount = 0 returning *
)
insert into private.migration_repairs (table_name, row_id, problem, repair, before, after)
select 'credit_transactions', gone.id, 'amount was NULL or zero', 'moved into this report', to_jsonb(gone), null
from gone;

-- One account per row, first NULL user_id, then those whose login is the other of the two ids.
with repaired as (
  update public.profiles set user_id = id where user_id is null returning id, user_id
)
insert into private.migration_repairs (table_name, row_id, problem, repair, before, after)
select 'profiles', id, 'user_id was NULL', 'set to id', '{"user_id": null}', jsonb_build_object('user_id', user_id)
from repaired;

-- user_id is the login and id is not: the account moves to its login, unless that id is taken.
create temporary table account_moves as
select distinct on (p.user_id) p.id as old_id, p.user_id as new_id
from public.profiles p
where p.id <> p.user_id
  and not exists (select from auth.users u where u.id = p.id)
  and exists (select from auth.users u where u.id = p.user_id)
  and not exists (select from public.profiles other where other.id = p.user_id)
order by p.user_id, p.created_at, p.id;

-- id wins everywhere else; rows of a user_id that is nobody's own account come along.
insert into account_moves
select distinct on (p.user_id) p.user_id, p.id
from public.profiles p
where p.id <> p.user_id
  and not exists (select from account_moves m where m.old_id = p.id)
  and not exists (select from auth.users u where u.id = p.user_id)
  and not exists (select from public.profiles other where other.id = p.user_id)
order by p.user_id, p.created_at, p.id;

with moved as (
  update public.profiles p set id = m.new_id, user_id = m.new_id
  from account_moves m where p.id = m.old_id
  returning m.old_id, m.new_id
)
insert into private.migration_repairs (table_name, row_id, problem, repair, before, after)
select 'profiles', new_id, 'user_id was not id, and the login is user_id', 'id set to user_id',
  jsonb_build_object('id', old_id, 'user_id', new_id), jsonb_build_object('id', new_id, 'user_id', new_id)
from moved;

with before as (
  select id, user_id from public.profiles where user_id <> id
), repaired as (
  update public.profiles p set user_id = p.id from before b where b.id = p.id
  returning p.id, b.user_id as old_user_id
)
insert into private.migration_repairs (table_name, row_id, problem, repair, before, after)
select 'profiles', id, 'user_id was not id', 'user_id set to id',
  jsonb_build_object('user_id', old_user_id), jsonb_build_object('user_id', id)
from repaired;

with moved as (
  update public.videos v set user_id = m.new_id from account_moves m where v.user_id = m.old_id
  returning v.id, m.old_id, m.new_id
)
insert into private.migration_repairs (table_name, row_id, problem, repair, before, after)
select 'videos', id, 'belonged to the other id of its account', 'user_id set to the account''s id',
  jsonb_build_object('user_id', old_id), jsonb_build_object('user_id', new_id)
from moved;

with moved as (
  update public.credit_transactions t set user_id = m.new_id from account_moves m where t.user_id = m.old_id
  returning t.id, m.old_id, m.new_id
)
insert into private.migration_repairs (table_name, row_id, problem, repair, before, after)
select 'credit_transactions', id, 'belonged to the other id of its account', 'user_id set to the account''s id',
  jsonb_build_object('user_id', old_id), jsonb_build_object('user_id', new_id)
from moved;

-- Rows without an owner: a video follows whoever alone paid for it, a transaction its video,
-- and the rest goes to one closed account.
with payers as (
  select t.video_id, (array_agg(t.user_id))[1] as user_id
  from public.credit_transactions t
  where t.video_id is not null and t.user_id is not null and t.amount < 0
  group by t.video_id having count(distinct t.user_id) = 1
), repaired as (
  update public.videos v set user_id = p.user_id
  from payers p where v.user_id is null and p.video_id = v.id
  returning v.id, v.user_id
)
insert into private.migration_repairs (table_name, row_id, problem, repair, before, after)
select 'videos', id, 'user_id was NULL', 'given to the account that was charged for it',
  '{"user_id": null}', jsonb_build_object('user_id', user_id)
from repaired;

with repaired as (
  update public.credit_transactions t set user_id = v.user_id
  from public.videos v where t.user_id is null and v.id = t.video_id and v.user_id is not null
  returning t.id, t.user_id
)
insert into private.migration_repairs (table_name, row_id, problem, repair, before, after)
select 'credit_transactions', id, 'user_id was NULL', 'given to its video''s owner',
  '{"user_id": null}', jsonb_build_object('user_id', user_id)
from repaired;

with repaired as (
  update public.videos set user_id = '00000000-0000-0000-0000-000000000000' where user_id is null returning id, user_id
)
insert into private.migration_repairs (table_name, row_id, problem, repair, before, after)
select 'videos', id, 'user_id was NULL', 'kept in the closed account for rows without an owner',
  '{"user_id": null}', jsonb_build_object('user_id', user_id)
from repaired;

with repaired as (
  update public.credit_transactions set user_id = '00000000-0000-0000-0000-000000000000'
  where user_id is null returning id, user_id
)
insert into private.migration_repairs (table_name, row_id, problem, repair, before, after)
select 'credit_transactions', id, 'user_id was NULL', 'kept in the closed account for rows without an owner',
  '{"user_id": null}', jsonb_build_object('user_id', user_id)
from repaired;

-- An account that has that id by chance is closed like the one made below: nobody spends from it.
with closed as (
  update public.profiles p set closed_at = now()
  where p.id = '00000000-0000-0000-0000-000000000000'
    and exists (select from private.migration_repairs r where r.repair = 'kept in the closed account for rows without an owner')
    and not exists (select from auth.users u where u.id = p.id)
  returning p.id, p.closed_at
)
insert into private.migration_repairs (table_name, row_id, problem, repair, before, after)
select 'profiles', id, 'its id is that of the account for rows without an owner', 'closed',
  '{"closed_at": null}', jsonb_build_object('closed_at', closed_at)
from closed;

-- Orphans get an account: closed when there is no login, so that nobody can spend from it.
with owners as (
  select user_id from public.videos union select user_id from public.credit_transactions
), made as (
  insert into public.profiles (id, user_id, credits, closed_at)
  select o.user_id, o.user_id,
    greatest(0, least(2147483647, coalesce((select sum(t.amount) from public.credit_transactions t where t.user_id = o.user_id), 0))),
    case when exists (select from auth.users u where u.id = o.user_id) then null else now() end
  from owners o
  where not exists (select from public.profiles p where p.id = o.user_id)
  returning id, credits, closed_at
)
insert into private.migration_repairs (table_name, row_id, problem, repair, before, after)
select 'profiles', id, 'rows belonged to an account that did not exist', 'account made from its transactions',
  null, jsonb_build_object('credits', credits, 'closed_at', closed_at)
from made;

with made as (
  insert into public.profiles (id, user_id, credits)
  select u.id, u.id, 0 from auth.users u
  where not exists (select from public.profiles p where p.id = u.id)
  returning id
)
insert into private.migration_repairs (table_name, row_id, problem, repair, before, after)
select 'profiles', id, 'a login had no account', 'account made with 0 credits', null, '{"credits": 0}' from made;

with before as (
  select id, credits from public.profiles where credits is null or credits < 0
), repaired as (
  update public.profiles p set credits = 0 from before b where b.id = p.id returning p.id, b.credits as old_credits
)
insert into private.migration_repairs (table_name, row_id, problem, repair, before, after)
select 'profiles', id, case when old_credits is null then 'credits was NULL' else 'credits was negative' end,
  'set to 0; the opening row of its ledger makes up the difference',
  jsonb_build_object('credits', old_credits), '{"credits": 0}'
from repaired;

update public.profiles p set email = u.email from auth.users u where u.id = p.id;
with before as (
  select id, created_at, updated_at from public.profiles where created_at is null or updated_at is null
), repaired as (
  update public.profiles p
  set created_at = coalesce(b.created_at, b.updated_at, now()), updated_at = coalesce(b.updated_at, b.created_at, now())
  from before b where b.id = p.id
  returning p.id, b.created_at as old_created_at, b.updated_at as old_updated_at, p.created_at, p.updated_at
)
insert into private.migration_repairs (table_name, row_id, problem, repair, before, after)
select 'profiles', id, 'created_at or updated_at was NULL', 'each set from the other, or to the time of the migration',
  jsonb_build_object('created_at', old_created_at, 'updated_at', old_updated_at),
  jsonb_build_object('created_at', created_at, 'updated_at', updated_at)
from repaired;

-- Videos: what the new rules need to be known, from what is known.
create temporary table videos_before as
select v.id, to_jsonb(v) as before,
  concat_ws(', ',
    case when v.prompt is null then 'prompt was NULL' end,
    case when v.status is null then 'status was NULL'
      when v.status not in ('pending', 'processing', 'completed', 'failed') then 'status was unknown' end,
    case when v.video_type is null then 'video_type was NULL'
      when v.video_type not in ('text_to_video', 'image_to_video') then 'video_type was unknown' end,
    case when v.credits_used is null then 'credits_used was NULL' when v.credits_used < 0 then 'credits_used was negative' end,
    case when v.created_at is null or v.updated_at is null then 'created_at or updated_at was NULL' end
  ) as problem,
  concat_ws(', ',
    case when v.prompt is null then 'prompt left empty' end,
    case when v.status is null or v.status not in ('pending', 'processing', 'completed', 'failed') then 'status set to failed' end,
    case when v.video_type is null or v.video_type not in ('text_to_video', 'image_to_video')
      then 'video_type set by whether there is an image' end,
    case when v.credits_used is null or v.credits_used < 0 then 'credits_used set to its transactions' end,
    case when v.created_at is null or v.updated_at is null then 'times set from each other, or to the time of the migration' end
  ) as repair
from public.videos v
where v.prompt is null or v.created_at is null or v.updated_at is null
  or v.status is null or v.status not in ('pending', 'processing', 'completed', 'failed')
  or v.video_type is null or v.video_type not in ('text_to_video', 'image_to_video')
  or v.credits_used is null or v.credits_used < 0;

update public.videos v set
  prompt = coalesce(v.prompt, ''),
  created_at = coalesce(v.created_at, v.updated_at, now()),
  updated_at = coalesce(v.updated_at, v.created_at, now()),
  status = case when v.status in ('pending', 'processing', 'completed', 'failed') then v.status else 'failed' end,
  video_type = case
    when v.video_type in ('text_to_video', 'image_to_video') then v.video_type
    when v.image_url is not null then 'image_to_video'
    else 'text_to_video'
  end,
  credits_used = case
    when v.credits_used >= 0 then v.credits_used
    else greatest(0, least(2147483647, coalesce(
      (select -sum(t.amount) from public.credit_transactions t where t.video_id = v.id and t.amount < 0), 0)))
  end
from videos_before b where b.id = v.id;

insert into private.migration_repairs (table_name, row_id, problem, repair, before, after)
select 'videos', v.id, b.problem, b.repair, b.before, to_jsonb(v)
from videos_before b join public.videos v on v.id = b.id;
drop table account_moves, videos_before;

-- Transactions are put in order by their time, so each needs one.
with repaired as (
  update public.credit_transactions t
  set created_at = coalesce((select v.created_at from public.videos v where v.id = t.video_id), now())
  where t.created_at is null
  returning t.id, t.created_at
)
insert into private.migration_repairs (table_name, row_id, problem, repair, before, after)
select 'credit_transactions', id, 'created_at was NULL', 'set to its video''s, or to the time of the migration',
  '{"created_at": null}', jsonb_build_object('created_at', created_at)
from repaired;

-- Opening row and movements together are a bound for every balance on the way; what goes
-- beyond an integer would fail later and without a name.
do $$
declare
  v_id uuid;
begin
  select p.id into v_id
  from public.profiles p join public.credit_transactions t on t.user_id = p.id
  group by p.id having abs(p.credits - sum(t.amount)) + sum(abs(t.amount::bigint)) > 2147483647
  order by p.id limit 1;
  if found then
    perform private.raise_error('PT409', 'old_data', format('The transactions of account %s do not fit the ledger.', v_id),
      jsonb_build_object('user_id', v_id),
      'Correct the amounts of this account by hand, then migrate again. Nothing was changed.');
  end if;
end
$$;

alter table public.profiles
  alter column credits set default 0,
  alter column created_at set default now(),
  alter column updated_at set default now(),
  add constraint profiles_user_id_not_null check (user_id is not null) not valid,
  add constraint profiles_id_is_user_id check (id = user_id) not valid,
  add constraint profiles_credits_not_null check (credits is not null) not valid,
  add constraint profiles_credits_not_negative check (credits >= 0) not valid,
  add constraint profiles_times_not_null check (created_at is not null and updated_at is not null) not valid;
alter table public.profiles validate constraint profiles_user_id_not_null;
alter table public.profiles validate constraint profiles_id_is_user_id;
alter table public.profiles validate constraint profiles_credits_not_null;
alter table public.profiles validate constraint profiles_credits_not_negative;
alter table public.profiles validate constraint profiles_times_not_null;
-- With the valid check beside it, SET NOT NULL reads no row; then the check has done its work.
alter table public.profiles
  alter column user_id set not null,
  alter column credits set not null,
  alter column created_at set not null,
  alter column updated_at set not null;
alter table public.profiles
  drop constraint profiles_user_id_not_null,
  drop constraint profiles_credits_not_null,
  drop constraint profiles_times_not_null,
  add constraint profiles_user_id_key unique (user_id);

alter table public.videos
  alter column credits_used set default 0,
  add constraint videos_columns_not_null check (
    user_id is not null and prompt is not null and video_type is not null and status is not null
    and credits_used is not null and created_at is not null and updated_at is not null
  ) not valid,
  add constraint videos_type_known check (video_type in ('text_to_video', 'image_to_video')) not valid,
  add constraint videos_status_known check (status in ('pending', 'processing', 'completed', 'failed')) not valid,
  add constraint videos_credits_used_not_negative check (credits_used >= 0) not valid,
  add constraint videos_user_id_fkey foreign key (user_id) references public.profiles (id) not valid;
alter table public.videos validate constraint videos_columns_not_null;
alter table public.videos validate constraint videos_type_known;
alter table public.videos validate constraint videos_status_known;
alter table public.videos validate constraint videos_credits_used_not_negative;
alter table public.videos validate constraint videos_user_id_fkey;
alter table public.videos
  alter column user_id set not null,
  alter column prompt set not null,
  alter column video_type set not null,
  alter column status set not null,
  alter column credits_used set not null,
  alter column created_at set not null,
  alter column updated_at set not null;
alter table public.videos drop constraint videos_columns_not_null;

comment on constraint profiles_id_is_user_id on public.profiles is
  'Both columns name the login; the check keeps them from drifting apart.';
comment on table public.videos is
  'One row per generation asked for. Gone for its owner once deleted_at is set, and for good after a purge.';
comment on column public.videos.credits_used is 'What was charged, for display; refunds read the ledger.';
