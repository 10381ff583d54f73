import { useLocation, useNavigate } from '@tanstack/react-router';
import { usePageSize, type PageSize } from './preferences.ts';

declare module '@tanstack/react-router' {
  interface HistoryState {
    /** The cursors of the pages before this one, `null` for the first; not in the address, but Back and reload keep it. */
    trail?: (string | null)[];
  }
}

export interface KeysetPages {
  /** Counts from 1; `null` on a later page that was opened by its address. */
  pageNumber: number | null;
  goNext: (nextCursor: string) => void;
  /** `null` where the way back is not known; then only the first page can be offered. */
  goPrevious: (() => void) | null;
  goFirst: () => void;
  /** How many rows a page has. */
  size: PageSize;
  /** Begins again at the first page: the ones before would be others. */
  setSize: (next: PageSize) => void;
}

/**
 * Pages of a keyset list: the cursor in the address, the way back in the history entry, and how long they are,
 * which is remembered under the table's id.
 */
export function useKeysetPages(cursor: string | undefined, tableId: string): KeysetPages {
  const navigate = useNavigate();
  const trail = useLocation({ select: (location) => location.state.trail }) ?? [];
  const goTo = (next: string | null, nextTrail: (string | null)[]) => {
    void navigate({
      to: '.',
      search: (before: Record<string, unknown>) => ({ ...before, cursor: next ?? undefined }),
      state: { trail: nextTrail },
      resetScroll: false,
    }).then(showFirstRow);
  };
  const [size, keepSize] = usePageSize(tableId);
  const isFirst = cursor === undefined;
  const previous = trail.at(-1);
  return {
    pageNumber: isFirst ? 1 : trail[0] === null ? trail.length + 1 : null,
    goNext: (nextCursor) => goTo(nextCursor, isFirst ? [null] : [...trail, cursor]),
    goPrevious: !isFirst && previous !== undefined ? () => goTo(previous, trail.slice(0, -1)) : null,
    goFirst: () => goTo(null, []),
    size,
    setSize: (next) => {
      keepSize(next);
      if (isFirst) {
        showFirstRow();
      } else {
        goTo(null, []);
      }
    },
  };
}

function showFirstRow(): void {
  const table = document.querySelector('.table-scroll');
  table?.scrollTo({ top: 0 });
  if (table && table.getBoundingClientRect().top < 0) {
    table.scrollIntoView();
  }
}
