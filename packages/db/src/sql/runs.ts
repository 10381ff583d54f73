/**
 * How often a property is tried. A failure prints its seed and path; REELDESK_SEED and REELDESK_PATH
 * with those repeat it.
 */
export function runs(numRuns: number): { numRuns: number; seed?: number; path?: string } {
  const { REELDESK_SEED: seed, REELDESK_PATH: path } = process.env;
  return { numRuns, ...(seed !== undefined && { seed: Number(seed) }), ...(path !== undefined && { path }) };
}
