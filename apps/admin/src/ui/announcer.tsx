import { useSyncExternalStore } from 'react';

interface Message {
  id: number;
  text: string;
}

const KEPT = 3;

let messages: readonly Message[] = [];
let turn = 0;
const listeners = new Set<() => void>();

/** Has a screen reader say this once, when it is done with what it is saying. */
export function announce(text: string): void {
  turn += 1;
  // Beside the ones before: news of a list, come in the same moment, would take their place unspoken.
  messages = [...messages, { id: turn, text }].slice(-KEPT);
  listeners.forEach((listener) => listener());
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The live region; mounted once, at the root. Only what is added is said. */
export function Announcer() {
  const current = useSyncExternalStore(subscribe, () => messages);
  return (
    <output aria-live="polite" aria-atomic="false" aria-relevant="additions" className="sr-only">
      {current.map(({ id, text }) => (
        <span key={id}>{text} </span>
      ))}
    </output>
  );
}
