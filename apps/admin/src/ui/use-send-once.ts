import { useRef } from 'react';

/**
 * Sends nothing while what was sent before is under way: a second press may come before the first has drawn the lock.
 * `send` is given what to call at the end.
 */
export function useSendOnce(): (send: (onSettled: () => void) => void) => void {
  const isSent = useRef(false);
  return (send) => {
    if (!isSent.current) {
      isSent.current = true;
      send(() => {
        isSent.current = false;
      });
    }
  };
}
