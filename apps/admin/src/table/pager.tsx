import { ChevronLeft, ChevronRight, ChevronsLeft } from 'lucide-react';
import { strings } from '../strings.ts';
import { tableStrings as t } from '../strings/tables.ts';
import { Button } from '../ui/button.tsx';
import { Select } from '../ui/input.tsx';
import { pageSizes } from './preferences.ts';
import type { KeysetPages } from './use-keyset-pages.ts';

interface PagerProps {
  pages: KeysetPages;
  isFirst: boolean;
  nextCursor: string | null | undefined;
  rowCount: number | undefined;
}

/** Previous and next of a keyset list; how many there are in all is not counted, so it is not said. */
export function Pager({ pages, isFirst, nextCursor, rowCount }: PagerProps) {
  const { pageNumber, goNext, goPrevious, goFirst, size, setSize } = pages;
  return (
    <nav
      aria-label={strings.pager}
      className="flex shrink-0 items-center justify-between gap-2 border-t border-line bg-surface px-5 py-2 text-sm"
    >
      <p className="text-muted tabular-nums">
        {pageNumber === null ? strings.common.laterPage : strings.common.page(pageNumber)}
        {rowCount !== undefined && <span className="max-sm:hidden"> · {strings.common.rows(rowCount)}</span>}
      </p>
      <div className="flex items-center gap-2">
        <Select
          aria-label={t.pageSize}
          title={t.pageSize}
          value={size}
          onChange={({ target }) => setSize(pageSizes.find((choice) => String(choice) === target.value) ?? size)}
          className="mr-1 [&>select]:h-7 [&>svg]:top-2"
        >
          {pageSizes.map((choice) => (
            <option key={choice} value={choice}>
              {t.pageSizes(choice)}
            </option>
          ))}
        </Select>
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
