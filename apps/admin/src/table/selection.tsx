import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react';

interface Selection<Row> {
  rows: ReadonlyMap<string, Row>;
  toggle: (row: Row, isOn: boolean) => void;
  togglePage: (isOn: boolean) => void;
  /** Of the page that is shown, what may be selected. */
  page: readonly Row[];
  add: (rows: readonly Row[]) => void;
  clear: () => void;
}

// The rows of one table are alike, which a context can't say.
const Context = createContext<Selection<{ id: string }> | null>(null);

/** The rows that are selected; they stay over pages, and go when `filterKey` changes. */
export function useSelection<Row extends { id: string }>(page: readonly Row[], filterKey: string): Selection<Row> {
  const [state, setState] = useState<{ filterKey: string; rows: ReadonlyMap<string, Row> }>({
    filterKey,
    rows: new Map(),
  });
  const none = useMemo(() => new Map<string, Row>(), []);
  const rows = state.filterKey === filterKey ? state.rows : none;
  const change = useCallback(
    (edit: (next: Map<string, Row>) => void) =>
      setState((before) => {
        const next = new Map(before.filterKey === filterKey ? before.rows : []);
        edit(next);
        return { filterKey, rows: next };
      }),
    [filterKey],
  );
  return useMemo(() => {
    const put = (next: Map<string, Row>, row: Row, isOn: boolean) =>
      isOn ? next.set(row.id, row) : next.delete(row.id);
    return {
      rows,
      page,
      toggle: (row, isOn) => change((next) => put(next, row, isOn)),
      togglePage: (isOn) => change((next) => page.forEach((row) => put(next, row, isOn))),
      add: (more) => change((next) => more.forEach((row) => put(next, row, true))),
      clear: () => change((next) => next.clear()),
    };
  }, [rows, page, change]);
}

export function SelectionProvider<Row extends { id: string }>({
  selection,
  children,
}: {
  selection: Selection<Row>;
  children: React.ReactNode;
}) {
  return <Context value={selection as unknown as Selection<{ id: string }>}>{children}</Context>;
}

/** The box that selects a row; none where the row can't be selected. */
export function SelectRow({ id, label }: { id: string; label: string }) {
  const selection = useContext(Context);
  const row = selection?.page.find((candidate) => candidate.id === id);
  if (!selection || !row) {
    return <span aria-hidden className="-ml-1 inline-block size-6 shrink-0 max-md:hidden" />;
  }
  return <Box label={label} isOn={selection.rows.has(id)} onChange={(isOn) => selection.toggle(row, isOn)} />;
}

/** The box that selects the page, and shows when a part of it is. */
export function SelectPage({ label }: { label: string }) {
  const selection = useContext(Context);
  const on = selection?.page.filter(({ id }) => selection.rows.has(id)).length ?? 0;
  const all = selection?.page.length ?? 0;
  if (!selection || all === 0) {
    return <span aria-hidden className="-ml-1 inline-block size-6 shrink-0" />;
  }
  return <Box label={label} isOn={on === all} isPartly={on > 0 && on < all} onChange={selection.togglePage} />;
}

interface BoxProps {
  label: string;
  isOn: boolean;
  isPartly?: boolean;
  onChange: (isOn: boolean) => void;
}

function Box({ label, isOn, isPartly = false, onChange }: BoxProps) {
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (box.current) {
      box.current.indeterminate = isPartly;
    }
  }, [isPartly]);
  return (
    <label className="-ml-1 inline-flex size-6 shrink-0 cursor-pointer items-center justify-center">
      <span className="sr-only">{label}</span>
      <input
        ref={box}
        type="checkbox"
        checked={isOn}
        onChange={(event) => onChange(event.target.checked)}
        className="size-4 cursor-pointer accent-accent"
      />
    </label>
  );
}
