-- A statement at a moment begins at its entry at once, however many entries came after it: an account's entries
-- follow each other in time, so that halving finds it.

create function usage.last_entry_at(p_user_id uuid, p_at timestamptz) returns integer
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_low bigint := 0;
  v_high bigint := (select p.ledger_entries from public.profiles p where p.id = p_user_id);
  v_middle bigint;
begin
  while v_low < v_high loop
    v_middle := (v_low + v_high + 1) / 2;
    if (select t.created_at from public.credit_transactions t where t.user_id = p_user_id and t.entry_no = v_middle) <= p_at then
      v_low := v_middle;
    else
      v_high := v_middle - 1;
    end if;
  end loop;
  return v_low;
end
$$;
revoke all on function usage.last_entry_at(uuid, timestamptz) from public, anon, authenticated;
grant execute on function usage.last_entry_at(uuid, timestamptz) to service_role, reeldesk_admin, reeldesk_analyst;
comment on function usage.last_entry_at(uuid, timestamptz) is
  'entry_no of an account''s last ledger row at a moment, those of that very moment included; 0 before the first.';

create or replace function public.balance_at(p_user_id uuid, p_at timestamptz) returns integer
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.check_may_read_account(p_user_id);
  if p_at is null then
    perform private.invalid_input('p_at', 'must not be NULL');
  end if;
  return coalesce((
    select t.balance_after from public.credit_transactions t
    where t.user_id = p_user_id and t.entry_no = usage.last_entry_at(p_user_id, p_at)
  ), 0);
end
$$;
