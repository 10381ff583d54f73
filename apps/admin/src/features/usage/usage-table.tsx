/* oxlint-disable jsx-a11y/no-redundant-roles, jsx-a11y/no-interactive-element-to-noninteractive-role --
   The roles keep it a table where narrow screens lay it out as cards. */
import { useNavigate } from '@tanstack/react-router';
import { formatCredits, formatDay } from '../../format.ts';
import { strings } from '../../strings.ts';
import { columnsOf } from '../../table/columns.ts';
import { DataTable } from '../../table/data-table.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Credits, SignedCredits } from '../../ui/figure.tsx';
import type { UsageDay } from './usage-days.ts';
import type { UsageSearch } from './usage-search.ts';

const column = columnsOf<UsageDay>();

interface UsageTableProps {
  days: UsageDay[];
  types: readonly ('text_to_video' | 'image_to_video' | 'unknown')[];
  today: string;
  totals: { creditsUsed: number; creditsRefunded: number; charges: number; refunds: number };
  search: UsageSearch;
  isStale: boolean;
}

/** The buckets behind the chart, to be read, sorted and summed. */
export function UsageTable({ days, types, today, totals, search, isStale }: UsageTableProps) {
  const navigate = useNavigate({ from: '/usage' });
  const figure = { isFigure: true };
  const columns = column.columns([
    column.accessor('day', {
      header: strings.usage.day,
      meta: { isTitle: true, className: 'whitespace-nowrap' },
      cell: ({ getValue }) => (
        <span className="flex items-center gap-2">
          {formatDay(getValue())}
          {getValue() === today && <Badge tone="caution">{strings.usage.unfinished}</Badge>}
        </span>
      ),
    }),
    ...types.map((type) =>
      column.accessor(type, {
        header: strings.videoTypes[type],
        meta: figure,
        enableSorting: false,
        cell: ({ getValue }) => <Credits value={getValue()} />,
      }),
    ),
    column.accessor('used', {
      header: strings.usage.used,
      meta: figure,
      cell: ({ getValue }) => <Credits value={getValue()} className="font-medium" />,
    }),
    column.accessor('refunded', {
      header: strings.usage.refunded,
      meta: figure,
      cell: ({ getValue }) => <SignedCredits value={getValue()} />,
    }),
    column.accessor('net', {
      header: strings.usage.net,
      meta: figure,
      cell: ({ getValue }) => <Credits value={getValue()} />,
    }),
    column.accessor('charges', {
      header: strings.usage.charges,
      meta: figure,
      enableSorting: false,
      cell: ({ getValue }) => <Credits value={getValue()} />,
    }),
    column.accessor('refunds', {
      header: strings.usage.refunds,
      meta: figure,
      enableSorting: false,
      cell: ({ getValue }) => <Credits value={getValue()} />,
    }),
  ]);
  const sort = search.sort ?? 'day';
  const order = search.order ?? 'desc';
  const sortBy = (columnId: string) =>
    void navigate({
      search: (before) => ({
        ...before,
        sort: columnId as UsageSearch['sort'],
        order: columnId === sort && order === 'desc' ? ('asc' as const) : ('desc' as const),
      }),
      replace: true,
      resetScroll: false,
    });
  return (
    <DataTable
      caption={strings.usage.tableCaption}
      columns={columns}
      rows={days}
      rowId={(day) => day.day}
      isStale={isStale}
      sorting={[{ id: sort, desc: order === 'desc' }]}
      onSort={sortBy}
      footer={<UsageTableTotals days={days} types={types} totals={totals} />}
    />
  );
}

function UsageTableTotals({ days, types, totals }: Pick<UsageTableProps, 'days' | 'types' | 'totals'>) {
  const cells: [string, string][] = [
    ...types.map((type): [string, string] => [
      strings.videoTypes[type],
      formatCredits(days.reduce((sum, day) => sum + day[type], 0)),
    ]),
    [strings.usage.used, formatCredits(totals.creditsUsed)],
    [strings.usage.refunded, `+${formatCredits(totals.creditsRefunded)}`],
    [strings.usage.net, formatCredits(totals.creditsUsed - totals.creditsRefunded)],
    [strings.usage.charges, formatCredits(totals.charges)],
    [strings.usage.refunds, formatCredits(totals.refunds)],
  ];
  return (
    <tfoot role="rowgroup">
      <tr role="row" className="bg-page font-semibold">
        <th role="rowheader" scope="row" className="h-11 border-t border-line px-3 text-left first:pl-5">
          {strings.usage.total}
        </th>
        {cells.map(([label, value]) => (
          <td key={label} role="cell" className="figure is-figure h-11 border-t border-line px-3 last:pr-5">
            <span aria-hidden className="cell-label hidden text-xs font-normal text-muted">
              {label}
            </span>
            {value}
          </td>
        ))}
      </tr>
    </tfoot>
  );
}
