-- The product's tables as they were before the enhancements, so that a database
-- of that age can be brought forward and a new one starts at the same place.

create table public.profiles (
  id uuid primary key,
  user_id uuid,
  credits integer default 0,
  created_at timestamptz default now(),
  updated_at timestamptz default now()
);

create table public.videos (
  id uuid primary key default gen_random_uuid(),
  user_id uuid,
  prompt text,
  video_type text,
  image_url text,
  duration_seconds integer,
  resolution text,
  quality text,
  status text default 'pending',
  video_url text,
  error_message text,
  credits_used integer,
  deleted_at timestamptz,
  created_at timestamptz default now(),
  updated_at timestamptz default now()
);

create table public.credit_transactions (
  id uuid primary key default gen_random_uuid(),
  user_id uuid,
  amount integer,
  type text,
  video_id uuid,
  description text,
  created_at timestamptz default now()
);

create index videos_user_id_idx on public.videos (user_id);
create index credit_transactions_user_id_idx on public.credit_transactions (user_id);

alter table public.profiles enable row level security;
alter table public.videos enable row level security;
alter table public.credit_transactions enable row level security;

create policy "Users can view own profile" on public.profiles
  for select to authenticated using (auth.uid() = user_id);
create policy "Users can view own videos" on public.videos
  for select to authenticated using (auth.uid() = user_id);
create policy "Users can update own videos" on public.videos
  for update to authenticated using (auth.uid() = user_id);
create policy "Users can view own transactions" on public.credit_transactions
  for select to authenticated using (auth.uid() = user_id);

create function public.handle_new_user() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  insert into public.profiles (id, user_id, credits)
  values (new.id, new.id, 0)
  on conflict (id) do nothing;
  return new;
end
$$;

create trigger on_auth_user_created
  after insert on auth.users
  for each row execute function public.handle_new_user();

create function public.create_video_request(
  p_user_id uuid,
  p_prompt text,
  p_video_type text,
  p_image_url text,
  p_duration_seconds integer,
  p_resolution text,
  p_quality text
) returns uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  v_cost integer;
  v_video_id uuid;
begin
  v_cost := p_duration_seconds * case when p_quality = 'high' then 3 when p_quality = 'standard' then 2 else 1 end;

  update public.profiles
  set credits = credits - v_cost, updated_at = now()
  where id = p_user_id and credits >= v_cost;
  if not found then
    raise exception 'Insufficient credits';
  end if;

  insert into public.videos (user_id, prompt, video_type, image_url, duration_seconds, resolution, quality, credits_used)
  values (p_user_id, p_prompt, p_video_type, p_image_url, p_duration_seconds, p_resolution, p_quality, v_cost)
  returning id into v_video_id;

  insert into public.credit_transactions (user_id, amount, type, video_id, description)
  values (p_user_id, -v_cost, 'video_generation', v_video_id, 'Video generation');

  return v_video_id;
end
$$;
