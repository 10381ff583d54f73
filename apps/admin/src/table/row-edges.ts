import type { KeyboardEvent } from 'react';

/** Where Home and End lead from a row: to the first and the last of its table. `null` for any other key, or elsewhere. */
export function edgeOf(event: KeyboardEvent<HTMLElement>): { row: HTMLElement | undefined; isLast: boolean } | null {
  const isLast = event.key === 'End';
  const isAlone = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey;
  if (!(event.target instanceof HTMLTableRowElement) || !isAlone || (!isLast && event.key !== 'Home')) {
    return null;
  }
  event.preventDefault();
  const rows = event.currentTarget.querySelectorAll<HTMLElement>('tr[data-index]');
  return { row: [...rows].at(isLast ? -1 : 0), isLast };
}
