import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Pencil, Plus, Tags } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import { trpc } from '../../api.ts';
import { formatCredits } from '../../format.ts';
import { useIsAdmin } from '../../session.ts';
import { strings } from '../../strings.ts';
import { pricesStrings as t } from '../../strings/desk.ts';
import { columnsOf } from '../../table/columns.ts';
import { DataTable } from '../../table/data-table.tsx';
import { TableTools } from '../../table/table-tools.tsx';
import { Button, buttonClass } from '../../ui/button.tsx';
import { FilterBar, Page } from '../../ui/page.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { PriceDialog } from './price-dialog.tsx';
import { toPriceTable } from './price-table.ts';

type Row = ReturnType<typeof toPriceTable>['rows'][number];
const column = columnsOf<Row>();
const named = (resolution: string) => resolution.replace('x', ' × ');

/** What a second costs, by resolution and quality. */
export function PricesPage(): ReactNode {
  const { dialog, resolution, quality } = useSearch({ from: '/app/prices' });
  const navigate = useNavigate({ from: '/prices' });
  const isAdmin = useIsAdmin();
  const { data, error, refetch } = useQuery(trpc.prices.listCreditPrices.queryOptions());
  const prices = useMemo(() => data?.items ?? [], [data]);
  const table = useMemo(() => toPriceTable(prices), [prices]);
  const columns = useMemo(
    () =>
      column.columns([
        column.accessor('resolution', {
          header: t.resolution,
          meta: { isTitle: true, className: 'font-medium whitespace-nowrap tabular-nums' },
          cell: ({ getValue }) => named(getValue()),
        }),
        ...table.qualities.map((of) =>
          column.accessor((row) => row.prices[of] ?? null, {
            id: of,
            header: of,
            meta: { isFigure: true },
            cell: ({ row: { original } }) => <PriceCell row={original} quality={of} />,
          }),
        ),
      ]),
    [table],
  );
  return (
    <Page
      title={t.title}
      lead={t.lead}
      actions={
        <div className="flex flex-wrap gap-2">
          {isAdmin && (
            <Link to="/audit" search={{ action: 'set_credit_price' }} className={buttonClass()}>
              {t.trail}
            </Link>
          )}
          <Button
            variant="primary"
            disabledReason={isAdmin ? null : t.analystReason}
            onClick={() => void navigate({ search: { dialog: 'edit' }, resetScroll: false })}
          >
            <Plus aria-hidden className="size-4" />
            {t.add}
          </Button>
        </div>
      }
    >
      {error !== null && data === undefined ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : data?.items.length === 0 ? (
        <EmptyState icon={Tags} title={t.none} hint={t.lead} />
      ) : (
        <div className="max-w-240">
          <FilterBar>
            <TableTools
              tableId="prices"
              columns={columns}
              csv={{ address: '/export/prices.csv', file: 'prices.csv' }}
            />
          </FilterBar>
          <DataTable
            tableId="prices"
            isWhole
            caption={t.caption}
            columns={columns}
            rows={data && table.rows}
            rowId={(row) => row.resolution}
            skeletonRows={3}
          />
        </div>
      )}
      {isAdmin && dialog === 'edit' && data && (
        <PriceDialog
          prices={prices}
          resolution={resolution}
          quality={quality}
          onClose={() => void navigate({ search: {}, replace: true, resetScroll: false })}
        />
      )}
    </Page>
  );
}

function PriceCell({ row, quality }: { row: Row; quality: string }) {
  const navigate = useNavigate({ from: '/prices' });
  const isAdmin = useIsAdmin();
  const price = row.prices[quality];
  const name = named(row.resolution);
  return (
    <span className="inline-flex items-center gap-1.5">
      {price === undefined ? (
        <span className="text-muted">{strings.common.none}</span>
      ) : (
        <span className="text-base font-semibold tabular-nums">{formatCredits(price)}</span>
      )}
      <Button
        variant="ghost"
        size="icon"
        className="size-7!"
        disabledReason={isAdmin ? null : t.analystReason}
        aria-label={price === undefined ? t.offer(name, quality) : t.edit(name, quality)}
        onClick={() =>
          void navigate({ search: { dialog: 'edit', resolution: row.resolution, quality }, resetScroll: false })
        }
      >
        {price === undefined ? <Plus aria-hidden className="size-3.5" /> : <Pencil aria-hidden className="size-3.5" />}
      </Button>
    </span>
  );
}
