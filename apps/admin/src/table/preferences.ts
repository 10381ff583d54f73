import { useSyncExternalStore } from 'react';
import { readStored, store } from '../theme.ts';

export type Density = 'comfortable' | 'compact';

const DENSITY = 'reeldesk.density';
const listeners = new Set<() => void>();
const columnsKey = (tableId: string) => `reeldesk.columns.${tableId}`;

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

/** How close the rows of every table stand; remembered between visits. */
export function useDensity(): [Density, (next: Density) => void] {
  const stored = useSyncExternalStore(subscribe, () => read(DENSITY));
  return [stored === 'compact' ? 'compact' : 'comfortable', (next) => change(DENSITY, next)];
}

/** The columns of a table that are hidden; remembered between visits. */
export function useHiddenColumns(
  tableId: string | undefined,
): [ReadonlySet<string>, (next: readonly string[]) => void] {
  const stored = useSyncExternalStore(subscribe, () => (tableId === undefined ? '' : read(columnsKey(tableId))));
  return [
    new Set(stored === '' ? [] : stored.split(',')),
    (next) => tableId !== undefined && change(columnsKey(tableId), next.join(',')),
  ];
}
