import type { RowData } from '@tanstack/react-table';
import { Columns3, FileDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { tableStrings as t } from '../strings/tables.ts';
import { Button } from '../ui/button.tsx';
import { startDownload } from '../ui/downloads.ts';
import { Popup } from '../ui/popup.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { columnId } from './column-id.ts';
import type { Columns } from './columns.ts';
import { useColumnWidths, useDensity, useHiddenColumns } from './preferences.ts';

const densities = (['comfortable', 'compact'] as const).map((value) => ({ value, label: t.densities[value] }));

interface TableToolsProps<Row extends RowData> {
  /** Under which name the chosen columns are remembered; the table has the same. */
  tableId: string;
  columns: Columns<Row>;
  /** The address of the same list as CSV, with the same filter. */
  csv: { address: string; file: string };
  /** As high as the buttons that act on selected rows, beside them. */
  size?: 'md' | 'sm';
  children?: ReactNode;
}

/** What can be done with a table: its columns, its density, its rows as a file. */
export function TableTools<Row extends RowData>({
  tableId,
  columns,
  csv,
  size = 'md',
  children,
}: TableToolsProps<Row>) {
  return (
    <div className="ml-auto flex flex-wrap items-center gap-2 max-sm:ml-0" data-noprint>
      {children}
      <ColumnChooser tableId={tableId} columns={columns} size={size} />
      <Button size={size} title={t.exportHint} onClick={() => startDownload(csv.address, csv.file)}>
        <FileDown aria-hidden className="size-3.5" />
        {t.exportCsv}
      </Button>
    </div>
  );
}

function ColumnChooser<Row extends RowData>({ tableId, columns, size }: Omit<TableToolsProps<Row>, 'csv'>) {
  const [density, setDensity] = useDensity();
  const [hidden, setHidden] = useHiddenColumns(tableId);
  const [widths, setWidths] = useColumnWidths(tableId);
  const choices = columns.filter(({ header, meta }) => typeof header === 'string' && !meta?.isTitle && !meta?.isAction);
  return (
    <Popup
      size={size ?? 'md'}
      label={t.columns}
      icon={<Columns3 aria-hidden className="size-3.5" />}
      title={t.columnsTitle}
      className="w-72!"
    >
      <div>
        <Segmented label={t.density} value={density} options={densities} onChange={setDensity} />
      </div>
      <ul className="flex flex-col">
        {choices.map((column) => {
          const id = columnId(column);
          return (
            <li key={id}>
              <label className="flex min-h-7 cursor-pointer items-center gap-2.5 rounded-sm px-1 hover:bg-hover">
                <input
                  type="checkbox"
                  checked={!hidden.has(id)}
                  onChange={({ target }) =>
                    setHidden(target.checked ? [...hidden].filter((one) => one !== id) : [...hidden, id])
                  }
                  className="size-4 accent-accent"
                />
                {column.header as string}
              </label>
            </li>
          );
        })}
      </ul>
      {/* They stay, so that the focus does when there is nothing left to undo. */}
      <div className="flex flex-wrap gap-2">
        <Button size="sm" isDisabled={hidden.size === 0} onClick={() => setHidden([])}>
          {t.showAll}
        </Button>
        <Button size="sm" isDisabled={Object.keys(widths).length === 0} onClick={() => setWidths({})}>
          {t.resetWidths}
        </Button>
      </div>
    </Popup>
  );
}
