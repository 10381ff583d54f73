import { useSyncExternalStore } from 'react';
import { sumsOf, type Batch } from './batch.ts';

const PREFIX = 'reeldesk.refunds.';
const KEPT = 20;
const listeners = new Set<() => void>();
/** What was read, by key, so that an unchanged batch is the same object. */
const read = new Map<string, { text: string; batch: Batch }>();
let lists = new Map<string, Batch[]>();

function keyOf(userId: string, id: string): string {
  return `${PREFIX}${userId}.${id}`;
}

function changed(): void {
  lists = new Map();
  listeners.forEach((listener) => listener());
}

// Another tab of the desk wrote.
addEventListener('storage', (event) => {
  if (event.key === null || event.key.startsWith(PREFIX)) {
    changed();
  }
});

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function readKey(key: string): Batch | null {
  let text: string | null;
  try {
    text = localStorage.getItem(key);
  } catch {
    return null;
  }
  if (text === null) {
    return null;
  }
  const known = read.get(key);
  if (known?.text === text) {
    return known.batch;
  }
  const batch = JSON.parse(text) as Batch;
  read.set(key, { text, batch });
  return batch;
}

/** A batch that this browser keeps of this person, `null` when there is none. */
export function loadBatch(userId: string, id: string): Batch | null {
  return readKey(keyOf(userId, id));
}

/** Writes a batch down. Raises when the browser lets the page keep nothing. */
export function saveBatch(userId: string, batch: Batch): void {
  localStorage.setItem(keyOf(userId, batch.id), JSON.stringify(batch));
  changed();
}

/** This person's batches of this browser, newest first. */
function listBatches(userId: string): Batch[] {
  const known = lists.get(userId);
  if (known) {
    return known;
  }
  let keys: string[];
  try {
    keys = Object.keys(localStorage).filter((key) => key.startsWith(keyOf(userId, '')));
  } catch {
    keys = [];
  }
  const found = keys
    .map(readKey)
    .filter((batch) => batch !== null)
    .toSorted((one, other) => other.startedAt.localeCompare(one.startedAt));
  lists.set(userId, found);
  return found;
}

/** Forgets the oldest finished batches beyond the last twenty. */
export function forgetOldBatches(userId: string): void {
  const finished = listBatches(userId).filter((batch) => sumsOf(batch).left === 0);
  for (const { id } of finished.slice(KEPT)) {
    localStorage.removeItem(keyOf(userId, id));
  }
  changed();
}

export function useBatch(userId: string, id: string): Batch | null {
  return useSyncExternalStore(subscribe, () => loadBatch(userId, id));
}

export function useBatches(userId: string): Batch[] {
  return useSyncExternalStore(subscribe, () => listBatches(userId));
}
