import type { Actor } from '@reeldesk/db/actor';
import { createTestDatabase } from '@reeldesk/db/testing/test-database';
import { backend, makeVideo } from '@reeldesk/db/testing/fixtures';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { definitions, type Definition } from './definitions.ts';
import { callApi } from './testing/call-api.ts';

const database = await createTestDatabase();
const { db } = database;
afterAll(database.drop);
const admin = await database.createAccount({ role: 'admin', credits: 100 });
const owner = await database.createAccount({ credits: 100 });
beforeAll(async () => {
  await makeVideo(db, owner.id);
  await makeVideo(db, owner.id, 'pending');
});

/** Every row of every table that a call could change. */
async function snapshot(): Promise<unknown> {
  const names = ['profiles', 'videos', 'credit_transactions', 'credit_prices', 'staff_members', 'audit_log'].map(
    (name) => `public.${name}`,
  );
  const tables = [...names, 'private.api_keys', 'private.idempotency_keys'];
  const columns = tables.map(
    (name) => `(select md5(coalesce(jsonb_agg(t order by t::text)::text, '')) from ${name} t) as "${name}"`,
  );
  return database.asOwner.query(`select ${columns.join(', ')}`);
}

function nested(depth: number): unknown {
  let value: unknown = 'deep';
  for (let level = 0; level < depth; level++) {
    value = level % 2 ? [value] : { value };
  }
  return value;
}

const hostileTexts = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\uD800',
  '\u202E\u200B\uFEFF',
  "'; drop table videos; --",
  "' or '1'='1",
  '$$; select pg_sleep(10); $$',
  '%_\\',
  '{{7*7}}${7*7}<script>alert(1)</script>',
  '../../../../etc/passwd',
  '__proto__',
  'null',
  'infinity',
  '0000-00-00T00:00:00Z',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59+23:59',
  '-infinity',
  'epoch',
  '2026-02-30',
  'Europe/Nowhere',
  '+05:30',
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  'bm9uc2Vuc2U',
  Buffer.from('["0000-01-01T00:00:00Z","00000000-0000-0000-0000-000000000000"]').toString('base64url'),
  Buffer.from('[1e9,"00000000-0000-0000-0000-000000000000"]').toString('base64url'),
  Buffer.from('[2147483647]').toString('base64url'),
  Buffer.from(JSON.stringify(nested(200))).toString('base64url'),
  'https://a/\u0000',
  'javascript:alert(1)',
  'x'.repeat(20_000),
];
const hostileNumbers = [
  0,
  -0,
  -1,
  0.5,
  1e21,
  1e308,
  -1e308,
  2 ** 31,
  -(2 ** 31) - 1,
  2 ** 53,
  2 ** 63,
  Number.MIN_VALUE,
];
const hostile = fc.oneof(
  fc.constantFrom<unknown>(...hostileTexts, ...hostileNumbers),
  fc.constantFrom<unknown>(null, true, [], {}, [[]], { length: 1 }, { toString: 'x' }, ['a', 1], nested(500)),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.jsonValue({ maxDepth: 4 }),
);

/** The input's fields, those inside of rows and filters too, as paths. */
function fieldsOf(schema: z.ZodType): string[][] {
  const walk = (node: Record<string, unknown>, path: string[]): string[][] => {
    const variants = [node, ...((node['anyOf'] as Record<string, unknown>[] | undefined) ?? [])];
    return variants.flatMap((variant) => {
      const { properties, items } = variant as { properties?: Record<string, object>; items?: object };
      return [
        ...Object.entries(properties ?? {}).flatMap(([name, child]) => [
          [...path, name],
          ...walk(child as Record<string, unknown>, [...path, name]),
        ]),
        ...(items ? walk(items as Record<string, unknown>, [...path, '0']) : []),
      ];
    });
  };
  return walk(z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }), []);
}

function replaceAt(value: unknown, [name, ...rest]: string[], replacement: unknown): unknown {
  if (name === undefined) {
    return replacement;
  }
  const copy: Record<string, unknown> = Array.isArray(value) ? ([...value] as never) : { ...Object(value) };
  Object.defineProperty(copy, name, {
    value: replaceAt(copy[name], rest, replacement),
    enumerable: true,
    writable: true,
    configurable: true,
  });
  return copy;
}

/** The example with the ids of this database, so that a call that gets through meets real rows. */
function realistic({ meta }: Definition, videoId: string): unknown {
  const text = JSON.stringify(meta?.example ?? null);
  const ids = text.replaceAll(/"videoId":"[^"]*"/g, `"videoId":"${videoId}"`);
  return JSON.parse(ids.replaceAll(/"userId":"[^"]*"/g, `"userId":"${owner.id}"`));
}

describe.each(definitions.filter(({ type, input }) => type !== 'subscription' && input !== undefined))(
  '$path',
  (definition) => {
    const { path, type, input } = definition;
    const fields = fieldsOf(input!);

    test('answers bad input with a typed 4xx, never a 500, and changes nothing', async () => {
      const [video] = await database.asOwner.query<{ id: string }>('select id from videos order by id limit 1');
      const example = realistic(definition, video!.id);
      const before = await snapshot();
      const tries = fc.oneof(
        { weight: 1, arbitrary: hostile },
        {
          weight: 4,
          arbitrary: fc
            .array(fc.tuple(fc.constantFrom(...fields), hostile), { minLength: 1, maxLength: 3 })
            .map((changes) => changes.reduce<unknown>((value, [field, bad]) => replaceAt(value, field, bad), example)),
        },
      );
      await fc.assert(
        fc.asyncProperty(tries, fc.constantFrom<Actor>(admin.actor, owner.actor, backend), async (value, actor) => {
          // What is right by chance is not bad input; a query with it is welcome to its answer.
          fc.pre(type === 'query' || !input!.safeParse(JSON.parse(JSON.stringify(value))).success);
          const answer = await callApi(db, actor, path, value);
          expect([answer.status, answer.reason], JSON.stringify(value)).not.toContain(500);
          if (answer.reason !== null) {
            expect(answer.status).toBeGreaterThanOrEqual(400);
            expect(answer.status, `${answer.message} ${JSON.stringify(value)}`).toBeLessThan(500);
          }
        }),
        { numRuns: type === 'query' ? 120 : 80 },
      );
      expect(await snapshot()).toEqual(before);
    });

    test('answers hostile text in any field with less than a 500, also where the schema lets it through', async () => {
      const texts = hostileTexts.filter((text) => text.length < 100);
      for (const field of fields) {
        for (const text of texts) {
          const value = replaceAt(realistic(definition, '00000000-0000-4000-8000-000000000000'), field, text);
          // An account of nobody, so that what gets through finds nothing to change.
          const harmless = JSON.parse(
            JSON.stringify(value).replaceAll(owner.id, '00000000-0000-4000-8000-000000000000'),
          );
          const answer = await callApi(db, owner.actor, path, harmless);
          expect(answer.status, `${field.join('.')}: ${JSON.stringify(text)} ${answer.message}`).toBeLessThan(500);
        }
      }
    });
  },
);
