import { creditPrice } from '@reeldesk/db/shapes';
import { z } from 'zod';

export { creditPrice } from '@reeldesk/db/shapes';

export const listCreditPricesOutput = z.object({ items: z.array(creditPrice) });

export const setCreditPriceInput = z.object({
  /** Width x height, for instance `1920x1080`. */
  resolution: z.string().regex(/^[1-9][0-9]{1,4}x[1-9][0-9]{1,4}$/, 'must be width x height, for instance 1920x1080'),
  quality: z.string().regex(/^[a-z][a-z0-9_-]{0,39}$/, 'must be a short lowercase name'),
  creditsPerSecond: z.int().min(1).max(100_000),
});
export const setCreditPriceOutput = creditPrice.extend({ success: z.literal(true), message: z.string() });
