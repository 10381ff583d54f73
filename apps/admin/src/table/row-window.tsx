/* oxlint-disable jsx-a11y/no-redundant-roles, jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/control-has-associated-label --
   The roles keep it a table where narrow screens lay it out as cards; it listens for the focus of its rows, and the
   cells of a gap are empty. */
import type { Row as TableRowModel, RowData } from '@tanstack/react-table';
import { defaultRangeExtractor, useVirtualizer, useWindowVirtualizer, type Range } from '@tanstack/react-virtual';
import { Fragment, useCallback, useLayoutEffect, useRef, useState, useSyncExternalStore, type RefObject } from 'react';
import type { features } from './columns.ts';
import { edgeOf } from './row-edges.ts';
import { TableRow } from './table-row.tsx';

const HEAD_HEIGHT = 36;

interface RowWindowProps<Row extends RowData> {
  rows: TableRowModel<typeof features, Row>[];
  /** What the table is in; whether it scrolls by itself is the style sheet's to say. */
  region: RefObject<HTMLElement | null>;
  rowHeight: number;
  isCounted: boolean;
  /** After rows were drawn. */
  onDrawn: () => void;
}

/** The rows that are in sight, and some around them; the others are as much empty room as they would take. */
export function RowWindow<Row extends RowData>(props: RowWindowProps<Row>) {
  const { rows, region, rowHeight, isCounted, onDrawn } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  const isRegion = useScrollsItself(region);
  const [top, setTop] = useState(0);
  const [focused, setFocused] = useState(0);
  const guess = useRef(rowHeight);
  const options = {
    count: rows.length,
    estimateSize: () => guess.current,
    getItemKey: useCallback((index: number) => rows[index]?.id ?? index, [rows]),
    overscan: 10,
    scrollMargin: top,
    scrollPaddingStart: HEAD_HEIGHT,
    initialRect: { width: 0, height: 800 },
    rangeExtractor: (range: Range) => drawnRows(range, focused),
  };
  const ofRegion = useVirtualizer<HTMLElement, HTMLTableRowElement>({
    ...options,
    enabled: isRegion,
    getScrollElement: () => region.current,
  });
  const ofPage = useWindowVirtualizer<HTMLTableRowElement>({ ...options, enabled: !isRegion });
  const virtualizer = isRegion ? ofRegion : ofPage;
  const items = virtualizer.getVirtualItems();
  // After each drawing: what stands above the rows may have grown.
  // oxlint-disable-next-line react-hooks/exhaustive-deps -- it sets the same number again, which draws nothing.
  useLayoutEffect(() => {
    if (body.current && region.current) {
      const { top: at } = body.current.getBoundingClientRect();
      const within = at - region.current.getBoundingClientRect().top + region.current.scrollTop;
      setTop(Math.round(isRegion ? within : at + scrollY));
    }
    const height = body.current?.querySelector('tr[data-index]')?.getBoundingClientRect().height ?? 0;
    if (height > 0) {
      onDrawn();
      // A card is several times as high as a row.
      if (Math.abs(height - guess.current) > guess.current / 2) {
        guess.current = height;
        virtualizer.measure();
      }
    }
  });
  const columnCount = rows[0]?.getAllCells().length ?? 1;
  let end = top;
  const drawn = items.map((item) => {
    const row = rows[item.index];
    const gap = item.start - end;
    end = item.end;
    return (
      <Fragment key={item.key}>
        {gap > 0 && <Room height={gap} columnCount={columnCount} />}
        {row && (
          <TableRow
            cells={row.getAllCells()}
            index={item.index}
            isCounted={isCounted}
            measure={virtualizer.measureElement}
          />
        )}
      </Fragment>
    );
  });
  return (
    <tbody
      ref={body}
      role="rowgroup"
      onFocus={({ target }) => {
        const index = target.closest<HTMLElement>('tr[data-index]')?.dataset['index'];
        if (index !== undefined) {
          setFocused(Number(index));
        }
      }}
      onKeyDown={(event) => {
        const edge = edgeOf(event);
        if (edge) {
          event.stopPropagation();
          edge.row?.focus({ preventScroll: true });
          // The height of what lies between is not known: it looks again until it is there.
          virtualizer.scrollToIndex(edge.isLast ? rows.length - 1 : 0, { align: edge.isLast ? 'end' : 'start' });
        }
      }}
    >
      {drawn}
    </tbody>
  );
}

function Room({ height, columnCount }: { height: number; columnCount: number }) {
  return (
    <tr aria-hidden className="row-room">
      <td colSpan={columnCount} style={{ height }} />
    </tr>
  );
}

// The first and the last can always be gone to, and the row with the focus keeps it, with those beside it to go on to.
function drawnRows(range: Range, focused: number): number[] {
  const wanted = [0, focused - 1, focused, focused + 1, range.count - 1, ...defaultRangeExtractor(range)];
  return [...new Set(wanted)].filter((index) => index >= 0 && index < range.count).toSorted((a, b) => a - b);
}

function useScrollsItself(region: RefObject<HTMLElement | null>): boolean {
  return useSyncExternalStore(subscribeToResize, () =>
    region.current ? getComputedStyle(region.current).getPropertyValue('--scrolls') === 'itself' : true,
  );
}

function subscribeToResize(listener: () => void): () => void {
  addEventListener('resize', listener);
  return () => removeEventListener('resize', listener);
}
