import type { LiveEvent } from '@reeldesk/api/contract/live';
import type { Query } from '@tanstack/react-query';
import { queryClient } from '../api.ts';
import { isAffected, isFollowed } from './affected.ts';
import { askedBy } from './asked.ts';
import { lookAgain } from './look-again.ts';

const GATHER_MS = 50;
const APART_MS = 1_000;
// A tab spends at most this part of its time on reading again: a slow server is not asked all the time.
const RESTS_PER_ROUND = 5;
const REST_AT_MOST_MS = 30_000;
const MANY = 500;

let waiting: LiveEvent[] | 'all' = [];
let timer: ReturnType<typeof setTimeout> | undefined;
let isRunning = false;
let notBefore = 0;

/** Has the queries that a change may have touched read again: in rounds, at least a second apart. */
export function noteChange(event: LiveEvent): void {
  waiting = waiting === 'all' || waiting.length >= MANY ? 'all' : [...waiting, event];
  schedule();
}

/** Has everything that is kept up to date read again. */
export function noteAll(): void {
  waiting = 'all';
  schedule();
}

/** Forgets what waits to be read again. */
export function forgetChanges(): void {
  clearTimeout(timer);
  timer = undefined;
  waiting = [];
}

function schedule(): void {
  if (timer === undefined && !isRunning) {
    timer = setTimeout(() => void round(), Math.max(GATHER_MS, notBefore - Date.now()));
  }
}

async function round(): Promise<void> {
  timer = undefined;
  isRunning = true;
  const events = waiting;
  waiting = [];
  const began = Date.now();
  try {
    await readAgain(events);
  } finally {
    isRunning = false;
    const took = Date.now() - began;
    notBefore = began + Math.max(APART_MS, took + Math.min(took * RESTS_PER_ROUND, REST_AT_MOST_MS));
    if (waiting.length > 0) {
      schedule();
    }
  }
}

// Lists that are shown are only looked at; everything else is read anew, and what is not shown when it is next.
async function readAgain(events: LiveEvent[] | 'all'): Promise<void> {
  const isTouched = (query: Query) => {
    const asked = askedBy(query);
    return (
      asked !== null &&
      isFollowed(asked.path, query.meta?.['isLiveList'] === true) &&
      (events === 'all' || isAffected(asked, events))
    );
  };
  const isShownList = (query: Query) => query.isActive() && query.meta?.['isLiveList'] === true;
  const touched = queryClient.getQueryCache().getAll().filter(isTouched);
  const videoIds = events === 'all' ? null : new Set(events.map(({ videoId }) => videoId));
  const shown = touched.filter((query) => isShownList(query) && !query.isDisabled());
  const others = new Set(touched.filter((query) => !isShownList(query)));
  await Promise.all([
    queryClient.invalidateQueries({ predicate: (query) => others.has(query) }),
    ...shown.map((query) => lookAgain(query, videoIds)),
  ]);
}
