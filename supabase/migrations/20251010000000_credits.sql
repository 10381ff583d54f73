-- Admins correct balances with a reason, and anybody's balance can be explained: at any
-- moment, and line by line.

create function public.adjust_credits(
  p_user_id uuid,
  p_amount integer,
  p_reason_code text,
  p_note text default null,
  p_idempotency_key text default null
) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
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
$$;
comment on function public.adjust_credits(uuid, integer, text, text, text) is
  'Adds or takes credits by hand, with a reason code and a note for colleagues. For admins, not on their own account, and the back end.';

create function public.balance_at(p_user_id uuid, p_at timestamptz) returns integer
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.check_may_read_account(p_user_id);
  if p_at is null then
    perform private.invalid_input('p_at', 'must not be NULL');
  end if;
  return coalesce((
    select t.balance_after from public.credit_transactions t
    where t.user_id = p_user_id and t.created_at <= p_at
    order by t.entry_no desc limit 1
  ), 0);
end
$$;
comment on function public.balance_at(uuid, timestamptz) is
  'The balance at a moment, entries of that very moment included; 0 before the first. For the account''s owner, staff and the back end.';

create function public.credit_statement(
  p_user_id uuid,
  p_before_entry integer default null,
  p_limit integer default 50
) returns table (
  id uuid,
  entry_no integer,
  amount integer,
  balance_after integer,
  type text,
  video_id uuid,
  actor_id uuid,
  reason text,
  note text,
  created_at timestamptz
)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp rows 50
as $$
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
$$;
comment on function public.credit_statement(uuid, integer, integer) is
  'The running ledger of an account, newest first; next page: entry_no of the last row. Notes for admins only. For the account''s owner, staff and the back end.';

-- What only the desk does has a schema that the Data API does not expose: prices and staff are
-- managed through the API, whose entrances call these as the person who is signed in.
create schema desk;
comment on schema desk is 'What only admins do, called by the API as the person who is signed in. Not exposed by the Data API.';
revoke all on schema desk from public, anon, authenticated;
grant usage on schema desk to authenticated;

create function desk.set_credit_price(p_resolution text, p_quality text, p_credits_per_second integer) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
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
$$;
comment on function desk.set_credit_price(text, text, integer) is
  'Sets what a second costs from now on; charges made before keep their amount. For admins.';

-- Both rows in id order, whole: of two admins who demote each other one waits and is then refused.
create function private.lock_staff_pair(p_user_id uuid) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
begin
  perform from public.staff_members s
  where s.user_id in (auth.uid(), p_user_id) order by s.user_id for update;
  perform private.lock_admin_role('Staff are managed by an admin.');
end
$$;
revoke all on function private.lock_staff_pair(uuid) from public, anon, authenticated;
comment on function private.lock_staff_pair(uuid) is
  'Locks the caller''s and another''s row in staff_members for a change of role; the caller must still be admin then.';

create function desk.grant_staff_role(p_user_id uuid, p_role text) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
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
$$;
comment on function desk.grant_staff_role(uuid, text) is
  'Makes somebody an admin or analyst. For admins, never for themselves; the table''s trigger audits it.';

create function desk.revoke_staff_role(p_user_id uuid) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
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
$$;
comment on function desk.revoke_staff_role(uuid) is
  'Takes somebody''s role away, at once. For admins, never their own; the table''s trigger audits it.';

revoke all on function
  public.adjust_credits(uuid, integer, text, text, text),
  public.balance_at(uuid, timestamptz),
  public.credit_statement(uuid, integer, integer),
  desk.set_credit_price(text, text, integer),
  desk.grant_staff_role(uuid, text),
  desk.revoke_staff_role(uuid)
  from public, anon, authenticated, service_role;
grant execute on function
  public.adjust_credits(uuid, integer, text, text, text),
  public.balance_at(uuid, timestamptz),
  public.credit_statement(uuid, integer, integer)
  to authenticated, service_role;
grant execute on function
  desk.set_credit_price(text, text, integer),
  desk.grant_staff_role(uuid, text),
  desk.revoke_staff_role(uuid)
  to authenticated;

create function private.ledger_problems() returns table (user_id uuid, problem text)
language sql stable set search_path = pg_catalog, pg_temp
as $$
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
$$;
revoke all on function private.ledger_problems() from public, anon, authenticated;
comment on function private.ledger_problems() is
  'The promises of the ledger as queries: no rows when the books balance. Reads the whole ledger.';
