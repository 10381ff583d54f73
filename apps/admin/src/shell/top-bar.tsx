import { Menu } from 'lucide-react';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { strings } from '../strings.ts';
import { Button } from '../ui/button.tsx';
import { Logo } from './logo.tsx';

const MenuDrawer = lazy(async () => ({ default: (await import('./menu-drawer.tsx')).MenuDrawer }));

interface TopBarProps {
  onShowShortcuts: () => void;
  /** Between the name and the menu. */
  children: ReactNode;
}

/** The bar of narrow screens, and the menu that opens from it. */
export function TopBar({ onShowShortcuts, children }: TopBarProps) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <header
      data-bar
      className="sticky top-0 z-10 flex h-13 items-center justify-between border-b border-line bg-page px-5 lg:hidden"
    >
      <Logo />
      <div className="ml-auto px-3">{children}</div>
      <Button
        variant="ghost"
        size="icon"
        className="-mr-2"
        aria-label={strings.shell.openMenu}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        onClick={() => setIsOpen(true)}
      >
        <Menu aria-hidden className="size-5" />
      </Button>
      <Suspense>{isOpen && <MenuDrawer onClose={() => setIsOpen(false)} onShowShortcuts={onShowShortcuts} />}</Suspense>
    </header>
  );
}
