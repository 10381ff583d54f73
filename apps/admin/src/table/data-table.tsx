/* oxlint-disable jsx-a11y/no-redundant-roles, jsx-a11y/no-interactive-element-to-noninteractive-role, jsx-a11y/no-noninteractive-tabindex, jsx-a11y/no-noninteractive-element-interactions --
   The roles keep it a table where narrow screens lay it out as cards, and a region that scrolls must take the focus
   and the keys that lead to its ends. */
import { useTable, type RowData, type SortingState } from '@tanstack/react-table';
import { useLayoutEffect, useMemo, useRef, type CSSProperties, type ReactNode } from 'react';
import { cx } from '../ui/cx.ts';
import { Skeleton } from '../ui/states.tsx';
import { columnId } from './column-id.ts';
import { restColumn } from './column-widths.ts';
import { features, ROOM, withRoom, type Columns } from './columns.ts';
import { useDensity, useHiddenColumns } from './preferences.ts';
import { edgeOf } from './row-edges.ts';
import { RowWindow } from './row-window.tsx';
import { ColumnHead } from './table-head.tsx';
import { cellClass, TableRow } from './table-row.tsx';
import { useColumnSizing } from './use-column-sizing.ts';
import { useIsPrinting } from './use-is-printing.ts';

// As many as are drawn in no time; of more, only those in sight.
const MOST_DRAWN = 60;
const rowHeights = { comfortable: 45, compact: 41 };

export interface DataTableProps<Row extends RowData> {
  /** Under which name columns and their widths are remembered, where they can be chosen. */
  tableId?: string;
  caption: string;
  columns: Columns<Row>;
  /** `undefined` while the first page loads. */
  rows: Row[] | undefined;
  rowId: (row: Row) => string;
  /** The rows are all that there are, not a page of them. */
  isWhole?: boolean;
  skeletonRows?: number;
  /** The rows shown are those of before, while others load. */
  isStale?: boolean;
  sorting?: SortingState;
  onSort?: (columnId: string) => void;
  /** The server sorts: the page is shown as it came. */
  isSortedElsewhere?: boolean;
  footer?: ReactNode;
}

const noRows: never[] = [];

/** A table that stays one for assistive technology where narrow screens show its rows as cards. */
export function DataTable<Row extends RowData>(props: DataTableProps<Row>) {
  const { tableId, caption, columns, rows, rowId, skeletonRows = 12, isStale = false, sorting, onSort, footer } = props;
  const region = useRef<HTMLElement>(null);
  const element = useRef<HTMLTableElement>(null);
  const [density] = useDensity();
  const [hidden] = useHiddenColumns(tableId);
  const isPrinting = useIsPrinting();
  const hiddenIds = [...hidden].join(',');
  const shown = useMemo(
    () => columns.filter((column) => !hiddenIds.split(',').includes(columnId(column))),
    [columns, hiddenIds],
  );
  const isInParts = tableId !== undefined && rows !== undefined && rows.length > MOST_DRAWN && !isPrinting;
  const restId = restColumn(shown);
  const sizing = useColumnSizing({ tableId, ids: shown.map(columnId), restId, table: element, isInParts });
  const { widths, chosen, hasRoom, settle } = sizing;
  const drawn = useMemo(() => (hasRoom ? withRoom(shown) : shown), [shown, hasRoom]);
  const takesRest = hasRoom ? ROOM : restId;
  const table = useTable({
    features,
    columns: drawn,
    data: rows ?? (noRows as Row[]),
    getRowId: rowId,
    enableSorting: onSort !== undefined,
    manualSorting: props.isSortedElsewhere ?? false,
    state: { sorting: sorting ?? (noRows as SortingState), columnSizing: { ...(widths ?? chosen) } },
  });
  // After each drawing, before it is seen; it comes to rest as soon as all fits.
  useLayoutEffect(settle);
  const headers = table.getHeaderGroups()[0]?.headers ?? [];
  // A keyset page is a part of a list whose length is not counted.
  const isCounted = footer === undefined;
  const rowCount = props.isWhole && rows ? rows.length + 1 : -1;
  return (
    <section
      ref={region}
      className="table-scroll"
      tabIndex={0}
      aria-label={caption}
      aria-busy={rows === undefined || isStale}
      onKeyDown={(event) => edgeOf(event)?.row?.focus()}
    >
      <table
        ref={element}
        role="table"
        aria-rowcount={isCounted ? rowCount : undefined}
        style={{ '--table-width': `${sizing.pixels}px` } as CSSProperties}
        className={cx(
          'stacked w-full border-separate border-spacing-0 text-sm transition-opacity',
          density === 'compact' ? '[--row:2.125rem]' : '[--row:2.75rem]',
          widths !== null && 'is-sized',
          isStale && 'opacity-60',
        )}
      >
        <caption className="sr-only">{caption}</caption>
        <colgroup>
          {headers.map(({ id, column }) => (
            <col
              key={id}
              data-column={id}
              style={
                (widths ?? chosen)[id] === undefined || id === takesRest
                  ? undefined
                  : { width: `${column.getSize()}px` }
              }
            />
          ))}
        </colgroup>
        <thead role="rowgroup">
          <tr role="row" aria-rowindex={isCounted ? 1 : undefined}>
            {headers.map((header, at) => (
              <ColumnHead
                key={header.id}
                header={header}
                next={headers[at + 1]}
                onSort={onSort}
                sizing={tableId === undefined || rows === undefined ? null : sizing}
              />
            ))}
          </tr>
        </thead>
        {isInParts ? (
          <RowWindow
            rows={table.getRowModel().rows}
            region={region}
            rowHeight={rowHeights[density]}
            isCounted={isCounted}
            onDrawn={settle}
          />
        ) : (
          <tbody role="rowgroup">
            {rows === undefined
              ? Array.from({ length: skeletonRows }, (_, index) => (
                  <tr key={index} role="row" aria-hidden>
                    {headers.map(({ id, column: { columnDef } }) => (
                      <td key={id} role="cell" className={cellClass(columnDef.meta)}>
                        <Skeleton
                          className={cx(
                            'inline-block h-3',
                            columnDef.meta?.skeleton ?? (columnDef.meta?.isFigure ? 'w-8' : 'w-20'),
                          )}
                        />
                      </td>
                    ))}
                  </tr>
                ))
              : table
                  .getRowModel()
                  .rows.map((row, index) => (
                    <TableRow key={row.id} cells={row.getAllCells()} index={index} isCounted={isCounted} />
                  ))}
          </tbody>
        )}
        {footer}
      </table>
    </section>
  );
}
