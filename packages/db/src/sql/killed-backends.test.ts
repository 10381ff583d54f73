import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, expect, it } from 'vitest';
import { startEmbeddedPostgres } from '../embedded-postgres.ts';
import { findClusterDir } from '../embedded-postgres-files.ts';
import { migrate } from '../migrate.ts';
import { applySupabaseShim, setLoginPassword } from '../supabase-shim.ts';
import { type Caller, createCaller } from '../testing/caller.ts';
import { clusterUrl, migrationsDirectory } from '../testing/templates.ts';
import { createTestDatabase } from '../testing/test-database.ts';
import { adjust, ask, type Call, call, charge, ledgerProblems, type Outcome, refund, videoIdOf } from './calls.ts';
import { expectBooksMatch } from './storm.ts';

const database = await createTestDatabase();
afterAll(database.drop);

// A pool says it has ended while its sockets still close: the server's end may reach them before.
function openPool(config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool(config);
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

function openBackend(connectionString: string): { pool: pg.Pool; caller: Caller } {
  const pool = openPool({ connectionString, max: 16, application_name: 'victim' });
  return { pool, caller: createCaller(pool, { role: 'service_role' }) };
}

/** Whether the connection ended under the call: what became of it is then unknown to the caller. */
function isConnectionLost(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  return (
    ['57P01', '57P02', '57P03', '08006', 'ECONNRESET', 'ECONNREFUSED', 'EPIPE'].includes(code ?? '') ||
    /Connection terminated|not queryable/.test(message ?? '')
  );
}

/** The outcome, or null when the connection was lost. */
async function tryOnce(caller: Caller, made: Call): Promise<Outcome | null> {
  try {
    return await ask(caller, made);
  } catch (error) {
    if (isConnectionLost(error)) {
      return null;
    }
    throw error;
  }
}

/** A video charged, completed and refunded in part, each call in its own transaction and repeatable: two of them by key. */
async function* lifeOfAVideo(accountId: string): AsyncGenerator<Call, void, Outcome> {
  const made = yield charge(accountId, { p_duration_seconds: 2, p_idempotency_key: randomUUID() });
  const videoId = videoIdOf(made);
  yield call('start_video_generation', { p_video_id: videoId });
  yield call('complete_video_generation', { p_video_id: videoId, p_video_url: 'https://cdn.reeldesk.example/1.mp4' });
  yield refund(videoId, { p_amount: 2, p_idempotency_key: randomUUID() });
}

it('backends killed at random moments leave no half, and who asks again by key is charged and refunded once', async () => {
  const { asOwner, createAccount, superuserUrl, name } = database;
  const { pool, caller } = openBackend(clusterUrl('authenticator', name));
  const accounts = await Promise.all(Array.from({ length: 3 }, () => createAccount({ credits: 1000 })));
  const outcomes: Outcome[] = [];
  let lost = 0;
  const live = async (accountId: string) => {
    const life = lifeOfAVideo(accountId);
    for (let step = await life.next({ answer: undefined }); !step.done;) {
      const outcome = await tryOnce(caller, step.value);
      if (outcome === null) {
        lost += 1;
        continue;
      }
      // A status change that had happened before its answer was lost is refused now; a keyed call never is.
      expect(outcome).toMatchObject(
        'reason' in outcome ? { reason: 'invalid_status_change' } : { answer: { success: true } },
      );
      outcomes.push(outcome);
      step = await life.next(outcome);
    }
  };
  const killer = new pg.Client({ connectionString: superuserUrl });
  await killer.connect();
  let kills = 0;
  const over = new AbortController();
  const kill = async () => {
    while (kills < 80 && !over.signal.aborted) {
      const { rowCount } = await killer.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'victim' and datname = $1 and state <> 'idle' order by random() limit 1`,
        [name],
      );
      kills += rowCount ?? 0;
    }
  };
  const lives = Promise.all(
    Array.from({ length: 12 }, async (_, n) => {
      for (let video = 0; video < 8; video++) {
        await live(accounts[n % 3]!.id);
      }
    }),
  ).finally(() => over.abort());
  await Promise.all([lives, kill()]);
  await killer.end();
  await pool.end();

  expect(lost).toBeGreaterThan(20);
  await expectBooksMatch(
    database,
    accounts.map(({ id }) => id),
    outcomes,
    1000,
  );
  const videos = await asOwner.query('select from videos where user_id = any ($1)', [accounts.map(({ id }) => id)]);
  expect(videos).toHaveLength(12 * 8);
});

it('a client that dies with a charge, a refund or a failure in hand leaves nothing of it, and no lock', async () => {
  const { asBackend, asOwner, createAccount, name } = database;
  const account = await createAccount({ credits: 100 });
  const videoId = videoIdOf(await ask(asBackend, charge(account.id)));
  const fail = call('fail_video_generation', { p_video_id: videoId, p_error: 'Provider failed' });
  const state = () =>
    asOwner.query(
      'select p.credits, p.ledger_entries, v.* from profiles p join videos v on v.user_id = p.id where p.id = $1',
      [account.id],
    );
  const before = await state();

  for (const made of [charge(account.id), fail, adjust(account.id, 5)]) {
    const client = new pg.Client({ connectionString: clusterUrl('authenticator', name) });
    client.on('error', () => undefined);
    await client.connect();
    await client.query(`begin; set local role service_role`);
    const { rows } = await client.query<{ answer: { success: boolean } }>(made.sql, [...made.params]);
    expect(rows[0]!.answer.success).toBe(true);
    const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
    stream.destroy();

    // Waits for the dead client's locks to go, if it must.
    expect(await ask(asBackend, refund(videoId))).toMatchObject({ reason: 'not_refundable' });
    expect(await state()).toEqual(before);
  }
  expect(await ledgerProblems(asOwner)).toEqual([]);
});

it('kill -9 of the database in a storm loses nothing that was answered, and leaves no half', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'reeldesk-killed-'));
  await chmod(dataDir, 0o711);
  const superuserPassword = randomBytes(16).toString('hex');
  const start = () => startEmbeddedPostgres({ dataDir, superuserPassword });
  const urlOf = (login: string, superuserUrl: string) => Object.assign(new URL(superuserUrl), { username: login }).href;

  let server = await start();
  const superuserUrl = server.superuserUrl('postgres');
  await applySupabaseShim({ url: superuserUrl });
  for (const login of ['postgres', 'authenticator'] as const) {
    await setLoginPassword(superuserUrl, login, superuserPassword);
  }
  await migrate({ url: urlOf('postgres', superuserUrl), directory: migrationsDirectory });
  let backend = openBackend(urlOf('authenticator', superuserUrl));
  const accountIds = Array.from({ length: 3 }, () => randomUUID());
  const owner = openPool({ connectionString: urlOf('postgres', superuserUrl) });
  await createCaller(owner, null).query('insert into auth.users (id) select unnest($1::uuid[])', [accountIds]);
  await owner.end();
  const outcomes: Outcome[] = [];
  for (const id of accountIds) {
    await ask(backend.caller, adjust(id, 1000));
  }

  // Each worker goes on until the server is gone, and keeps the call that it has no answer to.
  const work = async (accountId: string): Promise<Call> => {
    for (;;) {
      const life = lifeOfAVideo(accountId);
      for (let step = await life.next({ answer: undefined }); !step.done;) {
        const outcome = await tryOnce(backend.caller, step.value);
        if (outcome === null) {
          return step.value;
        }
        outcomes.push(outcome);
        if (outcomes.length === 300) {
          const lockFile = await readFile(join(await findClusterDir(dataDir), 'postmaster.pid'), 'utf8');
          process.kill(Number(lockFile.split('\n')[0]), 'SIGKILL');
        }
        step = await life.next(outcome);
      }
    }
  };
  const unanswered = await Promise.all(Array.from({ length: 12 }, (_, n) => work(accountIds[n % 3]!)));
  await server.ended;
  await server.stop();
  await backend.pool.end();

  server = await start();
  backend = openBackend(urlOf('authenticator', server.superuserUrl('postgres')));
  const ownerAgain = openPool({ connectionString: urlOf('postgres', server.superuserUrl('postgres')) });
  const asOwner = createCaller(ownerAgain, null);
  expect(await ledgerProblems(asOwner)).toEqual([]);
  for (const made of unanswered) {
    outcomes.push(await ask(backend.caller, made));
  }
  expect(outcomes.length).toBeGreaterThanOrEqual(300);
  await expectBooksMatch({ asOwner }, accountIds, outcomes, 1000);

  await Promise.all([backend.pool.end(), ownerAgain.end()]);
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
}, 120_000);
