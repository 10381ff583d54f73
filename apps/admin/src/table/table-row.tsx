/* oxlint-disable jsx-a11y/no-redundant-roles, jsx-a11y/no-interactive-element-to-noninteractive-role --
   The roles keep it a table where narrow screens lay it out as cards. */
import { FlexRender, type Cell, type RowData } from '@tanstack/react-table';
import { memo, type Ref } from 'react';
import { cx } from '../ui/cx.ts';
import type { ColumnMeta, features } from './columns.ts';

interface TableRowProps<Row extends RowData> {
  /** The same array as long as neither the row nor the columns change. */
  cells: Cell<typeof features, Row>[];
  /** From 0, among the rows of the page. */
  index: number;
  isCounted: boolean;
  measure?: Ref<HTMLTableRowElement>;
}

function PlainTableRow<Row extends RowData>({ cells, index, isCounted, measure }: TableRowProps<Row>) {
  return (
    <tr
      ref={measure}
      role="row"
      tabIndex={-1}
      data-index={index}
      // The head is the first.
      aria-rowindex={isCounted ? index + 2 : undefined}
      className="group/row scroll-mt-10 -outline-offset-2! hover:bg-hover/60"
    >
      {cells.map((cell) => {
        const { meta, header } = cell.column.columnDef;
        if (meta?.isRoom) {
          return <td key={cell.id} aria-hidden className="cell-room border-b border-line" />;
        }
        return (
          <td key={cell.id} role="cell" className={cellClass(meta)}>
            {!meta?.isTitle && !meta?.isAction && typeof header === 'string' && (
              <span aria-hidden className="cell-label hidden shrink-0 text-xs text-muted">
                {header}
              </span>
            )}
            <FlexRender cell={cell} />
          </td>
        );
      })}
    </tr>
  );
}

// A page may have hundreds, and scrolling draws the list of them anew.
export const TableRow = memo(PlainTableRow) as typeof PlainTableRow;

/** The looks of a cell, by what its column holds. */
export function cellClass(meta: ColumnMeta | undefined): string {
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
