import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { callFunction, translateError, type Actor } from './actor.ts';
import { createDatabase } from './client.ts';
import { getCreditInfo } from './credits.ts';
import { catalogue, isReason, ReeldeskError } from './errors.ts';
import { anon, backend, makeVideo } from './testing/fixtures.ts';
import { createTestDatabase } from './testing/test-database.ts';
import { listVideos, softDeleteVideo } from './videos.ts';

const database = await createTestDatabase();
afterAll(database.drop);
const user: Actor = { kind: 'user', userId: '00000000-0000-4000-8000-000000000001' };

describe('a database that does not answer is unavailable', () => {
  const unavailable = {
    name: 'ReeldeskError',
    reason: 'unavailable',
    status: 503,
    hint: expect.stringContaining('Try again'),
  };

  test('when nothing listens', async () => {
    const db = createDatabase({ url: 'postgres://reeldesk_api:x@127.0.0.1:1/reeldesk' });
    await expect(getCreditInfo(db, backend, { userId: user.userId })).rejects.toMatchObject(unavailable);
    await expect(listVideos(db, backend, { limit: 1 })).rejects.toMatchObject(unavailable);
    await db.$disconnect();
  });

  test('when something listens that never answers', async () => {
    const mute = createServer().listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const { port } = mute.address() as { port: number };
    const db = createDatabase({
      url: `postgres://reeldesk_api:x@127.0.0.1:${port}/reeldesk`,
      connectionTimeoutMs: 200,
    });
    await expect(getCreditInfo(db, backend, { userId: user.userId })).rejects.toMatchObject(unavailable);
    await expect(listVideos(db, backend, { limit: 1 })).rejects.toMatchObject(unavailable);
    await db.$disconnect();
    mute.close();
  });

  test('when it ends the connection in the middle of a call, which then has changed nothing', async () => {
    const db = createDatabase({ url: database.apiUrl, poolSize: 1 });
    const owner = await database.createAccount({ credits: 15 });
    const videoId = await makeVideo(database.db, owner.id);
    const holder = await database.asOwner.begin();
    await holder.query('select from videos where id = $1 for update', [videoId]);
    const call = softDeleteVideo(db, owner.actor, { videoId });
    const outcome = expect(call).rejects.toMatchObject(unavailable);
    await expect.poll(() => blockedBy(holder.pid)).toHaveLength(1);
    await database.asSuperuser.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where $1 = any (pg_blocking_pids(pid))',
      [holder.pid],
    );
    await outcome.finally(() => holder.rollback());
    expect(await database.asOwner.query('select deleted_at from videos where id = $1', [videoId])).toEqual([
      { deleted_at: null },
    ]);
    await softDeleteVideo(db, owner.actor, { videoId });
    await db.$disconnect();
  });

  test('when all connections are taken for too long', async () => {
    const db = createDatabase({ url: database.apiUrl, poolSize: 1, connectionTimeoutMs: 2_000 });
    const owner = await database.createAccount({ credits: 15 });
    await getCreditInfo(db, backend, { userId: owner.id });
    const videoId = await makeVideo(database.db, owner.id);
    const holder = await database.asOwner.begin();
    await holder.query('select from videos where id = $1 for update', [videoId]);
    const call = softDeleteVideo(db, owner.actor, { videoId });
    await expect.poll(() => blockedBy(holder.pid)).toHaveLength(1);
    await expect(getCreditInfo(db, backend, { userId: owner.id })).rejects.toMatchObject(unavailable);
    await holder.rollback();
    await call;
    await db.$disconnect();
  });
});

async function blockedBy(pid: number): Promise<object[]> {
  return database.asSuperuser.query('select pid from pg_stat_activity where $1 = any (pg_blocking_pids(pid))', [pid]);
}

describe('an error that is none of the catalogue passes unchanged', () => {
  test('from the program', () => {
    for (const error of [
      new Error('a fault'),
      new TypeError('x'),
      'text',
      null,
      undefined,
      { code: '23505' },
      { cause: { originalCode: 'PT404' } },
      { cause: { originalCode: 'PT404', detail: 'no JSON' } },
    ]) {
      expect(translateError(error, user)).toBe(error);
    }
    const known = new ReeldeskError('not_found', 'There is no such page.');
    expect(translateError(known, user)).toBe(known);
  });

  test('from the database', async () => {
    await expect(callFunction(database.db, backend, 'no_such_function', [], z.unknown())).rejects.not.toBeInstanceOf(
      ReeldeskError,
    );
    const raised = { cause: { originalCode: 'PT409', message: 'No.', detail: '{"code":"never_heard_of"}' } };
    expect(translateError(raised, user)).toBe(raised);
  });
});

test('a right that is missing says who may come instead', () => {
  const refused = { cause: { originalCode: '42501', message: 'permission denied for table videos' } };
  expect(translateError(refused, user)).toMatchObject({
    reason: 'forbidden',
    message: 'You may not do this.',
    cause: refused,
  });
  expect(translateError(refused, anon)).toMatchObject({ reason: 'not_signed_in', status: 401 });
});

test.each(['22021', '22008', '22003'])(
  "data that PostgreSQL can not hold (%s) is the caller's to correct",
  (originalCode) => {
    const refused = { cause: { originalCode, message: 'a text of the inside' } };
    const error = translateError(refused, user);
    expect(error).toMatchObject({ reason: 'invalid_input', status: 400, cause: refused });
    expect(String(error)).not.toContain('inside');
  },
);

test('an error of the catalogue keeps its sentence, figures and hint, with names as TypeScript has them', () => {
  const raised = {
    meta: {
      driverAdapterError: {
        cause: {
          originalCode: 'PT400',
          originalMessage: 'p_idempotency_key must have 1 to 200 characters.',
          detail: '{"code":"invalid_input","field":"p_idempotency_key","max_length":200}',
          hint: 'Correct p_idempotency_key and call again.',
        },
      },
    },
  };
  expect(translateError(raised, user)).toMatchObject({
    reason: 'invalid_input',
    status: 400,
    message: 'idempotencyKey must have 1 to 200 characters.',
    details: { field: 'idempotencyKey', maxLength: 200 },
    hint: 'Correct idempotencyKey and call again.',
    cause: raised,
  });
});

test('reasons are the names of the catalogue, not of every object', () => {
  expect(Object.keys(catalogue).every(isReason)).toBe(true);
  for (const name of ['toString', '__proto__', '', 1, null]) {
    expect(isReason(name)).toBe(false);
  }
});
