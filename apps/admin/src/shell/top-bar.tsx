import { Menu } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { strings } from '../strings.ts';
import { Button } from '../ui/button.tsx';
import { Logo } from './logo.tsx';

const MenuDrawer = lazy(async () => ({ default: (await import('./menu-drawer.tsx')).MenuDrawer }));

/** The bar of narrow screens, and the menu that opens from it. */
export function TopBar({ onShowShortcuts }: { onShowShortcuts: () => void }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <header
      data-bar
      className="sticky top-0 z-10 flex h-13 items-center justify-between border-b border-line bg-page px-5 lg:hidden"
    >
      <Logo />
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
