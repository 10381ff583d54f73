/* oxlint-disable jsx-a11y/prefer-tag-over-role -- a separator that takes the focus is a control, which <hr> is not. */
import { useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { tableStrings as t } from '../strings/tables.ts';
import { cx } from '../ui/cx.ts';
import { LEAST_WIDTH, MOST_WIDTH, toWidth, widthAfterKey } from './column-widths.ts';

interface ResizeHandleProps {
  /** What the column is called. */
  name: string;
  /** `undefined` as long as it takes what the others leave. */
  width: number | undefined;
  /** Beside it is one that stays above it, or none: then it can't reach over. */
  side: 'between' | 'before-action' | 'last';
  /** While the handle is dragged. */
  onDrag: (width: number) => void;
  /** `null` where the drag was broken off. */
  onDrop: (width: number | null) => void;
  /** As wide as what is in it. */
  onFit: () => void;
}

/** The edge of a column's head: dragged, or moved by arrow keys, it makes the column wider and narrower. */
export function ResizeHandle({ name, width, side, onDrag, onDrop, onFit }: ResizeHandleProps) {
  const drag = useRef<{ from: number; width: number; to: number } | null>(null);
  const [isDragged, setIsDragged] = useState(false);
  const [measured, setMeasured] = useState(LEAST_WIDTH);
  const now = width ?? measured;
  const down = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) {
      return;
    }
    event.preventDefault();
    // So that Escape reaches it.
    event.currentTarget.focus({ preventScroll: true });
    event.currentTarget.setPointerCapture(event.pointerId);
    const drawn = headWidth(event.currentTarget);
    drag.current = { from: event.clientX, width: drawn, to: drawn };
    setIsDragged(true);
  };
  const move = (event: PointerEvent) => {
    if (drag.current) {
      drag.current.to = toWidth(drag.current.width + event.clientX - drag.current.from);
      onDrag(drag.current.to);
    }
  };
  const end = (isKept: boolean) => {
    if (drag.current) {
      onDrop(isKept && drag.current.to !== drag.current.width ? drag.current.to : null);
      drag.current = null;
      setIsDragged(false);
    }
  };
  const press = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key === 'Escape' && drag.current) {
      end(false);
    } else if (event.key === 'Enter') {
      onFit();
    } else {
      const next = widthAfterKey(headWidth(event.currentTarget), event.key, event.shiftKey);
      if (next === null || event.altKey || event.ctrlKey || event.metaKey) {
        return;
      }
      onDrop(next);
      setMeasured(next);
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={t.widthOf(name)}
      aria-valuemin={LEAST_WIDTH}
      aria-valuemax={MOST_WIDTH}
      aria-valuenow={Math.min(now, MOST_WIDTH)}
      aria-valuetext={t.pixels(now)}
      title={t.resizeHint}
      data-noprint
      onFocus={({ currentTarget }) => setMeasured(Math.round(headWidth(currentTarget)))}
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={() => end(true)}
      onPointerCancel={() => end(false)}
      onDoubleClick={onFit}
      onKeyDown={press}
      className={cx(
        'group/edge absolute inset-y-0 z-1 hidden w-6 cursor-col-resize touch-none outline-none select-none md:block',
        side === 'between' ? '-right-3' : 'right-0',
      )}
    >
      <span
        aria-hidden
        className={cx(
          'absolute inset-y-2 w-px bg-line group-hover/edge:inset-y-0 group-hover/edge:w-0.5 group-hover/edge:bg-accent group-focus-visible/edge:inset-y-0 group-focus-visible/edge:w-1 group-focus-visible/edge:bg-accent',
          side === 'between' ? 'left-1/2 -translate-x-1/2' : 'right-0',
          side === 'last' && 'not-group-hover/edge:not-group-focus-visible/edge:bg-transparent',
          isDragged && 'inset-y-0! w-0.5! bg-accent!',
        )}
      />
    </div>
  );
}

function headWidth(handle: Element): number {
  return handle.closest('th')?.getBoundingClientRect().width ?? LEAST_WIDTH;
}
