import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import {
  call,
  callRows,
  createScene,
  creditsOf,
  expectBooksBalance,
  expectOnly,
  expectRefused,
  invalid,
  lastAudit,
  type Json,
} from './scene.ts';

const scene = await createScene();
const { database, callers, ids } = scene;
afterAll(database.drop);

const adjust = (amount: number | null, args: Json = {}, caller = callers.admin) =>
  call(caller, 'adjust_credits', { p_user_id: ids.owner, p_amount: amount, p_reason_code: 'goodwill', ...args });

test('adds and takes credits by a signed amount, and answers the new balance', async () => {
  const { id } = await database.createAccount({ credits: 100 });
  expect(await adjust(50, { p_user_id: id })).toEqual({
    success: true,
    user_id: id,
    transaction_id: expect.any(String),
    amount: 50,
    credits_remaining: 150,
    message: 'Credits adjusted successfully',
  });
  expect(await adjust(-150, { p_user_id: id })).toMatchObject({ amount: -150, credits_remaining: 0 });
  expect(await creditsOf(scene, id)).toBe(0);
  await expectBooksBalance(scene);
});

test('an admin and the back end adjust, and nobody else', async () => {
  await expectOnly(scene, ['admin', 'backend', 'operator'], (caller) => adjust(1, {}, caller));
});

test('nobody adjusts his own credits, up or down', async () => {
  for (const amount of [1, -1]) {
    await expectRefused(scene, () => adjust(amount, { p_user_id: ids.admin }), {
      sqlstate: 'PT403',
      code: 'own_account',
      message: 'Nobody adjusts his own credits.',
    });
  }
});

test('an adjustment is audited with code, note, amount and both balances', async () => {
  const before = await creditsOf(scene, ids.owner);
  const { transaction_id } = await adjust(7, { p_reason_code: 'correction', p_note: 'Booked one short' });
  expect(await lastAudit(scene, ids.owner)).toMatchObject({
    actor_id: ids.admin,
    actor_role: 'admin',
    action: 'adjust_credits',
    target_type: 'account',
    user_id: ids.owner,
    transaction_id,
    reason: 'correction',
    note: 'Booked one short',
    amount: 7,
    before: { credits: before },
    after: { credits: before + 7 },
  });
});

test('the note is for admins and the back end: owner and analyst see code and amount', async () => {
  await adjust(3, { p_note: 'Threatened to sue' });
  const noteFor = async (caller = callers.owner) =>
    (await callRows(caller, 'credit_statement', { p_user_id: ids.owner, p_limit: 1 }))[0];
  expect(await noteFor(callers.owner)).toMatchObject({ amount: 3, reason: 'goodwill', note: null });
  expect(await noteFor(callers.analyst)).toMatchObject({ amount: 3, reason: 'goodwill', note: null });
  expect(await noteFor(callers.admin)).toMatchObject({ note: 'Threatened to sue' });
  expect(await noteFor(callers.backend)).toMatchObject({ note: 'Threatened to sue' });
  const [row] = await callers.owner.query(
    'select t::text as seen from credit_transactions t order by entry_no desc limit 1',
  );
  expect(row!['seen']).not.toContain('sue');
});

test('more than is there is not taken', async () => {
  const { id } = await database.createAccount({ credits: 10 });
  await expectRefused(scene, () => adjust(-11, { p_user_id: id }), {
    sqlstate: 'PT402',
    code: 'insufficient_credits',
    message: 'Insufficient credits. The account has 10 credits, but 11 credits would be taken.',
    details: { credits: 10, required: 11 },
  });
  await expectRefused(scene, () => adjust(-2147483648, { p_user_id: id }), {
    sqlstate: 'PT402',
    code: 'insufficient_credits',
    details: { required: 2147483648 },
  });
});

test.each(['purchase', 'promotion', 'goodwill', 'correction', 'fraud'])(
  'the code %s becomes the reason in the ledger',
  async (code) => {
    const { transaction_id } = await adjust(1, { p_reason_code: code });
    const entries = await database.asOwner.query(
      'select type, reason, video_id from credit_transactions where id = $1',
      [transaction_id],
    );
    expect(entries).toEqual([{ type: 'adjustment', reason: code, video_id: null }]);
  },
);

describe('refuses by name and moves nothing for', () => {
  const cases: [string, string, Json][] = [
    ['p_amount', 'no amount', { p_amount: null }],
    ['p_amount', 'zero', { p_amount: 0 }],
    ['p_amount', 'a balance beyond what it can hold', { p_amount: 2147483647 }],
    ['p_reason_code', 'no code', { p_reason_code: null }],
    ['p_reason_code', 'an unknown code', { p_reason_code: 'because' }],
    ['p_reason_code', 'a code of the ledger', { p_reason_code: 'refund' }],
    ['p_note', 'a note of 1001 characters', { p_note: 'x'.repeat(1001) }],
    ['p_user_id', 'no account', { p_user_id: null }],
    ['p_idempotency_key', 'an empty key', { p_idempotency_key: '' }],
    ['p_idempotency_key', 'a key of 201 characters', { p_idempotency_key: 'k'.repeat(201) }],
  ];
  test.each(cases)('%s: %s', async (field, _what, args) => {
    await expectRefused(scene, () => adjust(1, args), invalid(field));
  });

  test('an account that is not there', async () => {
    await expectRefused(scene, () => adjust(1, { p_user_id: randomUUID() }), {
      sqlstate: 'PT404',
      code: 'account_not_found',
      message: 'There is no such account.',
    });
  });
});
