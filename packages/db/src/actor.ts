import { z } from 'zod';
import type { Database } from './client.ts';
import { isReason, ReeldeskError } from './errors.ts';
import { Prisma } from './generated/client.ts';

/** On whose behalf a call is made. The database decides what he may do. */
export type Actor = ({ kind: 'anon' } | { kind: 'user'; userId: string } | { kind: 'backend' }) & {
  /** Id of the HTTP request, for the audit log. */
  requestId?: string | undefined;
};

/** As whom the database lets the caller read: staff by their row in `staff_members`. */
export type Reader = 'admin' | 'analyst' | 'user' | 'backend' | 'anon';

function callerArguments(actor: Actor): Prisma.Sql {
  return Prisma.sql`${actor.kind}, ${actor.kind === 'user' ? actor.userId : null}::uuid, ${actor.requestId ?? null}`;
}

/**
 * Calls one SQL function as the caller, in one statement and so in one transaction and one round trip.
 * The answer, with keys in camelCase, is parsed by `output`.
 */
export async function callFunction<T>(
  db: Database,
  actor: Actor,
  name: string,
  args: readonly unknown[],
  output: z.ZodType<T>,
): Promise<T> {
  const query = Prisma.sql`select ${Prisma.raw(`reeldesk.${name}`)}(${Prisma.join([
    callerArguments(actor),
    ...args.map((argument) => Prisma.sql`${argument}`),
  ])})::text as answer`;
  const rows = await translated(actor, () => retriedOnce(() => db.$queryRaw<[{ answer: string }]>(query)));
  return output.parse(camelCaseKeys(JSON.parse(rows[0].answer)));
}

/** Reads in one transaction as the caller, staff under their own database role. `read` must not write. */
export async function readAs<T>(
  db: Database,
  actor: Actor,
  read: (tx: Prisma.TransactionClient, reader: Reader) => Promise<T>,
): Promise<T> {
  return translated(actor, () =>
    retriedOnce(() =>
      db.$transaction(async (tx) => {
        const rows = await tx.$queryRaw<[{ reader: Reader }]>(
          Prisma.sql`select reeldesk.become_reader(${callerArguments(actor)}) as reader`,
        );
        return read(tx, rows[0].reader);
      }),
    ),
  );
}

/** As `readAs`, for the desk: anybody but staff and the back end is refused with a sentence of its own. */
export async function readAsStaff<T>(
  db: Database,
  actor: Actor,
  read: (tx: Prisma.TransactionClient, reader: 'admin' | 'analyst' | 'backend') => Promise<T>,
): Promise<T> {
  return readAs(db, actor, (tx, reader) => {
    if (reader === 'anon') {
      throw new ReeldeskError('not_signed_in', 'Nobody is signed in.', { hint: 'Sign in and call again.' });
    }
    if (reader === 'user') {
      throw new ReeldeskError('forbidden', 'You may not do this.', {
        hint: 'Ask an admin of your team to do it, or to give you the role.',
      });
    }
    return read(tx, reader);
  });
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
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [
      camelCase(key),
      key === 'before' || key === 'after' ? child : camelCaseKeys(child),
    ]),
  );
}

function camelCase(name: string): string {
  return name.replace(/^p_/, '').replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
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

// Rolled back by PostgreSQL itself, so that a second try can't do anything twice.
async function retriedOnce<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const sqlState = causeOf(error)?.originalCode;
    if (sqlState === '40001' || sqlState === '40P01') {
      return run();
    }
    throw error;
  }
}

const unreachable =
  /ECONNREFUSED|ECONNRESET|ENOTFOUND|EPIPE|Connection terminated|timeout exceeded when trying to connect/;

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
  const message = error instanceof Error ? error.message : '';
  const code = (error as { code?: unknown } | null)?.code;
  if (
    /^(08|57P|53)/.test(sqlState) ||
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
