import { useEffect, type ReactNode } from 'react';
import { strings } from '../strings.ts';
import { cx } from './cx.ts';

interface PageProps {
  title: string;
  lead?: ReactNode;
  /** Beside the title, where it moves nothing. */
  beside?: ReactNode;
  /** To the right of the title. */
  actions?: ReactNode;
  /** Above the title: the way back. */
  above?: ReactNode;
  /** The page's table fills the window and scrolls by itself. */
  isFilling?: boolean;
  children: ReactNode;
}

/** The head that every page has, and the document's title. */
export function Page({ title, lead, beside, actions, above, isFilling = false, children }: PageProps) {
  useDocumentTitle(title);
  return (
    <div className={cx('flex min-h-dvh flex-col max-lg:min-h-[calc(100dvh-3.25rem)]', isFilling && 'page-fill')}>
      <div className="relative flex flex-wrap items-start justify-between gap-x-6 gap-y-3 px-5 pt-5 pb-4">
        <div className="min-w-0">
          {above}
          <div className="flex items-center gap-3">
            <h1 className="min-w-0 text-xl font-semibold tracking-tight break-words">{title}</h1>
            {beside}
          </div>
          {lead !== undefined && <div className="mt-0.5 max-w-3xl text-sm text-muted">{lead}</div>}
        </div>
        {actions}
      </div>
      {children}
    </div>
  );
}

/** A row of filters under the head. */
export function FilterBar({ children }: { children: ReactNode }) {
  return <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-5 pb-4">{children}</div>;
}

/** Names the document after what it shows. */
export function useDocumentTitle(title: string): void {
  useEffect(() => {
    document.title = title === strings.product ? title : `${title} · ${strings.product}`;
  }, [title]);
}
