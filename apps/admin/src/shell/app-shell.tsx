import { Outlet, useLocation } from '@tanstack/react-router';
import { Keyboard } from 'lucide-react';
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react';
import { useSession } from '../session.ts';
import { useSignInNeed } from '../sign-in-state.ts';
import { strings } from '../strings.ts';
import { Button } from '../ui/button.tsx';
import { Banners } from './banners.tsx';
import { Logo } from './logo.tsx';
import { Navigation } from './navigation.tsx';
import { SignedInPerson } from './signed-in-person.tsx';
import { ThemeSwitch } from './theme-switch.tsx';
import { TopBar } from './top-bar.tsx';
import { useShortcuts } from './use-shortcuts.ts';

// What is seldom needed comes when it is.
const ShortcutsDialog = lazy(async () => ({ default: (await import('./shortcuts-dialog.tsx')).ShortcutsDialog }));
const CommandPalette = lazy(async () => ({ default: (await import('./command-palette.tsx')).CommandPalette }));
const NoRolePage = lazy(async () => ({ default: (await import('./no-role-page.tsx')).NoRolePage }));
const LiveIndicator = lazy(async () => ({ default: (await import('../live/live-indicator.tsx')).LiveIndicator }));
const SignInAgain = lazy(async () => ({ default: (await import('./sign-in-again.tsx')).SignInAgain }));

/** What stands around every page: navigation beside it, or a bar above it on narrow screens. */
export function AppShell() {
  const { role } = useSession();
  const signInNeed = useSignInNeed();
  const [isHelpOpen, setIsHelpOpen] = useState(false);
  const [isPaletteOpen, setIsPaletteOpen] = useState(false);
  const showHelp = useCallback(() => setIsHelpOpen(true), []);
  const showPalette = useCallback(() => setIsPaletteOpen(true), []);
  useShortcuts(showHelp, showPalette);
  useFocusOnNavigation();
  if (role === null) {
    return (
      <Suspense>
        <NoRolePage />
      </Suspense>
    );
  }
  return (
    <div className="flex min-h-dvh flex-col lg:flex-row">
      <a
        href="#main"
        className="absolute top-2 left-2 z-30 -translate-y-20 rounded-md bg-accent px-3 py-2 text-sm font-medium text-on-accent focus:translate-y-0"
      >
        {strings.common.skipToContent}
      </a>
      <TopBar onShowShortcuts={showHelp}>
        <Suspense>
          <LiveIndicator />
        </Suspense>
      </TopBar>
      <header
        data-bar
        className="sticky top-0 flex h-dvh w-56 shrink-0 flex-col gap-5 overflow-y-auto border-r border-line bg-page p-3 max-lg:hidden"
      >
        <div className="px-2.5 pt-2">
          <Logo />
        </div>
        <button
          type="button"
          onClick={showPalette}
          className="flex h-8 items-center justify-between rounded-md border border-line bg-surface px-2.5 text-sm text-muted hover:border-control hover:text-ink"
        >
          {strings.shell.goTo}
          <kbd aria-hidden className="font-mono text-xs">
            {/Mac|iP/.test(navigator.platform) ? '⌘K' : 'Ctrl K'}
          </kbd>
        </button>
        <Navigation />
        <div className="mt-auto flex flex-col gap-3">
          <div className="h-4 px-2.5">
            <Suspense>
              <LiveIndicator isFirst />
            </Suspense>
          </div>
          <div className="flex items-center justify-between">
            <ThemeSwitch />
            <Button
              variant="ghost"
              size="icon"
              aria-label={strings.shell.shortcuts}
              title={strings.shell.shortcuts}
              onClick={showHelp}
            >
              <Keyboard aria-hidden className="size-4" />
            </Button>
          </div>
          <div className="border-t border-line pt-3 pl-1">
            <SignedInPerson />
          </div>
        </div>
      </header>
      <main id="main" tabIndex={-1} className="min-w-0 flex-1 bg-surface">
        <Banners />
        <Outlet />
      </main>
      <Suspense>
        {isPaletteOpen && <CommandPalette onClose={() => setIsPaletteOpen(false)} onShowShortcuts={showHelp} />}
        {isHelpOpen && <ShortcutsDialog onClose={() => setIsHelpOpen(false)} />}
        {signInNeed !== null && <SignInAgain need={signInNeed} />}
      </Suspense>
    </div>
  );
}

// A new page is where reading goes on; a filter that changes the address of the same page moves nothing.
function useFocusOnNavigation(): void {
  const path = useLocation({ select: (location) => location.pathname });
  const before = useRef(path);
  useEffect(() => {
    if (before.current !== path) {
      before.current = path;
      document.getElementById('main')?.focus({ preventScroll: true });
    }
  }, [path]);
}
