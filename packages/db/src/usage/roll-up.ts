import { z } from 'zod';
import { callFunction, callUnhurried, type Actor } from '../actor.ts';
import type { Database } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { total } from '../shapes.ts';

const rolledUp = z.object({ isLeader: z.boolean(), rows: total.nullable(), hasMore: z.boolean() });

/**
 * Takes the next ledger rows into the rollups; call it every few seconds. `isLeader` is false when another session
 * is at it, `rows` is null when all were made anew: that may take minutes, so PostgreSQL's limit for a statement does
 * not hold here, and `db` should be one that waits. For the back end.
 */
export async function rollUpUsage(
  db: Database,
  actor: Actor,
  input: { limit?: number } = {},
): Promise<z.infer<typeof rolledUp>> {
  return callUnhurried(db, actor, 'roll_up_usage', [Prisma.sql`${input.limit ?? 20_000}::integer`], rolledUp);
}

const rebuilt = z.object({ digest: z.string(), isSame: z.boolean().nullable() });

/** Makes all rollups anew from the ledger; `isSame` says whether they are what they were. For the back end. */
export async function rebuildUsage(db: Database, actor: Actor): Promise<z.infer<typeof rebuilt>> {
  return callUnhurried(db, actor, 'rebuild_usage', [], rebuilt);
}

const lag = z.object({ rows: total, seconds: z.number() });

/** Ledger rows not rolled up yet (counted up to 100,000) and the age of the oldest in seconds. For the back end. */
export async function usageLag(db: Database, actor: Actor): Promise<z.infer<typeof lag>> {
  return callFunction(db, actor, 'usage_lag', [], lag);
}
