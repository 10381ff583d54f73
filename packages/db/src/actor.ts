import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { fairShareOf, sharedStatementsOf, type Database } from './client.ts';
import { compiledShapes, compileShape } from './compiled-shapes.ts';
import { isReason, ReeldeskError } from './errors.ts';
import { Prisma } from './generated/client.ts';

/** On whose behalf a call is made. The database decides what he may do. */
export type Actor = (
  | { kind: 'anon' }
  | { kind: 'user'; userId: string }
  | { kind: 'backend' }
  /** Whom an API key stands for, by its SHA-256 in hex; the database looks it up with each call. */
  | { kind: 'key'; keyHash: string }
) & {
  /** Id of the HTTP request, for the audit log. */
  requestId?: string | undefined;
  /** Told when the answer is the first one to the same idempotency key, and nothing was done again. */
  onReplayed?: (() => void) | undefined;
};

/** As whom the database lets the caller read: staff by their row in `staff_members`. */
export type Reader = 'admin' | 'analyst' | 'user' | 'backend' | 'anon';

/** Who calls, as the first arguments of every entrance. */
export function callerArguments(actor: Actor): Prisma.Sql {
  const { caller, callerId, requestId } = describeCaller(actor);
  return Prisma.sql`${caller}, ${callerId}::uuid, ${requestId}`;
}

function describeCaller(actor: Actor): { caller: string; callerId: string | null; requestId: string | null } {
  return {
    caller: actor.kind === 'key' ? `key:${actor.keyHash}` : actor.kind,
    callerId: actor.kind === 'user' ? actor.userId : null,
    requestId: actor.requestId ?? null,
  };
}

/**
 * Calls one SQL function as the caller, in one statement and so in one transaction and one round trip.
 * The answer, with keys in camelCase, is parsed by `output`. `isRepeatable` says that a second call would
 * do nothing twice: the function only reads, or has an idempotency key.
 */
export async function callFunction<T>(
  db: Database,
  actor: Actor,
  name: string,
  args: readonly unknown[],
  output: z.ZodType<T>,
  isRepeatable = false,
): Promise<T> {
  const call = Prisma.sql`${Prisma.raw(`reeldesk.${name}`)}(${Prisma.join([
    callerArguments(actor),
    ...args.map((argument) => Prisma.sql`${argument}`),
  ])})`;
  // Materialized: the setting is read after the function has run.
  const query = Prisma.sql`with called as materialized (select ${call}::text as answer)
    select answer, current_setting('reeldesk.replayed', true) as replayed from called`;
  const [row] = await translated(actor, () =>
    retriedOnce(
      () => fairShareOf(db).run(actor, () => db.$queryRaw<[{ answer: string; replayed: string | null }]>(query)),
      isRepeatable,
    ),
  );
  if (row.replayed === 'true') {
    actor.onReplayed?.();
  }
  return output.parse(camelCaseKeys(JSON.parse(row.answer)));
}

/**
 * As `callFunction`, in a statement that calls of others may share; see `createSharedStatements`. `account` is the one
 * that the function locks, `null` when it only reads.
 */
export async function callShared<T>(
  db: Database,
  actor: Actor,
  name: 'create_video_generation' | 'get_credit_info' | 'list_own_videos',
  args: readonly (string | number | null)[],
  account: string | null,
  output: (answer: unknown) => T,
  isRepeatable: boolean,
): Promise<T> {
  const caller = describeCaller(actor);
  const answer = await translated(actor, () =>
    retriedOnce(async () => {
      const shared = await sharedStatementsOf(db).run({
        person: caller.callerId ?? caller.caller,
        account: account?.toLowerCase() ?? null,
        content: { name, ...caller, args: args.map(storable) },
      });
      if ('answer' in shared) {
        return shared;
      }
      throw new Error('PostgreSQL refused a call.', {
        cause: 'error' in shared ? shared.error : { originalCode: shared.busy, originalMessage: 'The row is busy.' },
      });
    }, isRepeatable),
  );
  if (answer.replayed) {
    actor.onReplayed?.();
  }
  return output(answer.answer);
}

/** Parses an answer whose keys are still in snake_case. */
export function parseAs<T>(output: z.ZodType<T>): (answer: unknown) => T {
  return (answer) => output.parse(camelCaseKeys(answer));
}

// One text that JSON of the database can't hold would be the end of everybody's call in the same statement.
function storable(value: string | number | null): string | number | null {
  if (typeof value !== 'string') {
    return value;
  }
  if (value.includes('\0')) {
    throw new Error('Text can hold no NUL character.', { cause: { originalCode: '22021' } });
  }
  // As the driver writes it: half a character becomes U+FFFD.
  return value.toWellFormed();
}

/** As `callFunction`, past the login's limit for a statement: for work that may take minutes and that nobody waits for. */
export async function callUnhurried<T>(
  db: Database,
  actor: Actor,
  name: string,
  args: readonly unknown[],
  output: z.ZodType<T>,
): Promise<T> {
  const call = Prisma.sql`${Prisma.raw(`reeldesk.${name}`)}(${Prisma.join([
    callerArguments(actor),
    ...args.map((argument) => Prisma.sql`${argument}`),
  ])})`;
  const [, rows] = await translated(actor, () =>
    fairShareOf(db).run(actor, () =>
      db.$transaction([
        db.$queryRaw(Prisma.sql`select set_config('statement_timeout', '0', true)`),
        db.$queryRaw<[{ answer: string }]>(Prisma.sql`select ${call}::text as answer`),
      ]),
    ),
  );
  return output.parse(camelCaseKeys(JSON.parse(rows[0].answer)));
}

/** How long one statement of a read may take: a page, and a report or an export over years. */
export const readTimeouts = { pageMs: 15_000, reportMs: 60_000 };

/** Reads in one transaction as the caller, staff under their own database role. `read` must not write. */
export async function readAs<T>(
  db: Database,
  actor: Actor,
  read: (tx: Prisma.TransactionClient, reader: Reader) => Promise<T>,
  timeoutMs: number = readTimeouts.pageMs,
): Promise<T> {
  return translated(actor, () =>
    retriedOnce(
      () =>
        fairShareOf(db).run(actor, () =>
          db.$transaction(async (tx) => {
            const rows = await tx.$queryRaw<[{ reader: Reader }]>(
              Prisma.sql`select reeldesk.become_reader(${callerArguments(actor)}) as reader,
                set_config('statement_timeout', ${String(timeoutMs)}, true)`,
            );
            return read(tx, rows[0].reader);
          }),
        ),
      true,
    ),
  );
}

/** As `readAs`, for the desk: anybody but staff and the back end is refused with a sentence of its own. */
export async function readAsStaff<T>(
  db: Database,
  actor: Actor,
  read: (tx: Prisma.TransactionClient, reader: 'admin' | 'analyst' | 'backend') => Promise<T>,
  timeoutMs: number = readTimeouts.pageMs,
): Promise<T> {
  return readAs(
    db,
    actor,
    (tx, reader) => {
      if (reader === 'anon') {
        throw new ReeldeskError('not_signed_in', 'Nobody is signed in.', { hint: 'Sign in and call again.' });
      }
      if (reader === 'user') {
        throw new ReeldeskError('forbidden', 'You may not do this.', {
          hint: 'Ask an admin of your team to do it, or to give you the role.',
        });
      }
      return read(tx, reader);
    },
    timeoutMs,
  );
}

for (const shape of compiledShapes) {
  compileShape(shape);
}

/**
 * The rows of a query, keys in camelCase, parsed by `row`. PostgreSQL makes the JSON: faster than
 * a driver's rows, and timestamps keep the microseconds that a cursor needs.
 */
export async function readRows<T>(tx: Prisma.TransactionClient, query: Prisma.Sql, row: z.ZodType<T>): Promise<T[]> {
  const rows = await tx.$queryRaw<[{ rows: string }]>(
    Prisma.sql`select coalesce(json_agg(r)::text, '[]') as rows from (${query}) r`,
  );
  return z.array(row).parse(camelCaseKeys(JSON.parse(rows[0].rows)));
}

/** Turns `snake_case` keys into camelCase, also in nested arrays; values of `before` and `after` stay as they are. */
function camelCaseKeys(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(camelCaseKeys);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const renamed: Record<string, unknown> = {};
  for (const [key, child] of Object.entries(value)) {
    renamed[camelCase(key)] =
      typeof child !== 'object' || key === 'before' || key === 'after' ? child : camelCaseKeys(child);
  }
  return renamed;
}

// A page has the same few names in each row: found once, not rewritten a thousand times.
const camelCaseNames = new Map<string, string>();
const MAX_NAMES = 2_000;

/** The API's name of a column. */
export function camelCase(name: string): string {
  let renamed = camelCaseNames.get(name);
  if (renamed === undefined) {
    renamed = name.replace(/^p_/, '').replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
    if (camelCaseNames.size < MAX_NAMES) {
      camelCaseNames.set(name, renamed);
    }
  }
  return renamed;
}

interface DatabaseCause {
  originalCode?: string;
  code?: string;
  kind?: string;
  originalMessage?: string;
  message?: string;
  detail?: string;
  hint?: string;
}

/** What PostgreSQL said, wherever Prisma keeps it. */
function causeOf(error: unknown): DatabaseCause | null {
  if (typeof error !== 'object' || error === null) {
    return null;
  }
  const { meta, cause } = error as { meta?: { driverAdapterError?: { cause?: DatabaseCause } }; cause?: DatabaseCause };
  return meta?.driverAdapterError?.cause ?? cause ?? null;
}

const noConnection = /ECONNREFUSED|ENOTFOUND/;
const lostConnection = /ECONNRESET|EPIPE|Connection terminated/;

/**
 * Whether a failed call may be made again. Rolled back by PostgreSQL itself (40001, 40P01), or never sent, because
 * there was no connection yet (57P03: the server is starting): always. Lost on the way, the call may have been done.
 */
function isWorthRepeating(error: unknown, isRepeatable: boolean): 'at once' | 'in a moment' | 'never' {
  const cause = causeOf(error);
  const sqlState = cause?.originalCode ?? cause?.code ?? '';
  const message = `${error instanceof Error ? error.message : ''} ${cause?.originalMessage ?? cause?.message ?? ''}`;
  if (sqlState === '40001' || sqlState === '40P01') {
    return 'at once';
  }
  if (sqlState === '57P03' || cause?.kind === 'DatabaseNotReachable' || noConnection.test(`${sqlState} ${message}`)) {
    return 'in a moment';
  }
  const isLost = /^(08|57P0[12])/.test(sqlState) || cause?.kind === 'ConnectionClosed' || lostConnection.test(message);
  // pg says the same of a connection that could not be made in time: waited for long enough.
  return isLost && isRepeatable && !/timeout/.test(message) ? 'at once' : 'never';
}

async function retriedOnce<T>(run: () => Promise<T>, isRepeatable: boolean): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const when = isWorthRepeating(error, isRepeatable);
    if (when === 'never') {
      throw error;
    }
    if (when === 'in a moment') {
      await setTimeout(100);
    }
    return run();
  }
}

const unreachable =
  /ECONNREFUSED|ECONNRESET|ENOTFOUND|EPIPE|Connection terminated|timeout exceeded when trying to connect|Query read timeout/;

/** The one place where an error of the database becomes one of the catalogue. Others pass unchanged. */
async function translated<T>(actor: Actor, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw translateError(error, actor);
  }
}

/** See `translated`; exported for its test. */
export function translateError(error: unknown, actor: Actor): unknown {
  if (error instanceof ReeldeskError) {
    return error;
  }
  const cause = causeOf(error);
  const sqlState = cause?.originalCode ?? cause?.code ?? '';
  if (/^PT\d{3}$/.test(sqlState) && cause) {
    return fromDatabase(cause, error);
  }
  // Refused by a missing grant, before any function could say so in its own words.
  if (sqlState === '42501') {
    return actor.kind === 'anon'
      ? new ReeldeskError('not_signed_in', 'Nobody is signed in.', { hint: 'Sign in and call again.', cause: error })
      : new ReeldeskError('forbidden', 'You may not do this.', { hint: 'Sign in with a role that may.', cause: error });
  }
  // Data that PostgreSQL can't hold, such as a NUL character or the year 0.
  if (sqlState.startsWith('22')) {
    return new ReeldeskError('invalid_input', 'A value is not one that can be stored.', {
      details: {},
      hint: 'Look for control characters, or for dates and numbers out of range. Nothing was changed.',
      cause: error,
    });
  }
  const message = error instanceof Error ? error.message : '';
  const code = (error as { code?: unknown } | null)?.code;
  if (
    /^(08|57P|57014|55P03|53)/.test(sqlState) ||
    cause?.kind === 'DatabaseNotReachable' ||
    cause?.kind === 'ConnectionClosed' ||
    cause?.kind === 'SocketTimeout' ||
    code === 'P1001' ||
    code === 'P2024' ||
    code === 'P2028' ||
    unreachable.test(message) ||
    unreachable.test(cause?.originalMessage ?? cause?.message ?? '')
  ) {
    return new ReeldeskError('unavailable', 'The database does not answer.', {
      hint: 'Try again in a moment; with the same idempotency key nothing happens twice.',
      cause: error,
    });
  }
  return error;
}

// Others may raise PTnnn too, with a DETAIL that is no JSON of ours.
function parseDetail(detail: string | undefined): Record<string, unknown> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(detail ?? ''));
  } catch {
    return {};
  }
}

function fromDatabase(cause: DatabaseCause, error: unknown): unknown {
  const { code: reason, ...details } = parseDetail(cause.detail);
  if (!isReason(reason)) {
    return error;
  }
  let message = cause.originalMessage ?? cause.message ?? '';
  let hint = cause.hint || null;
  if (reason === 'invalid_input' && typeof details['field'] === 'string') {
    const field = details['field'];
    details['field'] = camelCase(field);
    message = message.replace(field, camelCase(field));
    hint = hint?.replace(field, camelCase(field)) ?? null;
  }
  return new ReeldeskError(reason, message, { details: camelCaseKeys(details) as typeof details, hint, cause: error });
}
