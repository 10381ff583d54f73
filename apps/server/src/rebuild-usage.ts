import { z } from 'zod';
import type { Config } from './env.ts';
import { withOwnerConnection } from './owner-connection.ts';

const rebuilt = z.object({ digest: z.string(), is_same: z.boolean().nullable() });

/**
 * Makes the running totals of the usage reports anew from the ledger, which takes a minute per some millions of rows;
 * reports go on meanwhile. Answers in a sentence whether they are what they were.
 */
export async function rebuildUsage(config: Config): Promise<string> {
  return withOwnerConnection(config, 'rebuild-usage', async (client) => {
    await client.query('set statement_timeout = 0');
    const { rows } = await client.query<{ answer: unknown }>('select usage.rebuild() as answer');
    const { digest, is_same: isSame } = rebuilt.parse(rows[0]?.answer);
    const finding =
      isSame === null
        ? 'there were none before'
        : isSame
          ? 'the same as before'
          : 'not those that there were: somebody had changed them';
    return `The totals of the usage reports were made anew, ${finding}. Fingerprint: ${digest}`;
  });
}
