import { useNavigate } from '@tanstack/react-router';
import { useEffect, useSyncExternalStore } from 'react';
import { readStored, store } from '../theme.ts';
import { destinations } from './navigation.tsx';

const KEY = 'reeldesk.shortcuts';
const listeners = new Set<() => void>();
let areOn = readStored(KEY) !== 'off';

/** Whether shortcuts act, and how to switch them; remembered between visits. */
export function useShortcutsSetting(): [boolean, (next: boolean) => void] {
  const current = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => areOn,
  );
  return [current, switchShortcuts];
}

function switchShortcuts(next: boolean): void {
  areOn = next;
  store(KEY, next ? 'on' : 'off');
  listeners.forEach((listener) => listener());
}

// Comes with the first press.
const rowKeys = () => import('./row-keys.ts');

/** `/` to the search, `g` and a letter to a page, Ctrl or Cmd K to anywhere, `j` and `k` along rows, `n` for new rows, `?` for help. */
export function useShortcuts(showHelp: () => void, showPalette: () => void): void {
  const navigate = useNavigate();
  useEffect(() => {
    let isGoing = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const press = (event: KeyboardEvent) => {
      if (event.key === 'Control' || event.key === 'Meta') {
        // Its script is there when the K follows, and what is typed after it is not lost.
        void import('./command-palette.tsx');
      }
      if (areOn && (event.ctrlKey || event.metaKey) && event.key === 'k' && !document.querySelector('[data-modal]')) {
        event.preventDefault();
        showPalette();
        return;
      }
      if (
        !areOn ||
        event.defaultPrevented ||
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        isTyping(event.target)
      ) {
        return;
      }
      const destination = isGoing ? destinations.find(({ key }) => key === event.key) : undefined;
      isGoing = false;
      clearTimeout(timer);
      if (destination) {
        event.preventDefault();
        void navigate({ to: destination.to });
      } else if (event.key === 'g') {
        isGoing = true;
        timer = setTimeout(() => (isGoing = false), 1500);
      } else if (event.key === '/') {
        event.preventDefault();
        void navigate({ to: '/accounts' }).then(focusSearch);
      } else if (event.key === 'j' || event.key === 'k') {
        void rowKeys().then(({ moveRow }) => moveRow(event.key === 'j' ? 1 : -1));
      } else if (event.key === 'Enter' && event.target instanceof HTMLTableRowElement) {
        void rowKeys().then(({ openRow }) => openRow());
      } else if (event.key === 'n') {
        void rowKeys().then(({ showNewRows }) => showNewRows());
      } else if (event.key === '?') {
        event.preventDefault();
        showHelp();
      }
    };
    addEventListener('keydown', press);
    return () => {
      clearTimeout(timer);
      removeEventListener('keydown', press);
    };
  }, [navigate, showHelp, showPalette]);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    document.querySelector('[data-modal]') !== null ||
    (target instanceof HTMLElement &&
      target.closest('input:not([type="radio"]), select, textarea, [contenteditable]') !== null)
  );
}

// The page's script may still be on its way.
function focusSearch(): void {
  const find = () => document.querySelector<HTMLInputElement>('input[type="search"]');
  const found = find();
  if (found) {
    found.focus();
    return;
  }
  const observer = new MutationObserver(() => {
    const late = find();
    if (late) {
      observer.disconnect();
      late.focus();
    }
  });
  observer.observe(document.body, { childList: true, subtree: true });
  setTimeout(() => observer.disconnect(), 5000);
}
