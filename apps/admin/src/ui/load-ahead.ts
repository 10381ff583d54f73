import { useEffect } from 'react';

/**
 * Loads the script of what opens over a page once the page is there: opening it is at once then, also where the server
 * has stopped answering since. What fails to load is asked for again when it is opened.
 */
export function useLoadAhead(load: () => Promise<unknown>): void {
  useEffect(() => {
    load().catch(() => undefined);
  }, [load]);
}
