/* oxlint-disable jsx-a11y/no-redundant-roles -- the roles keep it a table where narrow screens lay it out as cards. */
import { FlexRender, type Header, type RowData, type SortDirection } from '@tanstack/react-table';
import { ArrowDown, ArrowUp, ChevronsUpDown } from 'lucide-react';
import { useId, type ReactNode } from 'react';
import { cx } from '../ui/cx.ts';
import type { features } from './columns.ts';
import { ResizeHandle } from './resize-handle.tsx';
import type { useColumnSizing } from './use-column-sizing.ts';

const orders = { asc: 'ascending', desc: 'descending' } as const;

interface ColumnHeadProps<Row extends RowData> {
  header: Header<typeof features, Row>;
  next: Header<typeof features, Row> | undefined;
  onSort: ((columnId: string) => void) | undefined;
  /** Where the widths of columns can be changed. */
  sizing: ReturnType<typeof useColumnSizing> | null;
}

/** The head of a column: its name, its order, and the edge that makes it wider. */
export function ColumnHead<Row extends RowData>({ header, next, onSort, sizing }: ColumnHeadProps<Row>) {
  const labelId = useId();
  const { column, id } = header;
  const { meta, header: title } = column.columnDef;
  const name = typeof title === 'string' ? title : meta?.name;
  if (meta?.isRoom) {
    return <td aria-hidden className="h-9 border-b border-line bg-surface" />;
  }
  const order = column.getIsSorted();
  const isSizable = sizing !== null && name !== undefined && !meta?.isAction;
  const sort = onSort && column.getCanSort() ? onSort : null;
  return (
    <th
      role="columnheader"
      scope="col"
      data-column={id}
      // The edge is no part of what the column is called.
      aria-labelledby={isSizable ? labelId : undefined}
      aria-sort={sort ? (order ? orders[order] : 'none') : undefined}
      className={cx(
        'relative h-9 border-b border-line bg-surface px-3 text-xs font-medium whitespace-nowrap text-muted first:pl-5 last:pr-5 md:first:sticky md:first:left-0 md:first:z-2',
        meta?.isAction && 'right-0 z-2 md:sticky',
        meta?.isFigure ? 'text-right' : 'text-left',
      )}
    >
      <span id={labelId} className="head-label">
        {sort ? (
          <SortButton order={order} onClick={() => sort(id)}>
            <FlexRender header={header} />
          </SortButton>
        ) : (
          <FlexRender header={header} />
        )}
      </span>
      {isSizable && (
        <ResizeHandle
          name={name}
          width={sizing.widths?.[id]}
          side={next === undefined ? 'last' : next.column.columnDef.meta?.isAction ? 'before-action' : 'between'}
          onDrag={(width) => sizing.drag(id, width)}
          onDrop={(width) => sizing.drop(id, width)}
          onFit={() => sizing.fit(id)}
        />
      )}
    </th>
  );
}

interface SortButtonProps {
  order: SortDirection | false;
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
