import { useSyncExternalStore } from 'react';

/** Why the sign-in dialog is open over the page: `null` when it is not. */
export type SignInNeed = 'ended' | 'early' | null;

let need: SignInNeed = null;
const listeners = new Set<() => void>();

/** Opens the sign-in dialog over whatever page is shown; `null` closes it. */
export function requireSignIn(next: SignInNeed): void {
  // An ended sign-in is not talked down to one that is about to end.
  if (next === 'early' && need === 'ended') {
    return;
  }
  need = next;
  listeners.forEach((listener) => listener());
}

export function useSignInNeed(): SignInNeed {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => need,
  );
}
