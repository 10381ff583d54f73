import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { catalogue } from './contract/errors.ts';
import { definitions } from './definitions.ts';
import { commonReasons } from './describe.ts';

test('no two procedures share a place under /api', () => {
  const places = definitions.flatMap(({ meta }) =>
    meta?.openapi ? [`${meta.openapi.method} ${meta.openapi.path}`] : [],
  );
  expect(new Set(places).size).toBe(places.length);
});

describe.each(definitions.filter(({ type }) => type !== 'subscription'))('$path', ({ type, meta, input }) => {
  test('says what it does, who may call it, and what it may answer', () => {
    expect(meta?.description).toMatch(/^[A-Z].*\.$/);
    expect(meta?.whoMay).toMatch(/^\S/);
    for (const reason of meta?.reasons ?? []) {
      expect(Object.hasOwn(catalogue, reason)).toBe(true);
      expect(commonReasons).not.toContain(reason);
    }
    expect(meta?.openapi?.method === 'GET' && type === 'mutation').toBe(false);
  });

  test('has an example that its own schema accepts', () => {
    const parsed = (input ?? z.undefined()).safeParse(meta?.example);
    expect(parsed.error?.issues ?? []).toEqual([]);
  });

  test('refuses by its schema what an integer, an id or a text can not be', () => {
    if (input === undefined) {
      return;
    }
    for (const wrong of [null, 1, 'text', [], { ...Object(meta?.example), limit: 0, userId: 'x', videoId: 'x' }]) {
      const { properties = {} } = z.toJSONSchema(input, { unrepresentable: 'any', io: 'input' });
      const isTouched =
        typeof wrong !== 'object' ||
        wrong === null ||
        Array.isArray(wrong) ||
        ['limit', 'userId', 'videoId'].some((name) => name in properties);
      expect(input.safeParse(wrong).success && isTouched).toBe(false);
    }
  });
});
