import { Dialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { strings } from '../strings.ts';
import { Button } from './button.tsx';

interface DrawerProps {
  title: string;
  description?: ReactNode;
  onClose: () => void;
  children: ReactNode;
}

/** A panel at the side of the page that shows more of one thing on it; a press beside it closes it. */
export function Drawer({ title, description, onClose, children }: DrawerProps) {
  return (
    <Dialog.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-20 bg-black/35 transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0 dark:bg-black/60" />
        <Dialog.Popup
          data-modal
          className="fixed inset-y-0 right-0 z-20 flex w-[46rem] max-w-full flex-col overflow-y-auto bg-surface shadow-popup transition-[translate] duration-200 ease-out data-ending-style:translate-x-full data-starting-style:translate-x-full"
        >
          <div className="flex items-start gap-4 px-5 pt-4 pb-3">
            <div className="min-w-0 flex-1">
              <Dialog.Title className="text-lg font-semibold tracking-tight">{title}</Dialog.Title>
              {description !== undefined && (
                <Dialog.Description className="mt-0.5 text-sm text-muted" render={<div />}>
                  {description}
                </Dialog.Description>
              )}
            </div>
            <Dialog.Close
              aria-label={strings.common.close}
              render={<Button variant="ghost" size="icon" className="-mt-1 -mr-2" />}
            >
              <X aria-hidden className="size-4" />
            </Dialog.Close>
          </div>
          {children}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
