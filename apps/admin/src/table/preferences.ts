import { useMemo, useSyncExternalStore } from 'react';
import { readStored, store } from '../theme.ts';
import { parseWidths, type ColumnWidths } from './column-widths.ts';

export type Density = 'comfortable' | 'compact';

/** How many rows a page can have. */
export const pageSizes = [50, 100, 200, 500] as const;
export type PageSize = (typeof pageSizes)[number];

const DENSITY = 'reeldesk.density';
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function change(key: string, value: string): void {
  remembered.set(key, value);
  store(key, value);
  listeners.forEach((listener) => listener());
}

// What was chosen holds also where the browser stores nothing.
const remembered = new Map<string, string>();
const read = (key: string) => remembered.get(key) ?? readStored(key) ?? '';

/** What is remembered of one table under a name; nothing of a table without an id. */
function useOfTable(name: string, tableId: string | undefined): [string, (next: string) => void] {
  const key = `reeldesk.${name}.${tableId}`;
  const stored = useSyncExternalStore(subscribe, () => (tableId === undefined ? '' : read(key)));
  return [stored, (next) => tableId !== undefined && change(key, next)];
}

/** How close the rows of every table stand; remembered between visits. */
export function useDensity(): [Density, (next: Density) => void] {
  const stored = useSyncExternalStore(subscribe, () => read(DENSITY));
  return [stored === 'compact' ? 'compact' : 'comfortable', (next) => change(DENSITY, next)];
}

/** The columns of a table that are hidden; remembered between visits. */
export function useHiddenColumns(
  tableId: string | undefined,
): [ReadonlySet<string>, (next: readonly string[]) => void] {
  const [stored, keep] = useOfTable('columns', tableId);
  return [new Set(stored === '' ? [] : stored.split(',')), (next) => keep(next.join(','))];
}

/** The widths of a table's columns once one was changed, none before; remembered between visits. */
export function useColumnWidths(tableId: string | undefined): [ColumnWidths, (next: ColumnWidths) => void] {
  const [stored, keep] = useOfTable('widths', tableId);
  const widths = useMemo(() => parseWidths(stored), [stored]);
  return [widths, (next) => keep(JSON.stringify(next))];
}

/** How many rows a page of a table has; remembered between visits. */
export function usePageSize(tableId: string | undefined): [PageSize, (next: PageSize) => void] {
  const [stored, keep] = useOfTable('rows', tableId);
  return [pageSizes.find((size) => String(size) === stored) ?? 50, (next) => keep(String(next))];
}
