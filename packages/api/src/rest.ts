import { z } from 'zod';
import { definitions } from './definitions.ts';
import { appRouter } from './router.ts';
import { createCallerFactory, type Context } from './trpc.ts';

export interface RestRoute {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Under the prefix, with parameters as `:name`. */
  url: string;
  /** The procedure behind it. */
  path: string;
  /** The input that a request stands for, not yet checked: the procedure does that. */
  toInput: (request: { params: unknown; query: unknown; body: unknown }) => unknown;
  /** Calls the procedure; raises what it raises, as `TRPCError`. */
  call: (ctx: Context, input: unknown) => Promise<unknown>;
}

type Caller = Record<string, Record<string, (input: unknown) => Promise<unknown>>>;

const createCaller = createCallerFactory(appRouter);

/** The procedures as REST routes: input from path, query and body, answers and errors as everywhere. */
export const restRoutes: RestRoute[] = definitions.flatMap(({ path, input, meta }) => {
  if (!meta?.openapi) {
    return [];
  }
  const { method, path: url } = meta.openapi;
  const [subject = '', name = ''] = path.split('.');
  const fromText = input ? queryReader(input) : (query: Record<string, unknown>) => query;
  return [
    {
      method,
      url: url.replaceAll(/\{(\w+)\}/g, ':$1'),
      path,
      toInput: ({ params, query, body }) => {
        if (!input) {
          return undefined;
        }
        if (method === 'GET' || method === 'DELETE') {
          return { ...fromText(asRecord(query)), ...asRecord(params) };
        }
        // Anything but an object goes on as it is, for the schema to refuse.
        return typeof body === 'object' && !Array.isArray(body)
          ? { ...body, ...asRecord(params) }
          : body === undefined
            ? asRecord(params)
            : body;
      },
      call: async (ctx, value) => (createCaller(ctx) as unknown as Caller)[subject]![name]!(value),
    },
  ];
});

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** Reads the texts of a query as what the schema asks for; what does not look like it stays text, and is refused. */
function queryReader(input: z.ZodType): (query: Record<string, unknown>) => Record<string, unknown> {
  const { properties = {} } = z.toJSONSchema(input, { unrepresentable: 'any', io: 'input' });
  const kinds = new Map(
    Object.entries(properties).map(([name, schema]) => {
      const text = JSON.stringify(schema);
      return [name, /"type":"(integer|number|boolean|array)"/.exec(text)?.[1] ?? 'string'] as const;
    }),
  );
  return (query) =>
    Object.fromEntries(
      Object.entries(query).map(([name, value]) => {
        switch (kinds.get(name) ?? 'string') {
          case 'integer':
          case 'number':
            return [name, typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value];
          case 'boolean':
            return [name, value === 'true' ? true : value === 'false' ? false : value];
          case 'array':
            return [name, Array.isArray(value) ? value : [value]];
          default:
            return [name, value];
        }
      }),
    );
}
