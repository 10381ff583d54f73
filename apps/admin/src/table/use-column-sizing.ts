import { useRef, useState, type RefObject } from 'react';
import { tableWidth, toWidth, type ColumnWidths } from './column-widths.ts';
import { useColumnWidths } from './preferences.ts';

interface ColumnSizing {
  /** Of each column but the one that takes the rest; `null` as long as the browser lays them out by what is in them. */
  widths: ColumnWidths | null;
  /** Those that somebody made. */
  chosen: ColumnWidths;
  /** How wide the table is at least. */
  pixels: number;
  /** Every column has a width: what is left of the window stays empty. */
  hasRoom: boolean;
  drag: (id: string, width: number) => void;
  /** `null` takes the drag back. */
  drop: (id: string, width: number | null) => void;
  fit: (id: string) => void;
  /** After rows were drawn: gives the columns that nobody has made wider the width that these rows need. */
  settle: () => void;
}

interface ColumnSizingOptions {
  tableId: string | undefined;
  /** Of the columns that are shown. */
  ids: readonly string[];
  restId: string;
  table: RefObject<HTMLTableElement | null>;
  /** Only a part of the rows is drawn: by itself the browser would move the columns with every other part. */
  isInParts: boolean;
}

/** The widths of a table's columns: as somebody made them, and the others as wide as they have to be. */
export function useColumnSizing({ tableId, ids, restId, table, isInParts }: ColumnSizingOptions): ColumnSizing {
  const [stored, keep] = useColumnWidths(tableId);
  const [dragged, setDragged] = useState<ColumnWidths>({});
  const [found, setFound] = useState<{ key: string; widths: ColumnWidths } | null>(null);
  const seen = useRef(new WeakSet<Element>());
  const key = ids.join(' ');
  const chosen = { ...stored, ...dragged };
  const isFixed = isInParts || ids.some((id) => chosen[id] !== undefined);
  const others = isFixed && found?.key === key ? found.widths : null;
  const measure = () => {
    const widths = table.current ? drawnWidths(table.current) : {};
    if (Object.keys(widths).length > 0) {
      const { [restId]: _, ...rest } = widths;
      setFound({ key, widths: rest });
    }
  };
  return {
    widths: others && { ...others, ...chosen },
    chosen,
    ...tableWidth(ids, { ...others, ...chosen }, restId),
    drag: (id, width) => {
      if (!others) {
        measure();
      }
      setDragged({ [id]: width });
    },
    drop: (id, width) => {
      setDragged({});
      if (width !== null) {
        if (!others) {
          measure();
        }
        keep({ ...stored, [id]: width });
      }
    },
    fit: (id) => {
      keep(Object.fromEntries(Object.entries(stored).filter(([other]) => other !== id)));
      setFound(null);
    },
    settle: () => {
      if (isFixed && !others) {
        measure();
      } else if (others && table.current) {
        const grown = neededWidths(table.current, seen.current).filter(
          ([id, width]) => width > (others[id] ?? Infinity),
        );
        if (grown.length > 0) {
          setFound({ key, widths: { ...others, ...Object.fromEntries(grown) } });
        }
      }
    },
  };
}

// Where rows are cards there is no head to measure, and without rows the head says little.
function drawnWidths(table: HTMLTableElement): ColumnWidths {
  const isDrawn = getComputedStyle(table).display === 'table' && table.querySelector('tr[data-index]') !== null;
  const heads = isDrawn ? [...table.querySelectorAll<HTMLElement>('th[data-column]')] : [];
  return Object.fromEntries(
    heads.map((head) => [head.dataset['column'] ?? '', Math.ceil(head.getBoundingClientRect().width)]),
  );
}

// What doesn't fit is cut off; a figure that is would be another figure. What shortens itself has said so.
function neededWidths(table: HTMLTableElement, seen: WeakSet<Element>): [id: string, width: number][] {
  const ids = [...table.querySelectorAll('col')].map(({ dataset }) => dataset['column'] ?? '');
  const needed = new Map<string, number>();
  const content = document.createRange();
  for (const row of table.querySelectorAll<HTMLTableRowElement>('tr[data-index]')) {
    for (const [at, cell] of seen.has(row) ? [] : [...row.cells].entries()) {
      if (cell.querySelector('.truncate, [class*="line-clamp"]') === null) {
        content.selectNodeContents(cell);
        const { paddingLeft, paddingRight } = getComputedStyle(cell);
        const width = content.getBoundingClientRect().width + parseFloat(paddingLeft) + parseFloat(paddingRight);
        needed.set(ids[at] ?? '', Math.max(needed.get(ids[at] ?? '') ?? 0, toWidth(Math.ceil(width))));
      }
    }
    seen.add(row);
  }
  return [...needed];
}
