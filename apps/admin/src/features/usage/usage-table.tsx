/* oxlint-disable jsx-a11y/no-redundant-roles, jsx-a11y/no-interactive-element-to-noninteractive-role --
   The roles keep it a table where narrow screens lay it out as cards. */
import type { UsageFigures } from '@reeldesk/api/contract/usage';
import { useNavigate } from '@tanstack/react-router';
import { formatCredits, formatSigned } from '../../format.ts';
import { usageStrings as t } from '../../strings/usage.ts';
import { columnsOf } from '../../table/columns.ts';
import { DataTable } from '../../table/data-table.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Credits, SignedCredits } from '../../ui/figure.tsx';
import { changeOf, REFUNDED, type BucketRow } from './buckets.ts';
import type { UsageSearch } from './usage-search.ts';

const column = columnsOf<BucketRow>();
const figure = { isFigure: true };

interface UsageTableProps {
  rows: BucketRow[];
  series: readonly { id: string; label: string }[];
  totals: UsageFigures;
  /** Of the period before, when it is to be shown. */
  before: UsageFigures | undefined;
  search: UsageSearch;
  isStale: boolean;
  onOpen: (row: BucketRow, id: string | null) => void;
}

/** The buckets behind the chart, to be read, sorted, opened and summed. */
export function UsageTable({ rows, series, totals, before, search, isStale, onOpen }: UsageTableProps) {
  const navigate = useNavigate({ from: '/usage' });
  const used = series.filter(({ id }) => id !== REFUNDED && series.length > 2);
  const columns = column.columns([
    column.accessor('startsAt', {
      id: 'bucket',
      header: t.period,
      meta: { isTitle: true, className: 'whitespace-nowrap' },
      cell: ({ row: { original } }) => (
        <span className="flex items-center gap-2">
          <button
            type="button"
            aria-label={t.openBucket(original.name)}
            onClick={() => onOpen(original, null)}
            className="inline-flex h-6 items-center rounded-sm font-medium underline decoration-line underline-offset-2 hover:decoration-current"
          >
            {original.name}
          </button>
          {original.isUnfinished && <Badge tone="caution">{t.unfinished}</Badge>}
          {original.isClipped && !original.isUnfinished && <Badge>{t.clipped}</Badge>}
        </span>
      ),
    }),
    ...used.map(({ id, label }) =>
      column.accessor((row) => row.bySeries[id] ?? 0, {
        id: `of-${id}`,
        header: label,
        meta: figure,
        enableSorting: false,
        cell: ({ getValue }) => <Credits value={getValue()} />,
      }),
    ),
    column.accessor('used', {
      header: t.used,
      meta: figure,
      cell: ({ getValue }) => <Credits value={getValue()} className="font-medium" />,
    }),
    ...(before
      ? [
          column.accessor((row) => row.before?.used ?? 0, {
            id: 'before',
            header: t.usedBefore,
            meta: figure,
            enableSorting: false,
            cell: ({ getValue, row: { original } }) => (
              <span title={original.before?.name}>
                <Credits value={getValue()} className="text-muted" />
              </span>
            ),
          }),
          column.accessor(changeOf, {
            id: 'change',
            header: t.change,
            meta: figure,
            enableSorting: false,
            cell: ({ getValue }) => formatSigned(getValue()),
          }),
        ]
      : []),
    column.accessor('refunded', {
      header: t.refunded,
      meta: figure,
      cell: ({ getValue }) => <SignedCredits value={getValue()} />,
    }),
    column.accessor('net', { header: t.net, meta: figure, cell: ({ getValue }) => <Credits value={getValue()} /> }),
    column.accessor('charges', {
      header: t.charges,
      meta: figure,
      enableSorting: false,
      cell: ({ getValue }) => <Credits value={getValue()} />,
    }),
    column.accessor('refunds', {
      header: t.refunds,
      meta: figure,
      enableSorting: false,
      cell: ({ getValue }) => <Credits value={getValue()} />,
    }),
  ]);
  const sort = search.sort ?? 'bucket';
  const order = search.order ?? 'desc';
  const sums: [string, string][] = [
    ...used.map(({ id, label }): [string, string] => [
      label,
      formatCredits(rows.reduce((sum, row) => sum + (row.bySeries[id] ?? 0), 0)),
    ]),
    [t.used, formatCredits(totals.creditsUsed)],
    ...(before
      ? [
          [t.usedBefore, formatCredits(before.creditsUsed)] satisfies [string, string],
          [t.change, formatSigned(totals.creditsUsed - before.creditsUsed)] satisfies [string, string],
        ]
      : []),
    [t.refunded, `+${formatCredits(totals.creditsRefunded)}`],
    [t.net, formatCredits(totals.creditsUsed - totals.creditsRefunded)],
    [t.charges, formatCredits(totals.charges)],
    [t.refunds, formatCredits(totals.refunds)],
  ];
  return (
    <DataTable
      caption={t.tableCaption}
      columns={columns}
      rows={rows}
      rowId={(row) => row.startsAt}
      isStale={isStale}
      sorting={[{ id: sort, desc: order === 'desc' }]}
      onSort={(columnId) =>
        void navigate({
          search: (present) => ({
            ...present,
            sort: columnId as UsageSearch['sort'],
            order: columnId === sort && order === 'desc' ? ('asc' as const) : ('desc' as const),
          }),
          replace: true,
          resetScroll: false,
        })
      }
      footer={
        <tfoot role="rowgroup">
          <tr role="row" className="bg-page font-semibold">
            <th role="rowheader" scope="row" className="h-11 border-t border-line px-3 text-left first:pl-5">
              {t.total}
            </th>
            {sums.map(([label, value]) => (
              <td key={label} role="cell" className="figure is-figure h-11 border-t border-line px-3 last:pr-5">
                <span aria-hidden className="cell-label hidden text-xs font-normal text-muted">
                  {label}
                </span>
                {value}
              </td>
            ))}
          </tr>
        </tfoot>
      }
    />
  );
}
