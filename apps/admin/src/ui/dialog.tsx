import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { useRef, type ReactNode } from 'react';
import { strings } from '../strings.ts';
import { Button } from './button.tsx';
import { cx } from './cx.ts';

interface DialogProps {
  isOpen: boolean;
  onClose: () => void;
  /** While something is in flight, nothing closes it. */
  isLocked?: boolean;
  title: string;
  description?: ReactNode;
  children: ReactNode;
  size?: 'sm' | 'md' | 'lg';
  /** Without a way out: it must be answered. */
  isForced?: boolean;
}

const sizes = { sm: 'w-[26rem]', md: 'w-[32rem]', lg: 'w-[46rem]' };

/** A modal dialog. A press beside it does not close it: what was typed is not thrown away by a slip. */
export function Dialog(props: DialogProps) {
  const { isOpen, onClose, isLocked = false, isForced = false, title, description, children, size = 'md' } = props;
  const popup = useRef<HTMLDivElement>(null);
  return (
    <Base.Root
      open={isOpen}
      disablePointerDismissal
      onOpenChange={(open) => {
        if (!open && !isLocked && !isForced) {
          onClose();
        }
      }}
    >
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-20 bg-black/35 transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0 dark:bg-black/60" />
        <Base.Viewport className="fixed inset-0 z-20 overflow-y-auto">
          <div className="flex min-h-full items-end justify-center sm:items-center sm:p-6">
            <Base.Popup
              data-modal
              ref={popup}
              initialFocus={() =>
                popup.current?.querySelector<HTMLElement>('[data-autofocus]') ??
                popup.current?.querySelector<HTMLElement>('input, textarea') ??
                true
              }
              className={cx(
                'relative flex max-w-full flex-col rounded-t-lg bg-raised shadow-popup sm:max-w-[calc(100vw-3rem)] sm:rounded-lg',
                'transition-[opacity,translate] duration-200 ease-out data-ending-style:opacity-0',
                'data-starting-style:translate-y-2 data-starting-style:opacity-0',
                sizes[size],
                'max-sm:w-full',
              )}
            >
              <div className="flex items-start gap-4 px-5 pt-4 pb-1">
                <div className="min-w-0 flex-1">
                  <Base.Title className="text-lg font-semibold tracking-tight">{title}</Base.Title>
                  {description !== undefined && (
                    <Base.Description className="mt-0.5 text-sm break-words text-muted" render={<div />}>
                      {description}
                    </Base.Description>
                  )}
                </div>
                {!isForced && (
                  <Base.Close
                    aria-label={strings.common.close}
                    render={<Button variant="ghost" size="icon" isDisabled={isLocked} className="-mt-1 -mr-2" />}
                  >
                    <X aria-hidden className="size-4" />
                  </Base.Close>
                )}
              </div>
              {children}
            </Base.Popup>
          </div>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}

export function DialogBody({ children }: { children: ReactNode }) {
  return <div className="flex flex-col gap-4 px-5 py-3">{children}</div>;
}

export function DialogActions({ children }: { children: ReactNode }) {
  return <div className="mt-1 flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3">{children}</div>;
}
