import type { LiveEvent } from '@reeldesk/api/contract/live';
import { focusManager } from '@tanstack/react-query';
import { noticeReason, readSessionAgain } from '../api.ts';
import { setLiveState } from './live-state.ts';
import { watchLists } from './look-again.ts';
import { forgetChanges, noteAll, noteChange } from './refresh.ts';
import { followChanges } from './stream.ts';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
const POLL_MS = 60_000;

let users = 0;
let stop: (() => void) | null = null;

/** Follows what changes, once for the whole tab however many ask for it; answers how to leave off. */
export function followLive(): () => void {
  users += 1;
  stop ??= start();
  return () => {
    users -= 1;
    if (users === 0) {
      stop?.();
      stop = null;
    }
  };
}

function start(): () => void {
  const end = new AbortController();
  const unwatch = watchLists();
  // A window that comes to the front is told what changed: its queries are not read again by themselves too.
  focusManager.setEventListener(() => undefined);
  void follow(end.signal);
  return () => {
    end.abort();
    focusManager.setEventListener(tellOfFocus);
    unwatch();
    forgetChanges();
  };
}

function tellOfFocus(setFocused: () => void): () => void {
  const look = () => setFocused();
  addEventListener('visibilitychange', look);
  return () => removeEventListener('visibilitychange', look);
}

async function follow(signal: AbortSignal): Promise<void> {
  let lastEventId: string | null = null;
  let failures = 0;
  let isOff = false;
  const onEvent = (event: LiveEvent) => {
    if (event.kind !== 'stream') {
      noteChange(event);
    } else if (event.type === 'behind' || lastEventId === null) {
      noteAll();
    } else if (failures > 0) {
      // A role that was changed between two streams is in neither: an analyst is not told of roles.
      readSessionAgain();
    }
    lastEventId = event.id;
    failures = 0;
    isOff = false;
    setLiveState('live');
  };
  while (!signal.aborted) {
    // A hidden tab holds no connection: a browser has few for one server, and nobody looks.
    if (document.hidden) {
      // What was about to be read again is read with everything else once it is shown.
      forgetChanges();
      await until(signal, ['visibilitychange']);
      lastEventId = null;
      continue;
    }
    const whileShown = abortWhenHidden(signal);
    const { reason } = await followChanges({ lastEventId, signal: whileShown.signal, onEvent });
    whileShown.release();
    if (signal.aborted || document.hidden) {
      continue;
    }
    failures += 1;
    if (reason === 'not_signed_in' || reason === 'forbidden') {
      noticeReason(reason);
    }
    if (reason === 'invalid_input') {
      // Its place is of another database.
      lastEventId = null;
    }
    isOff = isOff || ((reason === 'unavailable' || reason === 'rate_limited') && failures > 2);
    // What may have been missed is not waited for.
    if (isOff || (failures === 1 && lastEventId === null)) {
      noteAll();
    }
    // What is there again within a second is not worth a word.
    if (failures > 1) {
      setLiveState(isOff ? 'off' : 'reconnecting');
    }
    await until(signal, ['online', 'visibilitychange'], isOff ? POLL_MS : waitMs(failures));
  }
}

// Longer each time, and never the same for all tabs: a server that comes back is not stormed.
function waitMs(failures: number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** (failures - 1), LONGEST_WAIT_MS) * (0.5 + Math.random() / 2);
}

function abortWhenHidden(signal: AbortSignal): { signal: AbortSignal; release: () => void } {
  const hidden = new AbortController();
  const look = () => document.hidden && hidden.abort();
  document.addEventListener('visibilitychange', look);
  return {
    signal: AbortSignal.any([signal, hidden.signal]),
    release: () => document.removeEventListener('visibilitychange', look),
  };
}

/** Waits for an event of the window, for a time, or for the end. */
function until(signal: AbortSignal, events: readonly string[], withinMs?: number): Promise<void> {
  return new Promise((resolve) => {
    const woken = new AbortController();
    const done = () => {
      clearTimeout(timer);
      woken.abort();
      resolve();
    };
    const timer = withinMs === undefined ? undefined : setTimeout(done, withinMs);
    events.forEach((event) => addEventListener(event, done, { signal: woken.signal }));
    signal.addEventListener('abort', done, { signal: woken.signal });
  });
}
