import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { callFunction, type Actor } from './actor.ts';
import type { Database } from './client.ts';
import { cursorShapes, decodeCursor, toPage } from './cursor.ts';
import { Prisma } from './generated/client.ts';
import { apiKey, type ApiKey, type ApiKeyRole } from './shapes.ts';

/** What every key begins with: tells it from a token, also to scanners that look for leaked ones. */
export const API_KEY_MARK = 'rdk_';

/** A new key of 256 random bits, its SHA-256 in hex, and the beginning by which people know it again. */
export function makeApiKey(): { key: string; keyHash: string; prefix: string } {
  const key = `${API_KEY_MARK}${randomBytes(32).toString('base64url')}`;
  return { key, keyHash: hashApiKey(key), prefix: key.slice(0, 12) };
}

/** The SHA-256 of a key in hex: all that is kept of it. It has too many bits to be guessed, so no slow hash. */
export function hashApiKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/** Makes an API key in the caller's name and answers it, this once. For admins who are signed in. */
export async function createApiKey(
  db: Database,
  actor: Actor,
  input: { name: string; role: ApiKeyRole; expiresAt?: string | null | undefined },
): Promise<ApiKey & { key: string }> {
  const { key, keyHash, prefix } = makeApiKey();
  const args = [input.name, input.role, Prisma.sql`${input.expiresAt ?? null}::timestamptz`, keyHash, prefix];
  return { ...(await callFunction(db, actor, 'create_api_key', args, apiKey)), key };
}

/** Ends an API key at once, for good; once more changes nothing. For admins who are signed in. */
export async function revokeApiKey(db: Database, actor: Actor, input: { keyId: string }): Promise<ApiKey> {
  return callFunction(db, actor, 'revoke_api_key', [Prisma.sql`${input.keyId}::uuid`], apiKey, true);
}

/** All API keys, newest first, those that are over too. For admins. */
export async function listApiKeys(
  db: Database,
  actor: Actor,
  input: { limit: number; cursor?: string | null | undefined },
): Promise<{ items: ApiKey[]; nextCursor: string | null }> {
  const after = decodeCursor(input.cursor, cursorShapes.timeAndId);
  const args = [
    Prisma.sql`${after?.[0] ?? null}::timestamptz`,
    Prisma.sql`${after?.[1] ?? null}::uuid`,
    Prisma.sql`${input.limit + 1}::integer`,
  ];
  const rows = await callFunction(db, actor, 'list_api_keys', args, z.array(apiKey), true);
  return toPage(rows, input.limit, (row) => [row.createdAt, row.id]);
}
