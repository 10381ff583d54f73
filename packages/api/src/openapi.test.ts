import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, test } from 'vitest';
import { definitions } from './definitions.ts';
import { createOpenApiDocument } from './openapi.ts';

const document = createOpenApiDocument('/api');

test('the document is valid OpenAPI 3.1', async () => {
  const copy = JSON.parse(JSON.stringify(document)) as Record<string, unknown>;
  const validator = new Validator();
  expect(await validator.validate(copy)).toEqual({ valid: true });
  expect(validator.version).toBe('3.1');
  expect(document.openapi).toMatch(/^3\.1\./);
});

test('a document with a mistake would be noticed', async () => {
  const broken = { ...(JSON.parse(JSON.stringify(document)) as object), paths: { '/x': { get: { responses: 5 } } } };
  expect((await new Validator().validate(broken)).valid).toBe(false);
});

describe.each(definitions.filter(({ type }) => type !== 'subscription'))('$path', ({ path, meta, input }) => {
  const [, name] = path.split('.');
  const { method, path: route } = meta!.openapi!;
  const operation = document.paths?.[route]?.[method.toLowerCase() as 'get'];

  test('is in the document under its own name, with its reasons', () => {
    expect(operation?.operationId).toBe(name);
    const text = JSON.stringify(operation?.responses);
    for (const reason of meta!.reasons) {
      expect(text).toContain(`\`${reason}\``);
    }
    expect(JSON.stringify(operation?.responses?.['200'])).toContain('"schema"');
  });

  test('has its whole input in path, query or body', () => {
    const named = (operation?.parameters ?? []).flatMap((parameter) => ('name' in parameter ? [parameter.name] : []));
    const body = JSON.stringify(operation?.requestBody ?? {});
    for (const field of Object.keys(Object(meta!.example) as object)) {
      expect(named.includes(field) || body.includes(`"${field}"`), field).toBe(true);
    }
    expect(input === undefined).toBe(meta!.example === undefined);
  });
});
