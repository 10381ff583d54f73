import { randomUUID } from 'node:crypto';
import { createClient, type SupabaseClient, type WebSocketLikeConstructor } from '@supabase/supabase-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import ws from 'ws';
import { startTestServer, testKeys, type Person, type TestServer } from './testing/test-server.ts';

let server: TestServer;
let backend: SupabaseClient;
beforeAll(async () => {
  server = await startTestServer();
  backend = connect(testKeys.secretKey);
});
afterAll(() => server.close());

function connect(key: string): SupabaseClient {
  // Node 20 has no WebSocket of its own.
  const transport = ws as unknown as WebSocketLikeConstructor;
  return createClient(server.url, key, {
    realtime: { transport },
    auth: { persistSession: false, autoRefreshToken: false },
  });
}

async function signedIn(person: Person): Promise<SupabaseClient> {
  const client = connect(testKeys.publishableKey);
  const { error } = await client.auth.signInWithPassword(person);
  expect(error).toBeNull();
  return client;
}

async function customer(credits: number): Promise<{ supabase: SupabaseClient; userId: string }> {
  const person = await server.signUp();
  const { error } = await backend.rpc('adjust_credits', {
    p_user_id: person.id,
    p_amount: credits,
    p_reason_code: 'purchase',
  });
  expect(error).toBeNull();
  return { supabase: await signedIn(person), userId: person.id };
}

const sunset = (userId: string) => ({
  p_user_id: userId,
  p_prompt: 'A beautiful sunset',
  p_video_type: 'text_to_video',
  p_image_url: null,
  p_duration_seconds: 5,
  p_resolution: '1920x1080',
  p_quality: 'high',
});

describe('supabase-js against the local Supabase', () => {
  test('five seconds in 1920x1080 and high quality cost 15 of 100 credits', async () => {
    const { supabase, userId } = await customer(100);
    const { data, error } = await supabase.rpc('create_video_generation', {
      p_user_id: userId,
      p_prompt: 'A beautiful sunset',
      p_video_type: 'text_to_video',
      p_image_url: null,
      p_duration_seconds: 5,
      p_resolution: '1920x1080',
      p_quality: 'high',
    });
    expect(error).toBeNull();
    expect(data).toEqual({
      success: true,
      video_id: expect.any(String),
      transaction_id: expect.any(String),
      credits_used: 15,
      credits_remaining: 85,
      message: 'Video generation started successfully',
    });
    const { data: creditInfo } = await supabase.rpc('get_credit_info', { p_user_id: userId });
    expect(creditInfo).toEqual({ credits: 85, total_videos: 1, videos_pending: 1, videos_processing: 0 });
  });

  test('a deleted video is gone for its owner, listed for him by name, and comes back', async () => {
    const { supabase, userId } = await customer(100);
    const { data: created } = await supabase.rpc('create_video_generation', sunset(userId));
    const videoId = created.video_id as string;
    expect((await supabase.rpc('soft_delete_video', { p_video_id: videoId })).data).toBe(true);
    const active = () => supabase.from('videos').select('*').order('created_at', { ascending: false });
    const deleted = (who: SupabaseClient) =>
      who.from('videos').select('*').not('deleted_at', 'is', null).order('deleted_at', { ascending: false });
    expect((await active()).data).toEqual([]);
    expect((await deleted(supabase)).data).toEqual([]);
    expect((await deleted(backend)).data).toMatchObject([{ id: videoId }]);
    expect((await supabase.rpc('list_deleted_videos')).data).toMatchObject([{ id: videoId }]);
    expect((await supabase.rpc('restore_video', { p_video_id: videoId })).data).toBe(true);
    expect((await active()).data).toMatchObject([{ id: videoId }]);
  });

  test('a failed generation is refunded by an admin, not by an analyst, with the admin in the audit log', async () => {
    const { userId } = await customer(100);
    const person = await server.signUp('admin');
    const admin = await signedIn(person);
    const analyst = await signedIn(await server.signUp('analyst'));
    const { data: created } = await backend.rpc('create_video_generation', sunset(userId));
    await backend.rpc('start_video_generation', { p_video_id: created.video_id });
    await backend.rpc('complete_video_generation', {
      p_video_id: created.video_id,
      p_video_url: 'https://cdn.reeldesk.example/v.mp4',
    });
    const refund = (who: SupabaseClient) =>
      who.rpc('refund_video_credits', { p_video_id: created.video_id, p_reason: 'API timeout' });
    expect(await refund(analyst)).toMatchObject({ status: 403, error: { code: 'PT403' } });
    const { data } = await refund(admin);
    expect(data).toEqual({
      success: true,
      video_id: created.video_id,
      transaction_id: expect.any(String),
      credits_refunded: 15,
      message: 'Credits refunded successfully',
    });
    const { rows } = await server.owner.query(
      'select actor_id, actor_role, request_id is not null as has_request from audit_log where transaction_id = $1',
      [data.transaction_id],
    );
    expect(rows).toEqual([{ actor_id: person.id, actor_role: 'admin', has_request: true }]);
  });

  test('each refusal has its HTTP status, sentence and figures', async () => {
    const { supabase, userId } = await customer(10);
    const { supabase: other } = await customer(1);
    expect(await supabase.rpc('create_video_generation', sunset(userId))).toMatchObject({
      status: 402,
      error: {
        code: 'PT402',
        message: 'Insufficient credits. You have 10 credits, but need 15 credits.',
        details: expect.stringContaining('"insufficient_credits"'),
      },
    });
    expect(await other.rpc('create_video_generation', sunset(userId))).toMatchObject({
      status: 403,
      error: { code: 'PT403' },
    });
    expect(await supabase.rpc('soft_delete_video', { p_video_id: randomUUID() })).toMatchObject({
      status: 404,
      error: { code: 'PT404' },
    });
    expect(await supabase.rpc('create_video_generation', { ...sunset(userId), p_prompt: ' ' })).toMatchObject({
      status: 400,
      error: { code: 'PT400', details: expect.stringContaining('"p_prompt"') },
    });
    await backend.rpc('adjust_credits', { p_user_id: userId, p_amount: 5, p_reason_code: 'goodwill' });
    const { data: created } = await supabase.rpc('create_video_generation', sunset(userId));
    await supabase.rpc('soft_delete_video', { p_video_id: created.video_id });
    expect(await supabase.rpc('soft_delete_video', { p_video_id: created.video_id })).toMatchObject({
      status: 409,
      error: { code: 'PT409' },
    });
  });

  test('nobody gains a right by it: no table is written, no function called without a sign-in, no key works as another', async () => {
    const { supabase, userId } = await customer(10);
    expect(await supabase.from('profiles').update({ credits: 1000 }).eq('id', userId)).toMatchObject({ status: 403 });
    expect(await supabase.from('videos').insert({ user_id: userId })).toMatchObject({ status: 403 });
    const anon = connect(testKeys.publishableKey);
    expect(await anon.from('videos').select('*')).toMatchObject({ status: 401 });
    expect(await anon.rpc('get_credit_info', { p_user_id: userId })).toMatchObject({ status: 401 });
    expect(await connect('sb_publishable_another').from('videos').select('*')).toMatchObject({ status: 401 });
    for (const schema of ['auth', 'reeldesk', 'private', 'desk']) {
      const { status, data } = await backend
        .schema(schema)
        .from(schema === 'auth' ? 'users' : 'sessions')
        .select('*');
      expect([status >= 400, data]).toEqual([true, null]);
    }
  });

  test('its own grants stay away: what the migrations revoked is still revoked', async () => {
    await connect(testKeys.publishableKey).from('videos').select('*');
    const { rows } = await server.owner.query(`
      select c.relname, r.rolname, p.privilege from pg_class c
      cross join (values ('anon'), ('authenticated')) as r (rolname)
      cross join (values ('insert'), ('update'), ('delete'), ('truncate')) as p (privilege)
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and has_table_privilege(r.rolname, c.oid, p.privilege)`);
    expect(rows).toEqual([]);
  });

  test('its access token works as Bearer token of our API', async () => {
    const person = await server.signUp('analyst');
    const { data } = await connect(testKeys.publishableKey).auth.signInWithPassword(person);
    const response = await server.whoAmI({ authorization: `Bearer ${data.session?.access_token}` });
    expect(response.json()).toMatchObject({ result: { data: { userId: person.id, role: 'analyst' } } });
    const asBackend = await server.whoAmI({ authorization: `Bearer ${testKeys.secretKey}` });
    expect(asBackend.json()).toMatchObject({ result: { data: { kind: 'backend' } } });
  });

  test('programs on other machines are refused', async () => {
    const response = await server.app.inject({
      url: '/rest/v1/videos',
      headers: { apikey: testKeys.secretKey },
      remoteAddress: '192.0.2.1',
    });
    expect(response.statusCode).toBe(403);
    expect(response.json()).toMatchObject({ error: { data: { reason: 'forbidden' } } });
  });
});
