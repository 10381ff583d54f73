import { CircleAlert, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { describe } from '../api.ts';
import { strings } from '../strings.ts';
import { CopyId } from './copy-id.tsx';
import { cx } from './cx.ts';

const tones = {
  danger: { box: 'border-danger/30 bg-danger-soft', icon: CircleAlert, ink: 'text-danger' },
  caution: { box: 'border-caution/30 bg-caution-soft', icon: TriangleAlert, ink: 'text-caution' },
  info: { box: 'border-line bg-hover', icon: Info, ink: 'text-muted' },
};

interface NoticeProps {
  tone?: keyof typeof tones;
  title: string;
  children?: ReactNode;
  /** Spoken at once when it appears. */
  isAlert?: boolean;
}

export function Notice({ tone = 'info', title, children, isAlert = false }: NoticeProps) {
  const { box, icon: Icon, ink } = tones[tone];
  return (
    <div role={isAlert ? 'alert' : undefined} className={cx('flex gap-2.5 rounded-md border px-3 py-2 text-sm', box)}>
      <Icon aria-hidden className={cx('mt-0.5 size-4 shrink-0', ink)} />
      <div className="min-w-0 flex-1">
        <p className="font-medium break-words">{title}</p>
        {children !== undefined && <div className="mt-0.5 break-words">{children}</div>}
      </div>
    </div>
  );
}

/** An error inside a form: what went wrong, what to do, and the id that finds it in the log. */
export function ErrorNotice({ error }: { error: unknown }) {
  const { message, hint, requestId } = describe(error);
  return (
    <Notice tone="danger" title={message} isAlert>
      {hint}
      {requestId !== null && (
        <div className="mt-1 flex flex-wrap items-center gap-x-2 text-xs">
          {strings.common.requestId}
          <CopyId id={requestId} what={strings.common.requestIdCopied} isWhole />
        </div>
      )}
    </Notice>
  );
}
