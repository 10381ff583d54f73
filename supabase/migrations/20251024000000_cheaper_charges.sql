-- Whether the caller is the back end, though he is the owner, and what was answered to an idempotency key, though none
-- came: asking took an eighth of a charge. Answers and errors are the same.

create or replace function public.create_video_generation(
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
  v_caller uuid := auth.uid();
  v_request jsonb;
  v_account public.profiles;
  v_answer jsonb;
  v_cost integer;
  v_video public.videos;
  v_entry public.credit_transactions;
begin
  -- The owner calls most, and passes by the cheapest question.
  if v_caller is distinct from p_user_id and not private.is_backend() and not private.is_admin() then
    perform private.refuse('Create videos for your own account.');
  end if;
  if v_caller is null and not private.is_backend() then
    perform private.refuse();
  end if;
  if p_user_id is null then
    perform private.invalid_input('p_user_id', 'must not be NULL');
  end if;
  if p_idempotency_key is not null then
    perform private.check_idempotency_key(p_idempotency_key);
  end if;

  v_account := private.lock_account(p_user_id);
  if v_caller is distinct from p_user_id then
    perform private.lock_admin_role('Create videos for your own account.');
  end if;

  if p_idempotency_key is not null then
    v_request := jsonb_build_array(p_prompt, p_video_type, p_image_url, p_duration_seconds, p_resolution, p_quality);
    v_answer := private.replay(p_user_id, 'create_video_generation', p_idempotency_key, v_request);
    if v_answer is not null then
      return v_answer;
    end if;
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
  if v_caller is distinct from p_user_id and not private.is_backend() then
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
  if p_idempotency_key is not null then
    perform private.remember(p_user_id, 'create_video_generation', p_idempotency_key, v_request, v_answer);
  end if;
  return v_answer;
end
$$;
