import { readFile } from 'node:fs/promises';
import type { Actor } from '@reeldesk/db/actor';
import { backend } from '@reeldesk/db/testing/fixtures';
import { createTestDatabase, type TestDatabase } from '@reeldesk/db/testing/test-database';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { reasons } from '../contract/errors.ts';
import { definitions } from '../definitions.ts';
import { exampleIds } from '../examples.ts';
import { callApi } from '../testing/call-api.ts';
import { apiPage } from './api-page.ts';
import { generateApiDocs, root } from './files.ts';
import { typeText } from './type-text.ts';

test.each(generateApiDocs())(
  '$path is what router and catalogue say now (else: npm run docs)',
  async ({ path, content }) => {
    expect(await readFile(`${root}${path}`, 'utf8')).toBe(content);
  },
);

test('the pages name every procedure and every reason', async () => {
  const [api, errors] = generateApiDocs().map(({ content }) => content);
  for (const { path } of definitions) {
    expect(api).toContain(`### ${path}\n`);
  }
  for (const reason of reasons) {
    expect(errors).toContain(`## ${reason}\n`);
  }
});

test('a type is written as TypeScript writes it, with what its schema demands', () => {
  const schema = z.object({
    id: z.guid(),
    tags: z.array(z.enum(['a', 'b'])).max(3),
    note: z.string().max(9).nullable().optional(),
    limit: z.int().min(1).max(5).default(2),
    inner: z.object({ at: z.iso.date().nullable() }),
    rest: z.record(z.string(), z.unknown()),
    any: z.unknown(),
  });
  expect(typeText(schema, 'input').split('\n')).toEqual([
    '{',
    '  id: string; // UUID',
    "  tags: ('a' | 'b')[]; // at most 3 items",
    '  note?: string | null; // at most 9 characters',
    '  limit?: number; // 1 to 5, default 2',
    '  inner: {',
    '    at: string | null; // YYYY-MM-DD',
    '  };',
    '  rest: Record<string, unknown>;',
    '  any: unknown;',
    '}',
  ]);
});

/** Makes the rows that the examples speak of: an account with credits, two videos, a colleague, a key. */
async function fill({ asOwner, asBackend }: TestDatabase, path: string): Promise<void> {
  await asOwner.query(
    `insert into auth.users (id, email) values ($1, 'rosa@reeldesk.example'), ($2, 'colleague@reeldesk.example')`,
    [exampleIds.user, exampleIds.colleague],
  );
  await asBackend.query(`select adjust_credits($1, 100, 'purchase')`, [exampleIds.user]);
  const status =
    { start: 'pending', complete: 'processing', fail: 'processing' }[
      /videos\.(start|complete|fail)/.exec(path)?.[1] ?? ''
    ] ?? 'completed';
  for (const id of [exampleIds.video, exampleIds.otherVideo]) {
    await asOwner.query(
      `insert into videos (id, user_id, prompt, video_type, duration_seconds, resolution, quality, status, credits_used, deleted_at)
      values ($1, $2, 'A sunset', 'text_to_video', 5, '1920x1080', 'high', $3, 15, $4)`,
      [id, exampleIds.user, status, path === 'videos.restoreVideo' ? '2026-01-01T00:00:00Z' : null],
    );
    await asOwner.query(
      `select private.post_to_ledger(v.user_id, -15, 'charge', 'Video generation', v) from videos v where v.id = $1`,
      [id],
    );
  }
  if (path === 'staff.revokeStaffRole') {
    await asOwner.query(`insert into staff_members (user_id, role) values ($1, 'analyst')`, [exampleIds.colleague]);
  }
  await asOwner.query(
    `insert into private.api_keys (id, key_hash, prefix, name, role, made_by) values ($1, sha256('x'), 'rdk_example', 'Old', 'staff', $2)`,
    [exampleIds.key, exampleIds.colleague],
  );
}

describe('the example of', () => {
  test.each(definitions.filter(({ type }) => type !== 'subscription'))('$path works', async ({ path, meta }) => {
    const database = await createTestDatabase();
    try {
      const admin = await database.createAccount({ role: 'admin' });
      await fill(database, path);
      const actor: Actor = /videos\.(start|complete|fail)/.test(path) ? backend : admin.actor;
      expect(await callApi(database.db, actor, path, meta?.example)).toMatchObject({ status: 200, reason: null });
      expect(apiPage()).toContain(`await client.${path}.`);
    } finally {
      await database.drop();
    }
  });
});
