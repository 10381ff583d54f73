import { ChevronsUpDown } from 'lucide-react';
import type { ComponentProps } from 'react';
import { cx } from './cx.ts';

const control =
  'w-full rounded-md border border-control/70 bg-surface text-sm text-ink placeholder:text-muted hover:border-control aria-invalid:border-danger';

export function Input({ className, ...props }: ComponentProps<'input'>) {
  return <input {...props} className={cx(control, 'h-8 px-2.5', className)} />;
}

export function TextArea({ className, ...props }: ComponentProps<'textarea'>) {
  return <textarea rows={3} {...props} className={cx(control, 'min-h-16 px-2.5 py-1.5', className)} />;
}

/** The platform's own list: it searches by typing, and fits a phone. */
export function Select({ className, children, ...props }: ComponentProps<'select'>) {
  return (
    <span className={cx('relative inline-block', className)}>
      <select {...props} className={cx(control, 'h-8 appearance-none truncate pr-7 pl-2.5')}>
        {children}
      </select>
      <ChevronsUpDown aria-hidden className="pointer-events-none absolute top-2.5 right-2 size-3 text-muted" />
    </span>
  );
}
