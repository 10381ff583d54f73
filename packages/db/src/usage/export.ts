import type pg from 'pg';
import { callerArguments, translateError, type Actor, type Reader } from '../actor.ts';
import { borrowConnection, type Database } from '../client.ts';
import { ReeldeskError } from '../errors.ts';
import { Prisma } from '../generated/client.ts';
import { toCsvLine, type CsvValue } from './csv.ts';
import { exportQuery, type ExportRequest } from './export-queries.ts';
import { checkRange } from './range.ts';
import { ownAccount } from './reader.ts';

export interface CsvExport {
  /** How many rows follow the line of names: counted in the same snapshot. */
  rows: number;
  /** The file, piece by piece. Ending the iteration early ends the query and gives its connection back. */
  chunks: AsyncGenerator<string, void, undefined>;
}

const BATCH_ROWS = 1_000;

/**
 * Opens an export as the caller: one snapshot, read through a cursor of the server, so that memory stays the same
 * however many rows there are. Iterate `chunks`, or call its `return()`: it holds a connection until then.
 * For staff; the usage entries also for an end user, his own.
 */
export async function openCsvExport(db: Database, actor: Actor, request: ExportRequest): Promise<CsvExport> {
  if (request.kind === 'usage-entries') {
    checkRange(request.input);
  }
  const client = await borrowConnection(db).catch((error: unknown) => {
    throw translateError(error, actor);
  });
  try {
    const reader = await begin(client, actor);
    const { columns, rows } = exportQuery(await withinReach(client, request, reader), reader);
    const { rows: counted } = await client.query<{ count: string }>(
      `select count(*) as count from (${rows.text}) r`,
      rows.values,
    );
    await client.query(`declare csv_export no scroll cursor for ${rows.text}`, rows.values);
    return { rows: Number(counted[0]!.count), chunks: read(client, columns) };
  } catch (error) {
    await end(client);
    throw translateError(asCause(error), actor);
  }
}

async function begin(client: pg.PoolClient, actor: Actor): Promise<Reader> {
  await client.query('begin isolation level repeatable read read only');
  // A reader may be slow, and pauses while his sockets are full.
  const become = Prisma.sql`select reeldesk.become_reader(${callerArguments(actor)}) as reader,
    set_config('statement_timeout', '60000', true), set_config('idle_in_transaction_session_timeout', '600000', true)`;
  const { rows } = await client.query<{ reader: Reader }>(become.text, become.values);
  return rows[0]!.reader;
}

async function withinReach(client: pg.PoolClient, request: ExportRequest, reader: Reader): Promise<ExportRequest> {
  if (reader === 'anon') {
    throw new ReeldeskError('not_signed_in', 'Nobody is signed in.', { hint: 'Sign in and call again.' });
  }
  if (reader === 'analyst' && (request.kind === 'staff' || request.kind === 'api-keys')) {
    throw new ReeldeskError('forbidden', 'You may not do this.', {
      hint: 'Staff and keys are managed by an admin; ask one of them.',
    });
  }
  if (reader !== 'user') {
    if (request.kind === 'api-keys') {
      // Their table is closed to all who read; the function that lists them is for whoever is signed in, and decides.
      await client.query('set local role authenticated');
    }
    return request;
  }
  if (request.kind === 'usage-entries') {
    const { rows } = await client.query<{ id: string }>('select auth.uid()::text as id');
    return { kind: request.kind, input: { ...request.input, userId: ownAccount(rows[0]!.id, request.input.userId) } };
  }
  throw new ReeldeskError('forbidden', 'You may not do this.', {
    hint: 'Ask an admin of your team to do it, or to give you the role.',
  });
}

async function* read(
  client: pg.PoolClient,
  columns: ReturnType<typeof exportQuery>['columns'],
): AsyncGenerator<string, void, undefined> {
  const kinds = columns.map(({ kind }) => kind);
  try {
    yield toCsvLine(
      columns.map(({ name }) => name),
      kinds,
    );
    for (;;) {
      const { rows } = await client.query<CsvValue[]>({
        text: `fetch ${BATCH_ROWS} from csv_export`,
        rowMode: 'array',
      });
      if (rows.length > 0) {
        yield rows.map((row) => toCsvLine(row, kinds)).join('');
      }
      if (rows.length < BATCH_ROWS) {
        return;
      }
    }
  } finally {
    await end(client);
  }
}

async function end(client: pg.PoolClient): Promise<void> {
  try {
    await client.query('rollback');
    client.release();
  } catch {
    client.release(true);
  }
}

// As Prisma hands them on, so that one place translates both.
function asCause(error: unknown): unknown {
  if (error instanceof ReeldeskError || !(error instanceof Error) || !('code' in error)) {
    return error;
  }
  const { code, message, detail, hint } = error as pg.DatabaseError;
  return Object.assign(new Error(message), { cause: { originalCode: code, originalMessage: message, detail, hint } });
}
