import { cx } from '../../ui/cx.ts';

interface BatchFigure {
  label: string;
  value: string;
  isBack?: boolean;
  isDanger?: boolean;
}

/** The figures of a bulk refund, side by side. */
export function BatchFigures({ figures }: { figures: readonly BatchFigure[] }) {
  return (
    <dl className="flex divide-x divide-line rounded-md border border-line bg-page">
      {figures.map(({ label, value, isBack, isDanger }) => (
        <div key={label} className="min-w-0 flex-1 px-3 py-2">
          <dt className="text-xs text-muted">{label}</dt>
          <dd
            className={cx(
              'mt-0.5 text-lg font-semibold tracking-tight tabular-nums',
              isBack && 'text-back',
              isDanger && 'text-danger',
            )}
          >
            {value}
          </dd>
        </div>
      ))}
    </dl>
  );
}
