import { generateOpenApiDocument, type OpenAPIObject } from 'trpc-to-openapi';
import { z } from 'zod';
import { catalogue, reasons, type Reason } from './contract/errors.ts';
import { definitions } from './definitions.ts';
import { commonReasons } from './describe.ts';
import { appRouter } from './router.ts';

export type { OpenAPIObject } from 'trpc-to-openapi';

/** Every error that the API answers, under `/api` and under `/trpc` alike. */
export const errorAnswer = z.object({
  error: z.object({
    message: z.string(),
    code: z.int(),
    data: z.object({
      code: z.string(),
      httpStatus: z.int(),
      path: z.string().optional(),
      reason: z.enum(reasons),
      details: z.record(z.string(), z.unknown()),
      hint: z.string().nullable(),
      requestId: z.string(),
    }),
  }),
});

/** The OpenAPI 3.1 document of the procedures, as they are served under `baseUrl` (for instance `/api`). */
export function createOpenApiDocument(baseUrl: string): OpenAPIObject {
  const document = generateOpenApiDocument(appRouter, {
    title: 'Reeldesk API',
    description:
      'The procedures of the typed API as REST. Errors carry `error.data.reason`, one of the catalogue in docs/errors.md.',
    version: '1.0.0',
    openApiVersion: '3.1.0',
    baseUrl,
    securitySchemes: {
      bearer: { type: 'http', scheme: 'bearer', description: 'A Supabase access token, or an API key (`rdk_…`).' },
    },
  });
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, Error: toSchema(errorAnswer) },
  };
  for (const { path, type, input, meta } of definitions) {
    const operation = meta?.openapi && document.paths?.[meta.openapi.path]?.[toVerb(meta.openapi.method)];
    if (!meta?.openapi || !operation) {
      continue;
    }
    operation.operationId = path.split('.')[1]!;
    operation.tags = [path.split('.')[0]!];
    operation.responses = { 200: operation.responses?.['200'], ...errorResponses([...commonReasons, ...meta.reasons]) };
    if (type === 'mutation' && meta.takesIdempotencyKey) {
      operation.parameters = [...(operation.parameters ?? []), idempotencyHeader];
    }
    const content = operation.requestBody && 'content' in operation.requestBody ? operation.requestBody.content : null;
    if (input && content?.['application/json']) {
      content['application/json'].example = bodyOf(meta.example, meta.openapi.path);
    }
  }
  return document;
}

type Operation = NonNullable<NonNullable<OpenAPIObject['paths']>[string]['get']>;
type Schema = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string];

function toVerb(method: string): 'get' | 'post' | 'put' | 'delete' {
  return method.toLowerCase() as ReturnType<typeof toVerb>;
}

const idempotencyHeader: NonNullable<Operation['parameters']>[number] = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'One fresh key per intended action. The same key with the same arguments answers as the first time, with `Idempotent-Replayed: true`.',
  schema: { type: 'string', minLength: 1, maxLength: 200 },
};

function errorResponses(list: readonly Reason[]): Record<string, object> {
  const byStatus = new Map<number, Reason[]>();
  for (const reason of list) {
    const { status } = catalogue[reason];
    byStatus.set(status, [...(byStatus.get(status) ?? []), reason]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, of]) => [
      status,
      {
        description: of.map((reason) => `\`${reason}\`: ${catalogue[reason].meaning}`).join('\n\n'),
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    ]),
  );
}

function bodyOf(example: unknown, path: string): unknown {
  const inPath = new Set([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
  return Object.fromEntries(Object.entries(Object(example) as object).filter(([name]) => !inPath.has(name)));
}

function toSchema(schema: z.ZodType): Schema {
  const { $schema: _, ...json } = z.toJSONSchema(schema);
  return json as Schema;
}
