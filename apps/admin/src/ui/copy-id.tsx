import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { shortId } from '../short-id.ts';
import { strings } from '../strings.ts';
import { announce } from './announcer.tsx';
import { cx } from './cx.ts';

/** An id, cut short to the eye and whole to the clipboard; says so when it is copied. */
export function CopyId({ id, what, isWhole = false }: { id: string; what: string; isWhole?: boolean }) {
  const [isCopied, setIsCopied] = useState(false);
  useEffect(() => {
    if (isCopied) {
      const timer = setTimeout(() => setIsCopied(false), 2000);
      return () => clearTimeout(timer);
    }
    return undefined;
  }, [isCopied]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(id);
      setIsCopied(true);
      announce(strings.common.copied(what));
    } catch {
      announce(strings.common.copyFailed);
    }
  };
  return (
    <button
      type="button"
      onClick={() => void copy()}
      title={id}
      aria-label={strings.common.copy(what, id)}
      className="group -mx-1 inline-flex h-6 max-w-full items-center gap-1 rounded-sm px-1 font-mono text-xs text-muted hover:bg-hover hover:text-ink"
    >
      <span className={isWhole ? 'truncate' : 'shrink-0'}>{isWhole ? id : shortId(id)}</span>
      {isCopied ? (
        <Check aria-hidden className="size-3 shrink-0 text-back" />
      ) : (
        <Copy
          aria-hidden
          className={cx(
            'size-3 shrink-0',
            !isWhole && 'opacity-0 group-hover:opacity-100 group-focus-visible:opacity-100',
          )}
        />
      )}
    </button>
  );
}
