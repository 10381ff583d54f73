import { columnId } from './column-id.ts';

/** Widths in pixels by column. */
export type ColumnWidths = Readonly<Record<string, number>>;

export const LEAST_WIDTH = 56;
export const MOST_WIDTH = 960;
/** Of a column that had no width yet when the others got theirs. */
export const USUAL_WIDTH = 140;
/** What is left at least to the column that takes the rest. */
const LEAST_REST = 208;

/** A width that a column can have. */
export function toWidth(pixels: number): number {
  return Math.round(Math.min(Math.max(pixels, LEAST_WIDTH), MOST_WIDTH));
}

/** What was stored, as far as it makes sense. */
export function parseWidths(stored: string): ColumnWidths {
  let parsed: unknown;
  try {
    parsed = JSON.parse(stored);
  } catch {
    return {};
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return {};
  }
  const sound = Object.entries(parsed).filter((entry): entry is [string, number] => Number.isFinite(entry[1]));
  return Object.fromEntries(sound.map(([id, width]) => [id, toWidth(width)]));
}

/** The column that takes what the others leave: the one that is drawn as wide as it can be, else the first. */
export function restColumn(columns: readonly { meta?: { className?: string } | undefined }[]): string {
  const widest = columns.find(({ meta }) => meta?.className?.split(' ').includes('w-full'));
  return columnId(widest ?? columns[0] ?? {});
}

/** The least width of a table whose columns have theirs; where none takes the rest, empty room after them does. */
export function tableWidth(
  ids: readonly string[],
  widths: ColumnWidths,
  restId: string,
): { pixels: number; hasRoom: boolean } {
  const least = (id: string) => widths[id] ?? (id === restId ? LEAST_REST : USUAL_WIDTH);
  return { pixels: ids.reduce((sum, id) => sum + least(id), 0), hasRoom: widths[restId] !== undefined };
}

/** The next width after a key that changes one, `null` for any other key. */
export function widthAfterKey(width: number, key: string, isFar: boolean): number | null {
  const step = isFar ? 64 : 16;
  switch (key) {
    case 'ArrowLeft':
      return toWidth(width - step);
    case 'ArrowRight':
      return toWidth(width + step);
    case 'Home':
      return LEAST_WIDTH;
    case 'End':
      return MOST_WIDTH;
    default:
      return null;
  }
}
