import { useSyncExternalStore } from 'react';

/**
 * How the page learns of changes: `live` as they happen; `reconnecting` not at this moment; `off` because the server
 * streams none, so that what is shown is read again once a minute.
 */
export type LiveState = 'connecting' | 'live' | 'reconnecting' | 'off';

let state: LiveState = 'connecting';
const listeners = new Set<() => void>();

export function setLiveState(next: LiveState): void {
  state = next;
  listeners.forEach((listener) => listener());
}

export function useLiveState(): LiveState {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}
