import type { RowData } from '@tanstack/react-table';
import { DataTable, type DataTableProps } from './data-table.tsx';
import { Pager } from './pager.tsx';
import type { KeysetPages } from './use-keyset-pages.ts';

type PagedTableProps<Row extends RowData> = Omit<DataTableProps<Row>, 'rows' | 'rowId'> & {
  /** `undefined` while the first one loads. */
  page: { items: Row[]; nextCursor: string | null } | undefined;
  pages: KeysetPages;
  /** Of the page that is shown; `undefined` for the first. */
  cursor: string | undefined;
};

/** A page of a keyset list, and what leads to the others. */
export function PagedTable<Row extends RowData & { id: string }>(props: PagedTableProps<Row>) {
  const { page, pages, cursor, ...table } = props;
  return (
    <>
      <DataTable {...table} rows={page?.items} rowId={({ id }) => id} />
      <Pager pages={pages} isFirst={cursor === undefined} nextCursor={page?.nextCursor} rowCount={page?.items.length} />
    </>
  );
}
