import type { creditPrice } from '@reeldesk/api/contract/prices';
import type { z } from 'zod';

export type Price = z.infer<typeof creditPrice>;

/** Prices as a table: a row for each resolution, the smallest first; a column for each quality, the cheapest first. */
export function toPriceTable(prices: readonly Price[]): {
  qualities: string[];
  rows: { resolution: string; prices: Record<string, number> }[];
} {
  const resolutions = [...new Set(prices.map(({ resolution }) => resolution))].toSorted(
    (a, b) => pixels(a) - pixels(b),
  );
  const qualities = [...new Set(prices.map(({ quality }) => quality))];
  const cost = (quality: string) => {
    const of = prices.filter((price) => price.quality === quality);
    return of.reduce((sum, { creditsPerSecond }) => sum + creditsPerSecond, 0) / of.length;
  };
  return {
    qualities: qualities.toSorted((a, b) => cost(a) - cost(b) || a.localeCompare(b, 'en')),
    rows: resolutions.map((resolution) => ({
      resolution,
      prices: Object.fromEntries(
        prices
          .filter((price) => price.resolution === resolution)
          .map((price) => [price.quality, price.creditsPerSecond]),
      ),
    })),
  };
}

function pixels(resolution: string): number {
  const [width = 0, height = 0] = resolution.split('x').map(Number);
  return width * height;
}
