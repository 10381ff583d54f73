import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { strings } from '../strings.ts';
import { Button } from './button.tsx';

interface DrawerProps {
  title: string;
  description?: ReactNode;
  onClose: () => void;
  /** At the foot, always in sight. */
  actions?: ReactNode;
  children: ReactNode;
}

/** One record beside its list: over the right of it, over all of it on narrow screens. A press beside it closes it. */
export function Drawer({ title, description, onClose, actions, children }: DrawerProps) {
  return (
    <Base.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-20 bg-black/20 transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0 dark:bg-black/45" />
        <Base.Popup
          data-modal
          className="fixed inset-y-0 right-0 z-20 flex w-[36rem] max-w-full flex-col bg-raised shadow-popup transition-[translate] duration-200 ease-out data-ending-style:translate-x-full data-starting-style:translate-x-full"
        >
          <div className="flex items-start gap-4 border-b border-line px-5 pt-4 pb-3">
            <div className="min-w-0 flex-1">
              <Base.Title className="text-lg font-semibold tracking-tight">{title}</Base.Title>
              {description !== undefined && (
                <Base.Description className="mt-0.5 text-sm break-words text-muted" render={<div />}>
                  {description}
                </Base.Description>
              )}
            </div>
            <Base.Close
              aria-label={strings.common.close}
              render={<Button variant="ghost" size="icon" className="-mt-1 -mr-2" />}
            >
              <X aria-hidden className="size-4" />
            </Base.Close>
          </div>
          <div className="flex min-h-0 flex-1 flex-col gap-6 overflow-y-auto px-5 py-4">{children}</div>
          {actions !== undefined && (
            <div className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3">{actions}</div>
          )}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
