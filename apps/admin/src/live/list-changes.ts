/** A page of a list, as every list of the API answers. */
export interface ListPage {
  items: readonly Row[];
  nextCursor?: string | null;
}

export type Row = Record<string, unknown>;

export interface ListChanges {
  /** The rows that are shown, each with its values of now, in the order and number of before. */
  items: Row[];
  /** Rows that would come in among those shown. */
  newRows: number;
  /** There may be more of them than fit on a page. */
  isMore: boolean;
  /** Ids of rows that are shown and no longer in the list. */
  gone: string[];
}

/** What a row is told from others by. */
export function rowKey(row: Row): string {
  return String(row['id'] ?? row['userId']);
}

/** Compares the page that is shown with the same page as it is now. */
export function compareRows(shown: ListPage, fresh: ListPage): ListChanges {
  const before = new Set(shown.items.map(rowKey));
  const now = new Map(fresh.items.map((row) => [rowKey(row), row]));
  const items = shown.items.map((row) => now.get(rowKey(row)) ?? row);
  const lastFresh = fresh.items.findLastIndex((row) => before.has(rowKey(row)));
  const lastShown = shown.items.findLastIndex((row) => now.has(rowKey(row)));
  // Rows that only moved up to the end of the page are not new, and those pushed off its end are not gone.
  const isNew = (row: Row, index: number) =>
    !before.has(rowKey(row)) && (index < lastFresh || lastFresh === -1 || !shown.nextCursor);
  const isGone = (row: Row, index: number) => !now.has(rowKey(row)) && (index < lastShown || !fresh.nextCursor);
  const newRows = fresh.items.filter(isNew).length;
  return {
    items,
    newRows,
    isMore: lastFresh === -1 && newRows > 0 && Boolean(fresh.nextCursor),
    gone: shown.items.filter(isGone).map(rowKey),
  };
}
