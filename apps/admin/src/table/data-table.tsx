/* oxlint-disable jsx-a11y/no-redundant-roles, jsx-a11y/no-interactive-element-to-noninteractive-role, jsx-a11y/no-noninteractive-tabindex --
   The roles keep it a table where narrow screens lay it out as cards, and a region that scrolls must take the focus. */
import { useTable, type RowData, type SortingState } from '@tanstack/react-table';
import { ArrowDown, ArrowUp, ChevronsUpDown } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import { cx } from '../ui/cx.ts';
import { Skeleton } from '../ui/states.tsx';
import { features, type ColumnMeta, type Columns } from './columns.ts';
import { useDensity, useHiddenColumns } from './preferences.ts';
import { columnId } from './column-id.ts';

interface DataTableProps<Row extends RowData> {
  /** Under which name the chosen columns are remembered, where they can be chosen. */
  tableId?: string;
  caption: string;
  columns: Columns<Row>;
  /** `undefined` while the first page loads. */
  rows: Row[] | undefined;
  rowId: (row: Row) => string;
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
  const { caption, columns, rows, rowId, skeletonRows = 12, isStale = false, sorting, onSort, footer } = props;
  const [density] = useDensity();
  const [hidden] = useHiddenColumns(props.tableId);
  const hiddenIds = [...hidden].join(',');
  const shown = useMemo(
    () => columns.filter((column) => !hiddenIds.split(',').includes(columnId(column))),
    [columns, hiddenIds],
  );
  const table = useTable({
    features,
    columns: shown,
    data: rows ?? (noRows as Row[]),
    getRowId: rowId,
    enableSorting: onSort !== undefined,
    manualSorting: props.isSortedElsewhere ?? false,
    state: { sorting: sorting ?? (noRows as SortingState) },
  });
  const headers = table.getHeaderGroups()[0]?.headers ?? [];
  return (
    <section className="table-scroll" tabIndex={0} aria-label={caption} aria-busy={rows === undefined || isStale}>
      <table
        role="table"
        // A keyset page is a part of a list whose length is not counted.
        aria-rowcount={footer === undefined ? -1 : undefined}
        className={cx(
          'stacked w-full border-separate border-spacing-0 text-sm transition-opacity',
          density === 'compact' ? '[--row:2.125rem]' : '[--row:2.75rem]',
          isStale && 'opacity-60',
        )}
      >
        <caption className="sr-only">{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {headers.map((header) => {
              const isSortable = header.column.getCanSort();
              const order = header.column.getIsSorted();
              return (
                <th
                  key={header.id}
                  role="columnheader"
                  scope="col"
                  aria-sort={
                    isSortable ? (order === 'asc' ? 'ascending' : order === 'desc' ? 'descending' : 'none') : undefined
                  }
                  className={cx(
                    'h-9 border-b border-line bg-surface px-3 text-xs font-medium whitespace-nowrap text-muted first:pl-5 last:pr-5 md:first:sticky md:first:left-0 md:first:z-2!',
                    header.column.columnDef.meta?.isAction && 'right-0 z-2! md:sticky',
                    header.column.columnDef.meta?.isFigure ? 'text-right' : 'text-left',
                  )}
                >
                  {isSortable && onSort ? (
                    <SortButton order={order} onClick={() => onSort(header.column.id)}>
                      <table.FlexRender header={header} />
                    </SortButton>
                  ) : (
                    <table.FlexRender header={header} />
                  )}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows === undefined
            ? Array.from({ length: skeletonRows }, (_, index) => (
                <tr key={index} role="row" aria-hidden>
                  {headers.map((header) => (
                    <td key={header.id} role="cell" className={cellClass(header.column.columnDef.meta)}>
                      <Skeleton
                        className={cx(
                          'inline-block h-3',
                          header.column.columnDef.meta?.skeleton ??
                            (header.column.columnDef.meta?.isFigure ? 'w-8' : 'w-20'),
                        )}
                      />
                    </td>
                  ))}
                </tr>
              ))
            : table.getRowModel().rows.map((row) => (
                <tr key={row.id} role="row" tabIndex={-1} className="group/row -outline-offset-2! hover:bg-hover/60">
                  {row.getAllCells().map((cell) => {
                    const { meta, header } = cell.column.columnDef;
                    return (
                      <td key={cell.id} role="cell" className={cellClass(meta)}>
                        {!meta?.isTitle && !meta?.isAction && typeof header === 'string' && (
                          <span aria-hidden className="cell-label hidden shrink-0 text-xs text-muted">
                            {header}
                          </span>
                        )}
                        <table.FlexRender cell={cell} />
                      </td>
                    );
                  })}
                </tr>
              ))}
        </tbody>
        {footer}
      </table>
    </section>
  );
}

function cellClass(meta: ColumnMeta | undefined): string {
  return cx(
    'h-(--row) border-b border-line px-3 py-1 first:pl-5 last:pr-5',
    // What a row is about stays in sight where the table is wider than the window.
    'md:first:sticky md:first:left-0 md:first:z-1 md:first:bg-surface md:first:group-hover/row:bg-[color-mix(in_oklab,var(--hover)_60%,var(--surface))]',
    meta?.isFigure && 'figure is-figure',
    meta?.isTitle && 'is-title',
    meta?.isAction &&
      'is-action right-0 bg-surface text-right group-hover/row:bg-[color-mix(in_oklab,var(--hover)_60%,var(--surface))] md:sticky',
    meta?.className,
  );
}

interface SortButtonProps {
  order: 'asc' | 'desc' | false;
  onClick: () => void;
  children: ReactNode;
}

function SortButton({ order, onClick, children }: SortButtonProps) {
  const Icon = order === 'asc' ? ArrowUp : order === 'desc' ? ArrowDown : ChevronsUpDown;
  return (
    <button
      type="button"
      onClick={onClick}
      className={cx('-mx-1 inline-flex h-7 items-center gap-1 rounded-sm px-1 hover:text-ink', order && 'text-ink')}
    >
      {children}
      <Icon aria-hidden className="size-3" />
    </button>
  );
}
