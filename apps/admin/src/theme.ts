import { useSyncExternalStore } from 'react';

export type ThemeChoice = 'light' | 'dark' | 'system';

const KEY = 'reeldesk.theme';
const prefersDark = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();
let choice = read();

function read(): ThemeChoice {
  const stored = readStored(KEY);
  return stored === 'light' || stored === 'dark' ? stored : 'system';
}

function apply(): void {
  const isDark = choice === 'dark' || (choice === 'system' && prefersDark.matches);
  document.documentElement.dataset['theme'] = isDark ? 'dark' : 'light';
}

prefersDark.addEventListener('change', apply);
// Another tab of the desk may have switched.
addEventListener('storage', (event) => {
  if (event.key === KEY) {
    choice = read();
    apply();
    listeners.forEach((listener) => listener());
  }
});

/** A remembered preference, `null` where there is none or storage is closed to the page. */
export function readStored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Remembers a preference, as far as the browser lets the page. */
export function store(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // It then holds for this page only.
  }
}

/** The chosen theme and how to choose another; remembered between visits. */
export function useTheme(): [ThemeChoice, (next: ThemeChoice) => void] {
  const current = useSyncExternalStore(subscribe, () => choice);
  return [current, choose];
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function choose(next: ThemeChoice): void {
  choice = next;
  store(KEY, next);
  apply();
  listeners.forEach((listener) => listener());
}
