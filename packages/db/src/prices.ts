import { z } from 'zod';
import { callFunction, readAs, type Actor } from './actor.ts';
import type { Database } from './client.ts';
import { Prisma } from './generated/client.ts';
import { creditPrice } from './shapes.ts';

/** What a second of video costs, by resolution and quality. For everybody who is signed in. */
export async function listCreditPrices(db: Database, actor: Actor): Promise<{ items: z.infer<typeof creditPrice>[] }> {
  return readAs(db, actor, async (tx) => ({
    items: await tx.creditPrice.findMany({
      select: { resolution: true, quality: true, creditsPerSecond: true },
      orderBy: [{ resolution: 'asc' }, { creditsPerSecond: 'asc' }, { quality: 'asc' }],
    }),
  }));
}

const priceSet = creditPrice.extend({ success: z.literal(true), message: z.string() });

/** Sets what a second costs from now on; charges made before keep their amount. For admins. */
export async function setCreditPrice(
  db: Database,
  actor: Actor,
  input: { resolution: string; quality: string; creditsPerSecond: number },
): Promise<z.infer<typeof priceSet>> {
  const args = [input.resolution, input.quality, Prisma.sql`${input.creditsPerSecond}::integer`];
  return callFunction(db, actor, 'set_credit_price', args, priceSet);
}
