import { catalogue, type Reason } from '@reeldesk/db/errors';
import type { z } from 'zod';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

interface About<Input> {
  /** One or two sentences, for people. */
  description: string;
  /** Who may call it, as the database decides. */
  whoMay: string;
  /** What it raises beyond `commonReasons`. */
  reasons?: readonly Reason[];
  /** An input that is valid as it stands; ids in it are made up. */
  example: Input;
  /** Its place under `/api`; names in braces are fields of the input. `null`: it streams, and is not there. */
  rest: `${Method} /${string}` | null;
  /** Whether the header `Idempotency-Key` stands for the field `idempotencyKey`. */
  takesIdempotencyKey?: boolean;
}

/** What is known of a procedure beside its schemas: the documents, the REST routes and the tests read it. */
export interface ProcedureMeta extends Record<string, unknown> {
  description: string;
  /** The description's first sentence. */
  summary: string;
  whoMay: string;
  reasons: readonly Reason[];
  example: unknown;
  takesIdempotencyKey: boolean;
  openapi?: {
    method: Method;
    path: `/${string}`;
    summary: string;
    description: string;
    protect: boolean;
    errorResponses: number[];
  };
}

/** What any call may be answered, whatever it is for. */
export const commonReasons = [
  'invalid_input',
  'not_signed_in',
  'invalid_token',
  'invalid_api_key',
  'too_large',
  'rate_limited',
  'unavailable',
  'internal',
] as const satisfies readonly Reason[];

/** The `meta` of a procedure; `input` is its schema (`null` when it has none) and types the example. */
export function describe<Schema extends z.ZodType>(
  _input: Schema | null,
  about: About<z.input<Schema>>,
): ProcedureMeta {
  const { description, whoMay, reasons = [], example, rest, takesIdempotencyKey = false } = about;
  const [summary = ''] = description.split(/(?<=\.) /);
  const statuses = [...commonReasons, ...reasons].map((reason) => catalogue[reason].status);
  return {
    description,
    whoMay,
    reasons,
    example,
    takesIdempotencyKey,
    summary: summary.replace(/\.$/, ''),
    ...(rest !== null && {
      openapi: {
        method: rest.split(' ')[0] as Method,
        path: rest.split(' ')[1] as `/${string}`,
        summary: summary.replace(/\.$/, ''),
        description: `${description}\n\nFor: ${whoMay}.`,
        protect: rest !== 'GET /session',
        errorResponses: [...new Set(statuses)].toSorted((one, other) => one - other),
      },
    }),
  };
}
