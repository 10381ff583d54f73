import { Clock, WifiOff, type LucideIcon } from 'lucide-react';
import { useEffect, useState, useSyncExternalStore, type ReactNode } from 'react';
import { useSession } from '../session.ts';
import { requireSignIn } from '../sign-in-state.ts';
import { strings } from '../strings.ts';
import { Button } from '../ui/button.tsx';
import { toastCaution } from '../ui/toasts.ts';

const WARN_MINUTES = 10;

/** What holds for the whole desk at the moment: no connection, or a sign-in that is about to end. */
export function Banners() {
  const isOnline = useIsOnline();
  const minutesLeft = useMinutesLeft();
  return (
    <output aria-live="polite" className="block">
      {!isOnline && <Banner icon={WifiOff}>{strings.shell.offline}</Banner>}
      {minutesLeft !== null && (
        <Banner icon={Clock}>
          <span className="flex-1">{strings.shell.expiresIn(minutesLeft)}</span>
          <Button size="sm" onClick={() => requireSignIn('early')}>
            {strings.shell.signInAgain}
          </Button>
        </Banner>
      )}
    </output>
  );
}

function Banner({ icon: Icon, children }: { icon: LucideIcon; children: ReactNode }) {
  return (
    <span className="flex flex-wrap items-center gap-2.5 border-b border-line bg-caution-soft px-5 py-2 text-sm text-ink">
      <Icon aria-hidden className="size-4 shrink-0 text-caution" />
      {children}
    </span>
  );
}

function useIsOnline(): boolean {
  return useSyncExternalStore(
    (listener) => {
      addEventListener('online', listener);
      addEventListener('offline', listener);
      return () => {
        removeEventListener('online', listener);
        removeEventListener('offline', listener);
      };
    },
    () => navigator.onLine,
  );
}

/** Minutes until the sign-in ends, once they are few; at none, the dialog to sign in again opens. */
function useMinutesLeft(): number | null {
  const { expiresAt } = useSession();
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 10_000);
    return () => clearInterval(timer);
  }, []);
  const left = expiresAt === null ? null : Math.ceil((Date.parse(expiresAt) - now) / 60_000);
  const isOver = left !== null && left <= 0;
  useEffect(() => {
    if (isOver) {
      requireSignIn('ended');
    }
  }, [isOver]);
  const soon = left !== null && left > 0 && left <= WARN_MINUTES ? left : null;
  const isSoon = soon !== null;
  useEffect(() => {
    // A banner under an open dialog can't be pressed.
    if (isSoon && document.querySelector('[data-modal]')) {
      toastCaution({
        title: strings.shell.expiresSoon,
        action: { label: strings.shell.signInAgain, run: () => requireSignIn('early') },
      });
    }
  }, [isSoon]);
  return soon;
}
