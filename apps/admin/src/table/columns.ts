import {
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
}

export const features = tableFeatures({
  columnMeta: metaHelper<ColumnMeta>(),
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
});

// Value types differ from column to column, as the library's own helper has it.
// oxlint-disable-next-line typescript/no-explicit-any
export type Columns<Row extends RowData> = ColumnDef<typeof features, Row, any>[];

/** Defines the columns of one table. */
export function columnsOf<Row extends RowData>() {
  return createColumnHelper<typeof features, Row>();
}
