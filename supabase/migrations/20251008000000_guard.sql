-- Who sees and calls what, stated one by one: on Supabase every new table and function
-- in public starts with all rights for anon and authenticated, so all are taken away first.

do $$
declare
  v_role text;
begin
  foreach v_role in array array['reeldesk_admin', 'reeldesk_analyst'] loop
    begin
      execute format('create role %I nologin', v_role);
    exception when duplicate_object or unique_violation then
      null; -- Roles belong to the cluster: another database of it has made this one.
    end;
  end loop;
end
$$;

-- Staff read through the API as roles of their own: an OR of owner and staff in one
-- policy would take the owner's index away.
revoke all on public.profiles, public.videos, public.credit_transactions,
  public.credit_prices, public.staff_members, public.audit_log
  from public, anon, authenticated, service_role;

-- What is made in public later starts without rights too. (PUBLIC's EXECUTE on functions can't be
-- taken away for one schema: each function still revokes it.)
alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public revoke all on functions from anon, authenticated, service_role;

drop policy "Users can view own profile" on public.profiles;
drop policy "Users can view own videos" on public.videos;
drop policy "Users can update own videos" on public.videos;
drop policy "Users can view own transactions" on public.credit_transactions;

-- Owners read their own account, its ledger and their active videos.
create policy profiles_owner_reads on public.profiles
  for select to authenticated using (id = (select auth.uid()));
create policy videos_owner_reads_active on public.videos
  for select to authenticated using (user_id = (select auth.uid()) and deleted_at is null);
create policy credit_transactions_owner_reads on public.credit_transactions
  for select to authenticated using (user_id = (select auth.uid()));
-- Prices are for everybody who is signed in.
create policy credit_prices_signed_in_read on public.credit_prices
  for select to authenticated using (true);
-- Everybody may know his own role at the desk.
create policy staff_members_own_row on public.staff_members
  for select to authenticated using (user_id = (select auth.uid()));
-- Admins read the audit log whichever way they come; the row looked up is their own.
create policy audit_log_admins_read on public.audit_log
  for select to authenticated using (
    exists (select from public.staff_members s where s.user_id = (select auth.uid()) and s.role = 'admin')
  );

-- The desk's roles are entered only by callers found in staff_members.
create policy profiles_admin_reads on public.profiles for select to reeldesk_admin using (true);
create policy profiles_analyst_reads on public.profiles for select to reeldesk_analyst using (true);
create policy videos_admin_reads on public.videos for select to reeldesk_admin using (true);
create policy videos_analyst_reads on public.videos for select to reeldesk_analyst using (true);
create policy credit_transactions_admin_reads on public.credit_transactions for select to reeldesk_admin using (true);
create policy credit_transactions_analyst_reads on public.credit_transactions for select to reeldesk_analyst using (true);
create policy credit_prices_admin_reads on public.credit_prices for select to reeldesk_admin using (true);
create policy credit_prices_analyst_reads on public.credit_prices for select to reeldesk_analyst using (true);
create policy staff_members_admin_reads on public.staff_members for select to reeldesk_admin using (true);
create policy audit_log_desk_reads on public.audit_log for select to reeldesk_admin using (true);

grant usage on schema public to authenticated, service_role, reeldesk_admin, reeldesk_analyst;
grant select on public.profiles, public.videos, public.credit_transactions,
  public.credit_prices, public.staff_members, public.audit_log to authenticated, service_role, reeldesk_admin;
-- Analysts: figures and ids, no e-mail, no prompt, and nothing that may repeat one.
grant select (id, user_id, credits, ledger_entries, last_entry_at, created_at, updated_at, closed_at)
  on public.profiles to reeldesk_analyst;
grant select (id, user_id, video_type, duration_seconds, resolution, quality, status, credits_used,
    created_at, updated_at, started_at, finished_at, deleted_at, deleted_by)
  on public.videos to reeldesk_analyst;
grant select on public.credit_transactions, public.credit_prices to reeldesk_analyst;

revoke all on function
  public.create_video_generation(uuid, text, text, text, integer, text, text, text),
  public.create_video_request(uuid, text, text, text, integer, text, text),
  public.soft_delete_video(uuid),
  public.restore_video(uuid),
  public.refund_video_credits(uuid, text, integer, text),
  public.get_credit_info(uuid)
  from public, anon, authenticated, service_role;
grant execute on function
  public.create_video_generation(uuid, text, text, text, integer, text, text, text),
  public.create_video_request(uuid, text, text, text, integer, text, text),
  public.refund_video_credits(uuid, text, integer, text),
  public.get_credit_info(uuid)
  to authenticated, service_role;
grant execute on function public.soft_delete_video(uuid), public.restore_video(uuid) to authenticated, service_role;
