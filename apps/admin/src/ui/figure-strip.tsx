import type { ReactNode } from 'react';
import { cx } from './cx.ts';
import { Skeleton } from './states.tsx';

export interface FigureProps {
  label: string;
  /** `undefined` while it loads: the box keeps its size. */
  value: string | undefined;
  note: ReactNode;
  /** What it was before, in words. */
  change?: ReactNode;
  valueClass?: string;
}

const columns = { 4: 'sm:grid-cols-4', 5: 'sm:grid-cols-3 xl:grid-cols-5' };

/** A few figures at a glance, in boxes of one size. */
export function FigureStrip({ label, figures }: { label?: string; figures: FigureProps[] }) {
  return (
    <dl
      aria-label={label}
      className={cx(
        'mx-5 grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line',
        columns[figures.length === 5 ? 5 : 4],
      )}
    >
      {figures.map((figure, index) => (
        <div
          key={figure.label}
          className={cx(
            'bg-surface px-4 py-3',
            // The last of an odd number leaves no hole.
            index === figures.length - 1 && figures.length % 2 === 1 && 'max-sm:col-span-2',
            index === figures.length - 1 && figures.length === 5 && 'sm:max-xl:col-span-2',
          )}
        >
          <dt className="text-sm text-muted">{figure.label}</dt>
          <dd className={cx('mt-1 text-xl font-semibold tracking-tight tabular-nums', figure.valueClass)}>
            {figure.value ?? <Skeleton className="my-0.5 h-6 w-20" />}
          </dd>
          <dd className="mt-0.5 text-xs text-muted">{figure.note ?? <Skeleton className="my-0.5 h-3 w-24" />}</dd>
          {figure.change !== undefined && <dd className="text-xs text-muted tabular-nums">{figure.change}</dd>}
        </div>
      ))}
    </dl>
  );
}
