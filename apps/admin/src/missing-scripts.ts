import { patientFetch } from './api.ts';
import { strings } from './strings.ts';

const NAME = 'MissingScriptError';
const RELOADED_AT = 'reeldesk.reloaded-at';

/** Whether a page's own script could not be loaded. */
export function isMissingScript(error: unknown): boolean {
  return error instanceof Error && error.name === NAME;
}

/** Whether the server answers. Where it does not, a reload would lose the desk for the browser's own error page. */
export async function isServerThere(): Promise<boolean> {
  return patientFetch('/', { method: 'HEAD' }).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** A script is gone after a new release of the desk: the new one is a reload away, but one by itself a minute only. */
export function reloadForMissingScripts(): void {
  addEventListener('vite:preloadError', ({ payload }) => {
    // Under the browser's own words the router would reload without asking.
    payload.name = NAME;
    payload.message = strings.errors.offline;
    void reloadOnce();
  });
}

async function reloadOnce(): Promise<void> {
  const reloadedAt = Number(sessionStorage.getItem(RELOADED_AT));
  if (Date.now() - reloadedAt > 60_000 && (await isServerThere())) {
    sessionStorage.setItem(RELOADED_AT, String(Date.now()));
    location.reload();
  }
}
