// What the API gives at most at once.
const MOST_AT_ONCE = 200;

interface PageOf<Item> {
  items: Item[];
  nextCursor: string | null;
}

/** A page as long as asked for: of one call, or of several that follow each other where it is longer than a call's. */
export async function readPage<Item>(
  { limit, cursor = null }: { limit: number; cursor?: string | null | undefined },
  read: (part: { limit: number; cursor: string | null }) => Promise<PageOf<Item>>,
): Promise<PageOf<Item>> {
  const items: Item[] = [];
  let next = cursor;
  do {
    const part = await read({ limit: Math.min(limit - items.length, MOST_AT_ONCE), cursor: next });
    items.push(...part.items);
    next = part.nextCursor;
  } while (next !== null && items.length < limit);
  return { items, nextCursor: next };
}
