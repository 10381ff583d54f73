import pg from 'pg';
import { expect } from 'vitest';
import type { Caller } from '../testing/caller.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

export type Queryable = Pick<Caller, 'query'>;
export type Json = Record<string, unknown>;
export type VideoStatus = 'pending' | 'processing' | 'completed' | 'failed';

/** Everybody who may come to a function: people at PostgREST's door, nobody in two ways, and the two trusted logins. */
export const personas = [
  'owner',
  'other',
  'analyst',
  'admin',
  'demoted',
  'nobody',
  'anon',
  'backend',
  'operator',
] as const;
export type Persona = (typeof personas)[number];

export interface Scene {
  database: TestDatabase;
  /** `nobody` is `authenticated` without claims, `operator` the schema's owner on a plain login. */
  callers: Record<Persona, Queryable>;
  ids: Record<'owner' | 'other' | 'analyst' | 'admin' | 'demoted', string>;
}

export const videoRequest = {
  p_prompt: 'A beautiful sunset',
  p_video_type: 'text_to_video',
  p_image_url: null,
  p_duration_seconds: 5,
  p_resolution: '1920x1080',
  p_quality: 'high',
};

/** A database with one of each persona; `owner` and `other` have 1000 credits, `demoted` was an admin until now. */
export async function createScene(): Promise<Scene> {
  const database = await createTestDatabase();
  const owner = await database.createAccount({ credits: 1000 });
  const other = await database.createAccount({ credits: 1000 });
  const analyst = await database.createAccount({ role: 'analyst' });
  const admin = await database.createAccount({ role: 'admin' });
  const demoted = await database.createAccount({ role: 'admin' });
  await call(database.asUser(admin.id), 'desk.revoke_staff_role', { p_user_id: demoted.id });
  return {
    database,
    ids: { owner: owner.id, other: other.id, analyst: analyst.id, admin: admin.id, demoted: demoted.id },
    callers: {
      owner: database.asUser(owner.id),
      other: database.asUser(other.id),
      analyst: database.asUser(analyst.id),
      admin: database.asUser(admin.id),
      demoted: database.asUser(demoted.id),
      nobody: inRole(database, 'authenticated'),
      anon: database.asAnon,
      backend: database.asBackend,
      operator: database.asOwner,
    },
  };
}

/** Somebody in a database role, with no claims at all. */
export function inRole(database: TestDatabase, role: string): Queryable {
  return {
    query: async (sql, params) => {
      const transaction = await database.asOwner.begin();
      try {
        await transaction.query(`set local role ${role}`);
        const rows = await transaction.query(sql, params);
        await transaction.commit();
        return rows as never;
      } catch (error) {
        await transaction.rollback();
        throw error;
      }
    },
  };
}

function callSql(name: string, args: Json): string {
  const named = Object.keys(args).map((key, index) => `${key} => $${index + 1}`);
  return `${name.includes('.') ? name : `public.${name}`}(${named.join(', ')})`;
}

/** Calls a function by its named arguments and answers what it returns. */
export async function call<T = Json>(caller: Queryable, name: string, args: Json = {}): Promise<T> {
  const [row] = await caller.query<{ answer: T }>(`select ${callSql(name, args)} as answer`, Object.values(args));
  return row!.answer;
}

/** Calls a function that returns rows. */
export async function callRows<R extends object = Json>(
  caller: Queryable,
  name: string,
  args: Json = {},
): Promise<R[]> {
  return caller.query<R>(`select * from ${callSql(name, args)}`, Object.values(args));
}

/** Makes a 15-credit video and brings it to a status; answers its id. */
export async function makeVideo(
  { callers }: Scene,
  userId: string,
  status: VideoStatus = 'completed',
): Promise<string> {
  const backend = callers.backend;
  const { video_id: id } = await call(backend, 'create_video_generation', { p_user_id: userId, ...videoRequest });
  if (status === 'failed') {
    await call(backend, 'fail_video_generation', { p_video_id: id, p_error: 'Provider timed out' });
  } else if (status !== 'pending') {
    await call(backend, 'start_video_generation', { p_video_id: id });
  }
  if (status === 'completed') {
    const url = `https://cdn.reeldesk.example/${String(id)}.mp4`;
    await call(backend, 'complete_video_generation', { p_video_id: id, p_video_url: url });
  }
  return id as string;
}

/** Everything that a call could have moved, as one text. */
export async function snapshot(database: TestDatabase): Promise<string> {
  const tables = ['profiles', 'videos', 'credit_transactions', 'credit_prices', 'staff_members', 'audit_log'];
  const parts = [...tables.map((table) => `public.${table}`), 'private.idempotency_keys'].map(
    (table) => `(select jsonb_agg(to_jsonb(t) order by to_jsonb(t)) from ${table} t)`,
  );
  const [row] = await database.asOwner.query<{ everything: string }>(
    `select jsonb_build_array(${parts.join(', ')})::text as everything`,
  );
  return row!.everything;
}

export interface Refusal {
  sqlstate: string;
  /** The machine's code in DETAIL; none for PostgreSQL's own refusals. */
  code?: string;
  message?: string | RegExp;
  details?: Json;
}

export const forbidden: Refusal = { sqlstate: 'PT403', code: 'forbidden' };
export const notSignedIn: Refusal = { sqlstate: 'PT403', code: 'not_signed_in', message: 'Nobody is signed in.' };
export const noPermission: Refusal = { sqlstate: '42501' };
/** For functions that `authenticated` may not call at all. */
export const onlyForBackend: Partial<Record<Persona, Refusal>> = {
  owner: noPermission,
  other: noPermission,
  analyst: noPermission,
  admin: noPermission,
  demoted: noPermission,
  nobody: noPermission,
};
export const videoNotFound: Refusal = {
  sqlstate: 'PT404',
  code: 'video_not_found',
  message: 'There is no such video.',
};
export const appendOnly: Refusal = { sqlstate: 'PT403', code: 'append_only' };
export const ledgerOnly: Refusal = { sqlstate: 'PT403', code: 'ledger_only' };

/** PT400 with the argument's name in sentence and DETAIL. */
export function invalid(field: string, message?: string | RegExp): Refusal {
  return {
    sqlstate: 'PT400',
    code: 'invalid_input',
    message: message ?? new RegExp(`^${field} .+\\.$`),
    details: { field },
  };
}

/** The attempt is refused just so, with DETAIL as JSON and a HINT where the refusal is ours, and nothing has moved. */
export async function expectRefused(
  { database }: Scene,
  attempt: () => Promise<unknown>,
  refusal: Refusal,
): Promise<void> {
  const before = await snapshot(database);
  const error = await attempt().then(
    (answer) => {
      throw new Error(`Not refused, but answered: ${JSON.stringify(answer)}`);
    },
    (reason: unknown) => reason,
  );
  if (!(error instanceof pg.DatabaseError)) {
    throw error;
  }
  expect(error.code, error.message).toBe(refusal.sqlstate);
  if (refusal.code !== undefined) {
    const details = JSON.parse(error.detail ?? 'null') as Json;
    expect(details).toMatchObject({ code: refusal.code, ...refusal.details });
    expect(error.hint).toMatch(/\S/);
  }
  if (typeof refusal.message === 'string') {
    expect(error.message).toBe(refusal.message);
  } else if (refusal.message) {
    expect(error.message).toMatch(refusal.message);
  }
  expect(await snapshot(database)).toBe(before);
}

/**
 * Exactly these personas may; everybody else is refused: `anon` by PostgreSQL, `nobody` as not signed in,
 * the others as forbidden, where `refusals` says nothing else.
 */
export async function expectOnly(
  scene: Scene,
  allowed: readonly Persona[],
  act: (caller: Queryable) => Promise<unknown>,
  refusals: Partial<Record<Persona, Refusal>> = {},
): Promise<void> {
  const usual: Partial<Record<Persona, Refusal>> = { anon: noPermission, nobody: notSignedIn };
  for (const persona of personas) {
    const attempt = () => act(scene.callers[persona]);
    if (allowed.includes(persona)) {
      await expect(attempt(), persona).resolves.toBeDefined();
    } else {
      await expectRefused(scene, attempt, refusals[persona] ?? usual[persona] ?? forbidden);
    }
  }
}

/** The books of every account balance. */
export async function expectBooksBalance({ database }: Scene): Promise<void> {
  expect(await database.asOwner.query('select * from private.ledger_problems()')).toEqual([]);
}

export async function creditsOf({ database }: Scene, userId: string): Promise<number> {
  const [row] = await database.asOwner.query<{ credits: number }>('select credits from profiles where id = $1', [
    userId,
  ]);
  return row!.credits;
}

/** The newest audit row about a target. */
export async function lastAudit({ database }: Scene, targetId: string): Promise<Json> {
  const [row] = await database.asOwner.query(
    'select * from audit_log where target_id = $1 order by created_at desc, id desc limit 1',
    [targetId],
  );
  return row ?? {};
}
