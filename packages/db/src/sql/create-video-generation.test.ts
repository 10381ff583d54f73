import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import {
  call,
  createScene,
  creditsOf,
  expectBooksBalance,
  expectOnly,
  expectRefused,
  forbidden,
  invalid,
  lastAudit,
  snapshot,
  videoRequest,
  type Json,
} from './scene.ts';

const scene = await createScene();
const { database, callers, ids } = scene;
afterAll(database.drop);

const create = (args: Json = {}, caller = callers.owner) =>
  call(caller, 'create_video_generation', { p_user_id: ids.owner, ...videoRequest, ...args });

test('five seconds of 1920x1080 in high quality cost 15 credits, and 100 become 85', async () => {
  const { id } = await database.createAccount({ credits: 100 });
  const answer = await create({ p_user_id: id }, database.asUser(id));
  expect(answer).toEqual({
    success: true,
    video_id: expect.any(String),
    transaction_id: expect.any(String),
    credits_used: 15,
    credits_remaining: 85,
    message: 'Video generation started successfully',
  });
  const [video] = await database.asOwner.query('select * from videos where id = $1', [answer['video_id']]);
  expect(video).toMatchObject({
    user_id: id,
    prompt: 'A beautiful sunset',
    video_type: 'text_to_video',
    image_url: null,
    duration_seconds: 5,
    resolution: '1920x1080',
    quality: 'high',
    status: 'pending',
    credits_used: 15,
    deleted_at: null,
  });
  const [entry] = await database.asOwner.query('select * from credit_transactions where id = $1', [
    answer['transaction_id'],
  ]);
  expect(entry).toMatchObject({
    user_id: id,
    entry_no: 2,
    amount: -15,
    balance_after: 85,
    type: 'charge',
    video_id: answer['video_id'],
    actor_id: id,
  });
});

test('the owner, an admin and the back end may create, and nobody else', async () => {
  await expectOnly(scene, ['owner', 'admin', 'backend', 'operator'], (caller) => create({}, caller));
});

test('nobody gains by lying about p_user_id', async () => {
  for (const userId of [ids.other, ids.admin, randomUUID(), null]) {
    await expectRefused(scene, () => create({ p_user_id: userId }), forbidden);
  }
  await expectRefused(scene, () => create({ p_user_id: null }, callers.backend), invalid('p_user_id'));
  await expectRefused(scene, () => create({ p_user_id: randomUUID() }, callers.backend), {
    sqlstate: 'PT404',
    code: 'account_not_found',
    message: 'There is no such account.',
  });
});

test('an admin who creates for an account leaves an audit row; the owner does not', async () => {
  const before = await creditsOf(scene, ids.owner);
  const { video_id, transaction_id } = await create({}, callers.admin);
  expect(await lastAudit(scene, String(video_id))).toMatchObject({
    actor_id: ids.admin,
    actor_role: 'admin',
    action: 'create_video_generation',
    user_id: ids.owner,
    transaction_id,
    amount: -15,
    before: { credits: before },
    after: { credits: before - 15 },
  });
  const own = await create();
  expect(await lastAudit(scene, String(own['video_id']))).toEqual({});
});

test('who has too little reads how much is there and how much is needed, and keeps it', async () => {
  const { id } = await database.createAccount({ credits: 10 });
  await expectRefused(scene, () => create({ p_user_id: id }, database.asUser(id)), {
    sqlstate: 'PT402',
    code: 'insufficient_credits',
    message: 'Insufficient credits. You have 10 credits, but need 15 credits.',
    details: { credits: 10, required: 15 },
  });
});

test('the last credit can be spent, and none below', async () => {
  const { id } = await database.createAccount({ credits: 15 });
  expect(await create({ p_user_id: id }, database.asUser(id))).toMatchObject({ credits_remaining: 0 });
  await expectRefused(scene, () => create({ p_user_id: id }, database.asUser(id)), {
    sqlstate: 'PT402',
    code: 'insufficient_credits',
    details: { credits: 0, required: 15 },
  });
});

test('prices come from the table, and what has none is refused, never guessed', async () => {
  const ofPrice = async () => (await create({ p_resolution: '640x360', p_quality: 'draft' }))['credits_used'];
  await expectRefused(scene, ofPrice, invalid('p_resolution', 'p_resolution is not offered.'));
  await database.asOwner.query(`insert into credit_prices values ('640x360', 'draft', 7)`);
  expect(await ofPrice()).toBe(35);
  await database.asOwner.query(`update credit_prices set credits_per_second = 8 where resolution = '640x360'`);
  expect(await ofPrice()).toBe(40);
});

describe('refuses by name and moves nothing for', () => {
  const image = 'https://reeldesk.example/a.jpg';
  const cases: [string, string, Json][] = [
    ['p_duration_seconds', 'zero seconds', { p_duration_seconds: 0 }],
    ['p_duration_seconds', 'negative seconds', { p_duration_seconds: -5 }],
    ['p_duration_seconds', 'no seconds', { p_duration_seconds: null }],
    ['p_duration_seconds', 'more than 300 seconds', { p_duration_seconds: 301 }],
    ['p_duration_seconds', 'the largest integer', { p_duration_seconds: 2147483647 }],
    ['p_video_type', 'an unknown type', { p_video_type: 'audio_to_video' }],
    ['p_video_type', 'no type', { p_video_type: null }],
    ['p_resolution', 'an unknown resolution', { p_resolution: '1x1' }],
    ['p_resolution', 'no resolution', { p_resolution: null }],
    ['p_quality', 'an unknown quality', { p_quality: 'ultra' }],
    ['p_quality', 'no quality', { p_quality: null }],
    ['p_quality', 'a quality in capitals', { p_quality: 'HIGH' }],
    ['p_prompt', 'no prompt', { p_prompt: null }],
    ['p_prompt', 'more than 4000 characters', { p_prompt: 'x'.repeat(4001) }],
    ['p_image_url', 'text_to_video with an image', { p_image_url: image }],
    ['p_image_url', 'text_to_video with an empty image', { p_image_url: '' }],
    [
      'p_image_url',
      'an address of over 2000 characters',
      { p_video_type: 'image_to_video', p_image_url: image + 'x'.repeat(2000) },
    ],
    ['p_idempotency_key', 'an empty key', { p_idempotency_key: '' }],
    ['p_idempotency_key', 'a key of blanks', { p_idempotency_key: ' \t\u00a0' }],
    ['p_idempotency_key', 'a key of 201 characters', { p_idempotency_key: 'k'.repeat(201) }],
  ];
  test.each(cases)('%s: %s', async (field, _what, args) => {
    await expectRefused(scene, () => create(args), invalid(field));
  });

  const blanks = [
    '',
    '   ',
    '\t\r\n\v\f',
    '\u00a0',
    '\u200b',
    '\u200b \u200d',
    '\ufeff',
    '\u3000',
    '\u2028',
    '\u2800',
    '\u3164',
    '\u00ad',
    '\u202e',
    '\u0001',
    '\u0085',
  ];
  test.each(blanks)('p_prompt: the blank prompt %j', async (prompt) => {
    await expectRefused(scene, () => create({ p_prompt: prompt }), invalid('p_prompt', 'p_prompt must not be empty.'));
  });

  const addresses = [
    null,
    '',
    'a.jpg',
    'ftp://reeldesk.example/a',
    'javascript:alert(1)',
    'http://',
    'https:///a',
    ' https://reeldesk.example',
    'https://reeldesk.example/a b',
    'https://a\nhttps://b',
    'data:image/png;base64,AA',
    'https://reeldesk.example/"><script>',
    'https://\u00a0/',
  ];
  test.each(addresses)('p_image_url: image_to_video with %j', async (address) => {
    await expectRefused(
      scene,
      () => create({ p_video_type: 'image_to_video', p_image_url: address }),
      invalid('p_image_url'),
    );
  });
});

test('what lies just within the limits is taken', async () => {
  const taken: Json[] = [
    { p_prompt: '🎬'.repeat(4000) },
    { p_prompt: '\u200bא' },
    { p_duration_seconds: 1 },
    { p_duration_seconds: 300, p_quality: 'draft' },
    { p_video_type: 'image_to_video', p_image_url: 'HTTP://reeldesk.example:8080/ü/a.jpg?w=1&h=2#x' },
    { p_video_type: 'image_to_video', p_image_url: 'https://x' },
    { p_idempotency_key: 'k'.repeat(200) },
  ];
  await call(callers.backend, 'adjust_credits', { p_user_id: ids.owner, p_amount: 1000, p_reason_code: 'purchase' });
  for (const args of taken) {
    expect(await create(args)).toMatchObject({ success: true });
  }
});

test('a closed account makes no more videos', async () => {
  const { id } = await database.createAccount({ credits: 100 });
  await database.asOwner.query('delete from auth.users where id = $1', [id]);
  for (const caller of [callers.backend, database.asUser(id)]) {
    await expectRefused(scene, () => create({ p_user_id: id }, caller), { sqlstate: 'PT409', code: 'account_closed' });
  }
});

test('a charge that is rolled back leaves neither video nor ledger row', async () => {
  const before = await snapshot(database);
  const transaction = await database.asUser(ids.owner).begin();
  await call(transaction, 'create_video_generation', { p_user_id: ids.owner, ...videoRequest });
  await transaction.rollback();
  expect(await snapshot(database)).toBe(before);
  await expectBooksBalance(scene);
});
