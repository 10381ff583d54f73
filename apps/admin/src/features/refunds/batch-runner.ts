import { useSyncExternalStore } from 'react';
import { client, noticeRefusal } from '../../api.ts';
import { batchesStrings } from '../../strings/batches.ts';
import { announce } from '../../ui/announcer.tsx';
import { toastDone, toastFailed } from '../../ui/toasts.ts';
import { refreshAfterRefund } from '../../dialogs/refund/refresh-after-refund.ts';
import { keyOf, nextRows, sumsOf, withAnswers, withFailedWaiting, withSent, type Batch } from './batch.ts';
import { loadBatch, saveBatch } from './batch-store.ts';

export interface Run {
  state: 'idle' | 'running' | 'pausing' | 'elsewhere';
  /** What stopped it, `null` when nothing did. */
  failure: unknown;
}

const idle: Run = { state: 'idle', failure: null };
const runs = new Map<string, Run>();
const listeners = new Set<() => void>();
const t = batchesStrings;

function setRun(id: string, run: Run): void {
  runs.set(id, run);
  listeners.forEach((listener) => listener());
}

export function useRun(id: string): Run {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => runs.get(id) ?? idle,
  );
}

function warn(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

/** Stops after the rows that are on their way. */
export function pauseBatch(id: string): void {
  if (runs.get(id)?.state === 'running') {
    setRun(id, { state: 'pausing', failure: null });
  }
}

/** Has the failed rows tried again, and only those. */
export function retryFailed(userId: string, batch: Batch): void {
  saveBatch(userId, withFailedWaiting(batch));
  void runBatch(userId, batch.id);
}

/**
 * Asks for the rows that have no answer, call by call, and writes each answer down before the next. It goes on when
 * its window is closed, and stops for good with the tab: the same rows are then asked for again with the same keys.
 */
export async function runBatch(userId: string, id: string): Promise<void> {
  const state = runs.get(id)?.state;
  if (state === 'running' || state === 'pausing') {
    return;
  }
  setRun(id, { state: 'running', failure: null });
  // Two tabs would be safe, but tell of the same rows twice.
  await navigator.locks.request(`reeldesk.refunds.${id}`, { ifAvailable: true }, async (lock) => {
    if (lock === null) {
      setRun(id, { state: 'elsewhere', failure: null });
      return;
    }
    addEventListener('beforeunload', warn);
    const failure = await sendAll(userId, id).then(
      () => null,
      (error: unknown) => error,
    );
    removeEventListener('beforeunload', warn);
    setRun(id, { state: 'idle', failure });
    tell(loadBatch(userId, id), failure);
  });
  // Past the lock: a server that hangs would keep it.
  void refreshAfterRefund();
}

async function sendAll(userId: string, id: string): Promise<void> {
  for (;;) {
    const batch = loadBatch(userId, id);
    const rows = batch ? nextRows(batch) : [];
    if (batch === null || rows.length === 0 || runs.get(id)?.state === 'pausing') {
      return;
    }
    saveBatch(userId, withSent(batch, rows));
    const items = rows.map(({ videoId, amount, refundedBefore }) => ({
      videoId,
      amount,
      ...(refundedBefore !== undefined && { refundedBefore }),
      reason: batch.reason,
      idempotencyKey: keyOf(batch, videoId),
    }));
    try {
      const answer = await client.refunds.refundManyVideoCredits.mutate({ items });
      saveBatch(userId, withAnswers(loadBatch(userId, id) ?? batch, answer.items));
      const isDown = answer.items.some((item) => item.outcome === 'error' && item.error.reason === 'unavailable');
      if (isDown) {
        return;
      }
    } catch (error) {
      noticeRefusal(error);
      throw error;
    }
  }
}

function tell(batch: Batch | null, failure: unknown): void {
  if (batch === null) {
    return;
  }
  const { refunded, failed, left, creditsRefunded } = sumsOf(batch);
  if (failure !== null) {
    toastFailed(t.paused(left), failure);
  } else if (left > 0) {
    announce(t.paused(left));
  } else {
    toastDone({
      title: t.finished(refunded, creditsRefunded),
      ...(failed > 0 && { text: t.finishedFailed(failed) }),
    });
  }
}
