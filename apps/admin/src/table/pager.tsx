import { ChevronLeft, ChevronRight, ChevronsLeft } from 'lucide-react';
import { strings } from '../strings.ts';
import { Button } from '../ui/button.tsx';
import type { KeysetPages } from './use-keyset-pages.ts';

interface PagerProps {
  pages: KeysetPages;
  isFirst: boolean;
  nextCursor: string | null | undefined;
  rowCount: number | undefined;
}

/** Previous and next of a keyset list; how many there are in all is not counted, so it is not said. */
export function Pager({ pages, isFirst, nextCursor, rowCount }: PagerProps) {
  const { pageNumber, goNext, goPrevious, goFirst } = pages;
  return (
    <nav
      aria-label={strings.pager}
      className="flex shrink-0 items-center justify-between gap-2 border-t border-line bg-surface px-5 py-2 text-sm"
    >
      <p className="text-muted tabular-nums">
        {pageNumber === null ? strings.common.laterPage : strings.common.page(pageNumber)}
        {rowCount !== undefined && <span className="max-sm:hidden"> · {strings.common.rows(rowCount)}</span>}
      </p>
      <div className="flex gap-2">
        {!isFirst && pageNumber === null && (
          <Button size="sm" onClick={goFirst}>
            <ChevronsLeft aria-hidden className="size-3.5" />
            {strings.common.firstPage}
          </Button>
        )}
        <Button size="sm" isDisabled={goPrevious === null} onClick={() => goPrevious?.()}>
          <ChevronLeft aria-hidden className="size-3.5" />
          {strings.common.previous}
        </Button>
        <Button size="sm" isDisabled={!nextCursor} onClick={() => nextCursor && goNext(nextCursor)}>
          {strings.common.next}
          <ChevronRight aria-hidden className="size-3.5" />
        </Button>
      </div>
    </nav>
  );
}
