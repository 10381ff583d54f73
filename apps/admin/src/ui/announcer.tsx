import { useSyncExternalStore } from 'react';

let message = '';
let turn = 0;
const listeners = new Set<() => void>();

/** Has a screen reader say this once, when it is done with what it is saying. */
export function announce(text: string): void {
  turn += 1;
  // A trailing space makes the same sentence twice two announcements.
  message = turn % 2 === 0 ? text : `${text}\u00a0`;
  listeners.forEach((listener) => listener());
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The live region; mounted once, at the root. */
export function Announcer() {
  const current = useSyncExternalStore(subscribe, () => message);
  return (
    <output aria-live="polite" className="sr-only">
      {current}
    </output>
  );
}
