import { readFile } from 'node:fs/promises';
import { createClient, type SupabaseClient, type WebSocketLikeConstructor } from '@supabase/supabase-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import ws from 'ws';
import { startTestServer, testKeys, type TestServer } from './testing/test-server.ts';

// The examples of the quick reference, as they stand there, with supabase-js against the local Supabase.
let server: TestServer;
let examples: string[];
beforeAll(async () => {
  server = await startTestServer();
  const page = await readFile(new URL('../../../docs/database-enhancements-quickref.md', import.meta.url), 'utf8');
  examples = [...page.matchAll(/^```typescript\n([\s\S]*?)^```$/gm)].map(([, code]) => code!);
});
afterAll(() => server.close());

/** Runs the example that holds `marker` and answers the named variables of it. */
async function runExample(
  marker: string,
  scope: Record<string, unknown>,
  answers: string[],
): Promise<Record<string, unknown>> {
  const found = examples.filter((code) => code.includes(marker));
  expect(found, marker).toHaveLength(1);
  const code = found[0]!.replaceAll('{ ... }', 'request');
  // Only what the page in this repository says is run; its examples are plain JavaScript.
  const AsyncFunction = (async () => undefined).constructor as FunctionConstructor;
  const run = AsyncFunction(...Object.keys(scope), `${code}\nreturn { ${answers.join(', ')} };`);
  return (await run(...Object.values(scope))) as Record<string, unknown>;
}

function connect(key: string): SupabaseClient {
  return createClient(server.url, key, {
    realtime: { transport: ws as unknown as WebSocketLikeConstructor },
    auth: { persistSession: false, autoRefreshToken: false },
  });
}

const backend = () => connect(testKeys.secretKey);

async function signUp(options: { role?: 'admin' | 'analyst'; credits?: number } = {}) {
  const person = await server.signUp(options.role);
  const supabase = connect(testKeys.publishableKey);
  await supabase.auth.signInWithPassword(person);
  if (options.credits !== undefined) {
    const { error } = await backend().rpc('adjust_credits', {
      p_user_id: person.id,
      p_amount: options.credits,
      p_reason_code: 'purchase',
    });
    expect(error).toBeNull();
  }
  return { supabase, userId: person.id };
}

const create = `'A beautiful sunset'`;
const creditInfoExample = `const { data, error } = await supabase.rpc('get_credit_info'`;
const active = '// RLS automatically filters deleted_at IS NULL';
const deletedRows = `.not('deleted_at', 'is', null)`;

describe('the examples of the quick reference', () => {
  test('create, delete, list, restore and ask for the balance, as the owner', async () => {
    const { supabase, userId } = await signUp({ credits: 100 });
    const created = await runExample(create, { supabase, userId }, ['data', 'error']);
    expect(created).toMatchObject({ error: null, data: { success: true, credits_used: 15, credits_remaining: 85 } });
    const { video_id: videoId } = created['data'] as { video_id: string };

    expect(await runExample(`'soft_delete_video'`, { supabase, videoId }, ['data', 'error'])).toEqual({
      data: true,
      error: null,
    });
    expect(await runExample(active, { supabase }, ['videos'])).toEqual({ videos: [] });
    expect(await runExample(deletedRows, { supabase }, ['deletedVideos'])).toEqual({ deletedVideos: [] });
    expect(await runExample(`'list_deleted_videos'`, { supabase }, ['deletedVideos'])).toMatchObject({
      deletedVideos: [{ id: videoId }],
    });
    expect(await runExample(`'restore_video'`, { supabase, videoId }, ['data', 'error'])).toEqual({
      data: true,
      error: null,
    });
    expect(await runExample(active, { supabase }, ['videos'])).toMatchObject({ videos: [{ id: videoId }] });
    expect(await runExample(creditInfoExample, { supabase, userId }, ['data'])).toEqual({
      data: { credits: 85, total_videos: 1, videos_pending: 1, videos_processing: 0 },
    });
  });

  test('a balance that is too small is found before the generation, and refused by it', async () => {
    const { supabase, userId } = await signUp({ credits: 10 });
    const check = runExample('creditInfo.credits < requiredCredits', { supabase, userId, requiredCredits: 15 }, []);
    await expect(check).rejects.toThrow('Insufficient credits. You have 10 credits, but need 15 credits.');
    expect(await runExample(create, { supabase, userId }, ['data', 'error'])).toMatchObject({
      data: null,
      error: { code: 'PT402', message: 'Insufficient credits. You have 10 credits, but need 15 credits.' },
    });
  });

  test('the old name still answers a bare id, the new one the balance too', async () => {
    const { supabase, userId } = await signUp({ credits: 100 });
    const request = {
      p_user_id: userId,
      p_prompt: 'An old tram',
      p_video_type: 'text_to_video',
      p_image_url: null,
      p_duration_seconds: 5,
      p_resolution: '1920x1080',
      p_quality: 'high',
    };
    // Both ways stand in one block and name the same variable; each half is run by itself.
    const block = examples.find((code) => code.includes('// OLD WAY'))!;
    const [oldWay, newWay] = block.split('// NEW WAY (enhanced)');
    examples.push(oldWay!.replace('OLD WAY', 'before'), newWay!.replaceAll('videoId', 'newVideoId'));
    const before = await runExample('// before', { supabase, request }, ['videoId']);
    expect(before).toEqual({ videoId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    const after = await runExample('newVideoId', { supabase, request }, ['newVideoId', 'creditsRemaining']);
    expect(after).toEqual({ newVideoId: expect.stringMatching(/^[0-9a-f-]{36}$/), creditsRemaining: 70 });
  });

  test('a failed generation is refunded for an admin, refused to its owner and to an analyst', async () => {
    const { supabase, userId } = await signUp({ credits: 100 });
    const { data } = await runExample(create, { supabase, userId }, ['data']);
    const { video_id: videoId } = data as { video_id: string };
    await backend().rpc('start_video_generation', { p_video_id: videoId });
    await backend().rpc('complete_video_generation', { p_video_id: videoId, p_video_url: 'https://cdn.example/v.mp4' });
    const refund = (who: SupabaseClient) =>
      runExample(`'refund_video_credits'`, { supabase: who, videoId }, ['data', 'error']);

    expect(await refund(supabase)).toMatchObject({ data: null, error: { code: 'PT403' } });
    expect(await refund((await signUp({ role: 'analyst' })).supabase)).toMatchObject({ error: { code: 'PT403' } });
    const { supabase: admin } = await signUp({ role: 'admin' });
    expect(await refund(admin)).toMatchObject({
      error: null,
      data: { success: true, credits_refunded: 15, message: 'Credits refunded successfully' },
    });
    expect(await refund(admin)).toMatchObject({ data: null, error: { code: 'PT409' } });
  });

  test('somebody else sees and moves nothing, nobody signed in even less; the back end sees deleted rows', async () => {
    const { supabase, userId } = await signUp({ credits: 100 });
    const { data } = await runExample(create, { supabase, userId }, ['data']);
    const { video_id: videoId } = data as { video_id: string };
    const other = (await signUp({ credits: 100 })).supabase;
    expect(await runExample(active, { supabase: other }, ['videos'])).toEqual({ videos: [] });
    expect(await runExample(create, { supabase: other, userId }, ['data', 'error'])).toMatchObject({
      data: null,
      error: { code: 'PT403' },
    });
    expect(await runExample(`'soft_delete_video'`, { supabase: other, videoId }, ['error'])).toMatchObject({
      error: { code: 'PT404' },
    });
    expect(await runExample(creditInfoExample, { supabase: other, userId }, ['error'])).toMatchObject({
      error: { code: 'PT403' },
    });
    const nobody = connect(testKeys.publishableKey);
    expect(await runExample(active, { supabase: nobody }, ['videos'])).toEqual({ videos: null });
    expect(await runExample(creditInfoExample, { supabase: nobody, userId }, ['data', 'error'])).toMatchObject({
      data: null,
      error: { code: '42501' },
    });
    await supabase.rpc('soft_delete_video', { p_video_id: videoId });
    const { deletedVideos } = await runExample(deletedRows, { supabase: backend() }, ['deletedVideos']);
    expect((deletedVideos as { id: string }[]).map(({ id }) => id)).toContain(videoId);
  });
});
