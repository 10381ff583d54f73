import type { ReactNode } from 'react';
import { cx } from './cx.ts';

interface ScrollingListProps {
  label: string;
  /** How high it may get. */
  className: string;
  children: ReactNode;
}

/** A list in a dialog that scrolls by itself; Tab reaches it, and the arrow keys scroll it. */
export function ScrollingList({ label, className, children }: ScrollingListProps) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must take the focus, or keys can't scroll it.
    <section tabIndex={0} aria-label={label} className={cx('overflow-y-auto rounded-md border border-line', className)}>
      <ul className="divide-y divide-line text-sm">{children}</ul>
    </section>
  );
}
