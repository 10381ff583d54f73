import {
  columnSizingFeature,
  createColumnHelper,
  createSortedRowModel,
  metaHelper,
  rowSortingFeature,
  tableFeatures,
  type ColumnDef,
  type RowData,
} from '@tanstack/react-table';

export interface ColumnMeta {
  /** Figures stand to the right, under a header that does too. */
  isFigure?: boolean;
  className?: string;
  /** How wide the text is that stands here while rows load, in Tailwind's units. */
  skeleton?: string;
  /** What can be done with a row; stays in sight where the table is wider than the window. */
  isAction?: boolean;
  /** The first thing of a row, without a label where rows become cards. */
  isTitle?: boolean;
  /** Holds nothing. */
  isRoom?: boolean;
  /** What the column is called, where its head is more than a name. */
  name?: string;
}

export const features = tableFeatures({
  columnMeta: metaHelper<ColumnMeta>(),
  columnSizingFeature,
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
});

// oxlint-disable-next-line typescript/no-explicit-any -- value types differ from column to column; the library's helper has it so.
export type Columns<Row extends RowData> = ColumnDef<typeof features, Row, any>[];

export const ROOM = 'room';

/** With an empty column that takes what is left, before what can be done with a row. */
export function withRoom<Row extends RowData>(columns: Columns<Row>): Columns<Row> {
  const room: Columns<Row>[number] = { id: ROOM, header: '', enableSorting: false, meta: { isRoom: true } };
  const end = columns.findIndex(({ meta }) => meta?.isAction);
  return columns.toSpliced(end === -1 ? columns.length : end, 0, room);
}

/** Defines the columns of one table. */
export function columnsOf<Row extends RowData>() {
  return createColumnHelper<typeof features, Row>();
}
