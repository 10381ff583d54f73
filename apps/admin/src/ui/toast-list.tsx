import { Toast } from '@base-ui/react/toast';
import { CircleAlert, CircleCheck, TriangleAlert, X } from 'lucide-react';
import { useEffect } from 'react';
import { shortcutsStrings } from '../strings/shortcuts.ts';
import { strings } from '../strings.ts';
import { buttonClass } from './button.tsx';
import { DownloadList } from './download-list.tsx';
import { onToast, type Toast as Told } from './toasts.ts';

const manager = Toast.createToastManager();

function show({ type, title, text, action }: Told): void {
  const id = manager.add({
    type,
    title,
    description: text,
    timeout: type === 'done' ? (action ? 12_000 : 7_000) : 0,
    ...(action && {
      actionProps: {
        children: action.label,
        onClick: () => {
          manager.close(id);
          action.run();
        },
      },
    }),
  });
}

/** Where toasts appear; mounted once, at the root. */
export function ToastList() {
  useEffect(() => onToast(show), []);
  return (
    <Toast.Provider toastManager={manager} limit={3}>
      <Toast.Portal>
        <Toast.Viewport
          aria-label={shortcutsStrings.notifications}
          className="fixed right-4 bottom-4 z-40 flex w-[min(24rem,calc(100vw-2rem))] flex-col-reverse gap-2"
        >
          <Shown />
          <DownloadList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function Icon({ type }: { type: string | undefined }) {
  if (type === 'failed') {
    return <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-danger" />;
  }
  if (type === 'caution') {
    return <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-caution" />;
  }
  return <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-back" />;
}

function Shown() {
  const { toasts } = Toast.useToastManager();
  return toasts.map((toast) => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      className="rounded-lg bg-raised shadow-popup transition-[opacity,translate] duration-200 ease-out data-ending-style:opacity-0 data-limited:hidden data-starting-style:translate-y-2 data-starting-style:opacity-0"
    >
      <Toast.Content className="flex items-start gap-3 py-3 pr-2 pl-4">
        <Icon type={toast.type} />
        {/* The list is a live region: what failed is said at once, the rest when there is time. */}
        <div className="min-w-0 flex-1" role={toast.type === 'failed' ? 'alert' : undefined}>
          <Toast.Title className="text-sm font-medium" render={<p />} />
          <Toast.Description className="text-sm break-words text-muted" />
        </div>
        <Toast.Action className={buttonClass('secondary', 'sm')} />
        {/* Seen, and so to be found, also while the list has neither focus nor pointer. */}
        <Toast.Close
          aria-hidden={false}
          aria-label={strings.common.dismiss}
          className="inline-flex size-7 shrink-0 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-ink"
        >
          <X aria-hidden className="size-3.5" />
        </Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ));
}
