import { Dialog } from '@base-ui/react/dialog';
import { Keyboard, X } from 'lucide-react';
import { strings } from '../strings.ts';
import { Button } from '../ui/button.tsx';
import { Navigation } from './navigation.tsx';
import { SignedInPerson } from './signed-in-person.tsx';
import { ThemeSwitch } from './theme-switch.tsx';

/** The navigation of narrow screens. */
export function MenuDrawer({ onClose, onShowShortcuts }: { onClose: () => void; onShowShortcuts: () => void }) {
  return (
    <Dialog.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-20 bg-black/35 transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0 dark:bg-black/60" />
        <Dialog.Popup
          data-modal
          className="fixed inset-y-0 right-0 z-20 flex w-72 max-w-[85vw] flex-col gap-4 overflow-y-auto bg-raised p-4 shadow-popup transition-[translate] duration-200 ease-out data-ending-style:translate-x-full data-starting-style:translate-x-full"
        >
          <div className="flex items-center justify-between">
            <Dialog.Title className="text-lg font-semibold tracking-tight">{strings.shell.menu}</Dialog.Title>
            <Dialog.Close
              render={<Button variant="ghost" size="icon" className="-mr-2" aria-label={strings.common.close} />}
            >
              <X aria-hidden className="size-4" />
            </Dialog.Close>
          </div>
          <Navigation onNavigate={onClose} />
          <div className="mt-auto flex items-center justify-between">
            <ThemeSwitch />
            <Button
              variant="ghost"
              size="icon"
              aria-label={strings.shell.shortcuts}
              onClick={() => {
                onClose();
                onShowShortcuts();
              }}
            >
              <Keyboard aria-hidden className="size-4" />
            </Button>
          </div>
          <div className="border-t border-line pt-3">
            <SignedInPerson />
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
