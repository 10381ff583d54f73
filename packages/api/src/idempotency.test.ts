import { randomUUID } from 'node:crypto';
import { createTestDatabase } from '@reeldesk/db/testing/test-database';
import { makeVideo, request } from '@reeldesk/db/testing/fixtures';
import { afterAll, describe, expect, test } from 'vitest';
import { definitions } from './definitions.ts';
import { callApi, type Answer } from './testing/call-api.ts';

const database = await createTestDatabase();
const { db } = database;
afterAll(database.drop);
const admin = await database.createAccount({ role: 'admin' });
const owner = await database.createAccount({ credits: 1000 });

const inputs: Record<string, () => Promise<object>> = {
  'credits.adjustCredits': async () => ({ userId: owner.id, amount: 5, reasonCode: 'goodwill' }),
  'refunds.refundVideoCredits': async () => ({ videoId: await makeVideo(db, owner.id), amount: 5, reason: 'Flicker' }),
  'refunds.refundManyVideoCredits': async () => ({
    items: [
      { videoId: await makeVideo(db, owner.id), amount: 5, reason: 'Flicker' },
      { videoId: await makeVideo(db, owner.id), amount: 5, reason: 'Flicker' },
    ],
  }),
  'videos.createVideoGeneration': async () => ({ userId: owner.id, ...request }),
};

const replayed = (answer: Answer) => answer.headers.get('idempotent-replayed');
const balance = async () =>
  (await database.asOwner.query<{ credits: number }>('select credits from profiles where id = $1', [owner.id]))[0]!
    .credits;

test('what takes a key is tried here', () => {
  const paths = definitions.filter(({ meta }) => meta?.takesIdempotencyKey).map(({ path }) => path);
  expect(Object.keys(inputs).toSorted()).toEqual(paths.toSorted());
});

describe.each(Object.entries(inputs))('%s', (path, makeInput) => {
  test('answers a repeated key with the first answer, and says so', async () => {
    const [input, key] = [await makeInput(), randomUUID()];
    const first = await callApi(db, admin.actor, path, input, key);
    expect([first.status, replayed(first)]).toEqual([200, null]);
    const after = await balance();
    const second = await callApi(db, admin.actor, path, input, key);
    expect([second.status, replayed(second)]).toEqual([200, 'true']);
    const asFirst = JSON.stringify(second.data).replaceAll('"isReplayed":true', '"isReplayed":false');
    expect(JSON.parse(asFirst)).toEqual(first.data);
    expect(await balance()).toBe(after);
  });

  test('refuses a blank key and one that is too long', async () => {
    for (const key of [' ', 'k'.repeat(201)]) {
      const answer = await callApi(db, admin.actor, path, await makeInput(), key);
      expect(answer).toMatchObject({ status: 400, reason: 'invalid_input', details: { field: 'idempotencyKey' } });
    }
  });
});

describe('a key', () => {
  const path = 'credits.adjustCredits';
  const input = { userId: owner.id, amount: 5, reasonCode: 'goodwill' };

  test('is the same as header and as field', async () => {
    await callApi(db, admin.actor, path, { ...input, idempotencyKey: 'one' });
    expect(replayed(await callApi(db, admin.actor, path, input, 'one'))).toBe('true');
    expect(replayed(await callApi(db, admin.actor, path, { ...input, idempotencyKey: 'one' }, 'one'))).toBe('true');
  });

  test('that differs between header and field is refused, and nothing happens', async () => {
    const before = await balance();
    expect(await callApi(db, admin.actor, path, { ...input, idempotencyKey: 'two' }, 'three')).toMatchObject({
      status: 400,
      reason: 'invalid_input',
      details: { field: 'idempotencyKey' },
    });
    expect(await balance()).toBe(before);
  });

  test('of a refused call may be used again once the call is right', async () => {
    const wrong = await callApi(db, admin.actor, path, { ...input, amount: -1_000_000 }, 'four');
    expect(wrong.reason).toBe('insufficient_credits');
    const right = await callApi(db, admin.actor, path, input, 'four');
    expect([right.status, replayed(right)]).toEqual([200, null]);
  });
});

test('a refund of many of which only some were made before does not call itself a replay', async () => {
  const [one, other] = [await makeVideo(db, owner.id), await makeVideo(db, owner.id)];
  const row = (videoId: string) => ({ videoId, reason: 'Flicker', amount: 3 });
  const path = 'refunds.refundManyVideoCredits';
  await callApi(db, admin.actor, path, { items: [row(one)] }, 'many');
  const both = await callApi(db, admin.actor, path, { items: [row(one), row(other)] }, 'many');
  expect(replayed(both)).toBeNull();
  expect(both.data).toMatchObject({ items: [{ isReplayed: true }, { isReplayed: false }], refunded: 2 });
});
