import type { RefundResult } from '@reeldesk/api/contract/refunds';

export interface BatchRow {
  videoId: string;
  userId: string;
  /** What is to be given back: all that was left of the charge when it was counted, or a part of it. */
  amount: number;
  /** What had been given back by then: a charge that moved since is refused. Batches from before parts don't say it. */
  refundedBefore?: number;
}

export type RowResult =
  | { outcome: 'refunded'; credits: number; isReplayed: boolean }
  | { outcome: 'failed'; reason: string; message: string; hint: string | null };

/** A refund of many videos, as the browser keeps it: no e-mail address, no prompt. */
export interface Batch {
  id: string;
  startedAt: string;
  reason: string;
  rows: BatchRow[];
  results: Record<string, RowResult>;
  /** Asked for, and not answered. */
  sent: string[];
}

/** Rows of one call: few enough to see progress and to pause soon. */
export const ROWS_PER_CALL = 20;
/** The most rows of a batch, as far as a browser's storage surely goes. */
export const MAX_ROWS = 2000;

export type RowState = 'refunded' | 'failed' | 'waiting' | 'sent';

export function stateOf(batch: Batch, videoId: string): RowState {
  return batch.results[videoId]?.outcome ?? (batch.sent.includes(videoId) ? 'sent' : 'waiting');
}

/** The key of a row: the same however often it is asked for, so the ledger takes it once. */
export function keyOf(batch: Batch, videoId: string): string {
  return `${batch.id}:${videoId}`;
}

export interface BatchSums {
  refunded: number;
  failed: number;
  /** Without an answer, those that were asked for included. */
  left: number;
  unanswered: number;
  creditsRefunded: number;
}

export function sumsOf(batch: Batch): BatchSums {
  const results = Object.values(batch.results);
  const refunded = results.filter((result) => result.outcome === 'refunded');
  return {
    refunded: refunded.length,
    failed: results.length - refunded.length,
    left: batch.rows.length - results.length,
    unanswered: batch.sent.length,
    creditsRefunded: refunded.reduce((sum, { credits }) => sum + credits, 0),
  };
}

/** The rows to ask for next, first those that were not answered. */
export function nextRows(batch: Batch): BatchRow[] {
  const sent = new Set(batch.sent);
  const open = batch.rows.filter(({ videoId }) => batch.results[videoId] === undefined);
  return [
    ...open.filter(({ videoId }) => sent.has(videoId)),
    ...open.filter(({ videoId }) => !sent.has(videoId)),
  ].slice(0, ROWS_PER_CALL);
}

export function withSent(batch: Batch, rows: readonly BatchRow[]): Batch {
  return { ...batch, sent: [...new Set([...batch.sent, ...rows.map(({ videoId }) => videoId)])] };
}

/** What the API answered, written down; those rows are no longer on their way. */
export function withAnswers(batch: Batch, answers: readonly RefundResult[]): Batch {
  const results = { ...batch.results };
  for (const answer of answers) {
    // The database fell silent: the row may be refunded or not, and is asked for again.
    if (answer.outcome === 'error' && answer.error.reason === 'unavailable') {
      continue;
    }
    results[answer.videoId] =
      answer.outcome === 'refunded'
        ? { outcome: 'refunded', credits: answer.creditsRefunded, isReplayed: answer.isReplayed }
        : {
            outcome: 'failed',
            reason: answer.error.reason,
            message: answer.error.message,
            hint: answer.error.hint,
          };
  }
  return { ...batch, results, sent: batch.sent.filter((videoId) => results[videoId] === undefined) };
}

/** The failed rows wait again; the refunded ones are left alone. */
export function withFailedWaiting(batch: Batch): Batch {
  const kept = Object.entries(batch.results).filter(([, { outcome }]) => outcome === 'refunded');
  return { ...batch, results: Object.fromEntries(kept) };
}
