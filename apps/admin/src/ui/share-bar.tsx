interface ShareBarProps {
  part: number;
  /** What fills the whole width. */
  most: number;
  text: string;
}

/** A figure with a bar beside it, to compare by eye down a column. */
export function ShareBar({ part, most, text }: ShareBarProps) {
  const width = most === 0 ? 0 : Math.max((part / most) * 100, part > 0 ? 1 : 0);
  return (
    <span className="inline-flex w-full items-center justify-end gap-2.5 tabular-nums">
      <span aria-hidden className="h-2 min-w-16 flex-1 rounded-full bg-hover max-md:hidden">
        <span className="block h-full rounded-full bg-chart-text" style={{ width: `${width}%` }} />
      </span>
      <span className="min-w-12 text-right">{text}</span>
    </span>
  );
}
