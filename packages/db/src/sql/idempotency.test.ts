import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  call,
  createScene,
  expectBooksBalance,
  expectRefused,
  forbidden,
  makeVideo,
  snapshot,
  videoRequest,
  type Json,
  type Refusal,
} from './scene.ts';

const scene = await createScene();
const { database, callers, ids } = scene;
afterAll(database.drop);

const keyReused: Refusal = {
  sqlstate: 'PT409',
  code: 'idempotency_key_reused',
  message: 'This idempotency key was used before, with other arguments.',
};
let videos: { owner: string[]; other: string };
beforeAll(async () => {
  const own = [await makeVideo(scene, ids.owner), await makeVideo(scene, ids.owner)];
  videos = { owner: own, other: await makeVideo(scene, ids.other) };
});

interface Operation {
  name: string;
  caller: 'owner' | 'admin';
  args: () => Json;
  /** The same call for the other account. */
  forOther: () => Json;
  /** One change for each argument. */
  changes: () => Json[];
  /** Arguments with which it is refused. */
  refused: Json;
}

const operations: Operation[] = [
  {
    name: 'create_video_generation',
    caller: 'owner',
    args: () => ({ p_user_id: ids.owner, ...videoRequest }),
    forOther: () => ({ p_user_id: ids.other, ...videoRequest }),
    changes: () => [
      { p_prompt: 'Another' },
      { p_video_type: 'image_to_video', p_image_url: 'https://reeldesk.example/a.jpg' },
      { p_duration_seconds: 6 },
      { p_resolution: '1280x720' },
      { p_quality: 'draft' },
      { p_duration_seconds: -1 },
    ],
    refused: { p_duration_seconds: 300, p_resolution: '3840x2160' },
  },
  {
    name: 'refund_video_credits',
    caller: 'admin',
    args: () => ({ p_video_id: videos.owner[0], p_reason: 'Flicker', p_amount: 1 }),
    forOther: () => ({ p_video_id: videos.other, p_reason: 'Flicker', p_amount: 1 }),
    changes: () => [{ p_video_id: videos.owner[1] }, { p_reason: 'Flickers' }, { p_amount: 2 }, { p_amount: null }],
    refused: { p_amount: 100 },
  },
  {
    name: 'adjust_credits',
    caller: 'admin',
    args: () => ({ p_user_id: ids.owner, p_amount: 5, p_reason_code: 'goodwill', p_note: 'Sorry' }),
    forOther: () => ({ p_user_id: ids.other, p_amount: 5, p_reason_code: 'goodwill', p_note: 'Sorry' }),
    changes: () => [{ p_amount: 6 }, { p_reason_code: 'promotion' }, { p_note: 'Very sorry' }, { p_note: null }],
    refused: { p_amount: -1_000_000 },
  },
];

describe.each(operations)('$name', ({ name, caller, args, forOther, changes, refused }) => {
  const run = (key: string | null, more: Json = {}, as = callers[caller]) =>
    call(as, name, { ...args(), p_idempotency_key: key, ...more });

  test('a repeated call gets the first answer, to the letter, and moves nothing', async () => {
    const key = randomUUID();
    const first = await run(key);
    await run(randomUUID());
    const before = await snapshot(database);
    expect(await run(key)).toEqual(first);
    expect(await run(key)).toEqual(first);
    expect(await snapshot(database)).toBe(before);
  });

  test('the same key with any other argument is refused', async () => {
    const key = randomUUID();
    await run(key);
    for (const change of changes()) {
      await expectRefused(scene, () => run(key, change), keyReused);
    }
  });

  test('without a key each call counts', async () => {
    const answers = [await run(null), await run(null)];
    expect(new Set(answers.map((answer) => answer['transaction_id'])).size).toBe(2);
  });

  test('a key belongs to its account: another account may use the same', async () => {
    const key = randomUUID();
    const first = await run(key);
    const second = await run(key, forOther(), callers[caller === 'owner' ? 'other' : caller]);
    expect(second['transaction_id']).not.toBe(first['transaction_id']);
  });

  test('a key is free again after a call that was refused or rolled back', async () => {
    const key = randomUUID();
    await expect(run(key, refused)).rejects.toThrow();
    const transaction = await (caller === 'owner' ? database.asUser(ids.owner) : database.asUser(ids.admin)).begin();
    const lost = await call(transaction, name, { ...args(), p_idempotency_key: key });
    await transaction.rollback();
    const kept = await run(key);
    expect(kept['success']).toBe(true);
    expect(kept['transaction_id']).not.toBe(lost['transaction_id']);
  });

  test('a replay needs the same right as the call: who lost his, or never had it, reads no old answer', async () => {
    const key = randomUUID();
    await run(key);
    for (const persona of ['other', 'analyst', 'demoted'] as const) {
      await expectRefused(scene, () => run(key, {}, callers[persona]), forbidden);
    }
  });

  test('the ledger row keeps the key', async () => {
    const key = randomUUID();
    const { transaction_id } = await run(key);
    const rows = await database.asOwner.query('select id from credit_transactions where idempotency_key = $1', [key]);
    expect(rows).toEqual([{ id: transaction_id }]);
  });
});

test('a key belongs to its operation: one key serves a charge, a refund and an adjustment of the same account', async () => {
  const key = randomUUID();
  for (const { name, caller, args } of operations) {
    expect(await call(callers[caller], name, { ...args(), p_idempotency_key: key }), name).toMatchObject({
      success: true,
    });
  }
  await expectBooksBalance(scene);
});

test('a replayed charge is answered from memory though price, balance and account have changed since', async () => {
  const { id } = await database.createAccount({ credits: 15 });
  const args = { p_user_id: id, ...videoRequest, p_idempotency_key: 'once' };
  const first = await call(callers.backend, 'create_video_generation', args);
  await database.asOwner.query(`update credit_prices set credits_per_second = 9 where quality = 'high'`);
  await database.asOwner.query('delete from auth.users where id = $1', [id]);
  expect(await call(callers.backend, 'create_video_generation', args)).toEqual(first);
});
