import type { LucideIcon } from 'lucide-react';
import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { describe } from '../api.ts';
import { strings } from '../strings.ts';
import { Button } from './button.tsx';
import { CopyId } from './copy-id.tsx';
import { cx } from './cx.ts';

interface EmptyStateProps {
  icon: LucideIcon;
  title: string;
  hint: string;
  children?: ReactNode;
  tone?: 'neutral' | 'danger';
}

/** Where rows would be: why there are none, and what to do next. */
export function EmptyState({ icon: Icon, title, hint, children, tone = 'neutral' }: EmptyStateProps) {
  return (
    <div className="flex flex-col items-center gap-1 px-4 py-16 text-center">
      <Icon
        aria-hidden
        strokeWidth={1.5}
        className={cx('mb-2 size-7', tone === 'danger' ? 'text-danger' : 'text-muted')}
      />
      <p className="font-medium">{title}</p>
      <p className="max-w-96 text-sm text-muted">{hint}</p>
      {children !== undefined && <div className="mt-3 flex flex-wrap justify-center gap-2">{children}</div>}
    </div>
  );
}

/** Where something could not be loaded: what went wrong, what to do, and a way to try again. */
export function ErrorState({
  error,
  onRetry,
  children,
}: {
  error: unknown;
  onRetry: () => void;
  children?: ReactNode;
}) {
  const { message, hint, requestId } = describe(error);
  return (
    <div role="alert">
      <EmptyState icon={CircleAlert} tone="danger" title={message} hint={hint ?? strings.errors.offlineHint}>
        <Button onClick={onRetry}>{strings.common.retry}</Button>
        {children}
        {requestId !== null && (
          <p className="flex w-full flex-wrap items-center justify-center gap-x-2 text-xs text-muted">
            {strings.common.requestId}
            <CopyId id={requestId} what={strings.common.requestIdCopied} isWhole />
          </p>
        )}
      </EmptyState>
    </div>
  );
}

export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={cx('block animate-pulse rounded-sm bg-line', className)} />;
}
