import { Readable } from 'node:stream';
import { EXPORT_ROWS_HEADER, exportInputs, type ExportKind } from '@reeldesk/api/contract/exports';
import type { Database } from '@reeldesk/db/client';
import { ReeldeskError } from '@reeldesk/db/errors';
import { openCsvExport } from '@reeldesk/db/usage/export';
import type { ExportRequest } from '@reeldesk/db/usage/export-queries';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Gate } from './gate.ts';

// Each holds a database connection for as long as its reader takes.
const MAX_AT_ONCE = 2;

/** `GET /export/<kind>.csv`: a list as CSV, streamed; its answer says beforehand how many rows it has. */
export function registerExports(app: FastifyInstance, { db, gate }: { db: Database; gate: Gate }): void {
  let open = 0;
  app.get<{ Params: { file: string } }>('/export/:file', async (request, reply) => {
    const kind = kindOf(request.params.file);
    const input = readInput(kind, request.query);
    await gate(request, reply, 1);
    const { actor } = request.caller!;
    if (open >= MAX_AT_ONCE) {
      throw new ReeldeskError('unavailable', 'Other exports are under way.', {
        details: { retryAfterSeconds: 10 },
        hint: 'Try again when one of them is done.',
      });
    }
    open += 1;
    try {
      const { rows, chunks } = await openCsvExport(db, { ...actor, requestId: request.id }, toRequest(kind, input));
      const body = Readable.from(chunks, { objectMode: false, highWaterMark: 65_536 });
      // However it ends, by its last row, an error, or the reader who went away: the iteration ends with it.
      body.once('close', () => {
        open -= 1;
      });
      return await reply
        .headers({
          'content-type': 'text/csv; charset=utf-8',
          'content-disposition': `attachment; filename="${kind}.csv"`,
          'cache-control': 'no-store',
          [EXPORT_ROWS_HEADER]: String(rows),
        })
        .send(body);
    } catch (error) {
      open -= reply.sent ? 0 : 1;
      throw error;
    }
  });
}

function kindOf(file: string): ExportKind {
  const [, kind] = /^([a-z-]+)\.csv$/.exec(file) ?? [];
  if (kind === undefined || !Object.hasOwn(exportInputs, kind)) {
    throw new ReeldeskError('not_found', 'There is no such export.', {
      hint: `Ask for one of: ${Object.keys(exportInputs)
        .map((name) => `/export/${name}.csv`)
        .join(', ')}.`,
    });
  }
  return kind as ExportKind;
}

type Inputs = { [K in ExportKind]: z.output<(typeof exportInputs)[K]> };

function readInput<K extends ExportKind>(kind: K, query: unknown): Inputs[K] {
  const found = exportInputs[kind].safeParse(query);
  if (!found.success) {
    const [issue] = found.error.issues;
    const field = z.core.toDotPath(issue?.path ?? []) || 'query';
    throw new ReeldeskError('invalid_input', `${field}: ${issue?.message ?? 'is not as expected'}.`, {
      details: { field },
      hint: `Correct ${field} and ask again.`,
    });
  }
  return found.data as Inputs[K];
}

function toRequest(kind: ExportKind, input: Inputs[ExportKind]): ExportRequest {
  if (kind !== 'usage-entries') {
    return { kind, input } as ExportRequest;
  }
  const { videoType, resolution, quality, ...rest } = input as Inputs['usage-entries'];
  return { kind, input: { ...rest, filter: { videoType, resolution, quality } } };
}
