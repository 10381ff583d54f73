import { useSyncExternalStore } from 'react';
import { downloadStrings } from '../strings/tables.ts';
import { announce } from './announcer.tsx';
import { countCsvRecords } from './csv-records.ts';
import { saveFile } from './save-file.ts';

/** A file on its way from the server; `rows` is how many it will have, as soon as the server has said. */
export interface Download {
  id: number;
  file: string;
  rows: number | null;
  received: number;
  state: 'running' | 'done' | 'failed';
  problem: string | null;
  cancel: () => void;
}

const ROWS_HEADER = 'x-total-rows';
const listeners = new Set<() => void>();
let downloads: readonly Download[] = [];
let lastId = 0;

function change(id: number, next: Partial<Download> | null): void {
  downloads =
    next === null
      ? downloads.filter((one) => one.id !== id)
      : downloads.map((one) => (one.id === id ? { ...one, ...next } : one));
  listeners.forEach((listener) => listener());
}

/** All that are on their way or were not dismissed yet. */
export function useDownloads(): readonly Download[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => downloads,
  );
}

/** Takes one off the list. */
export function dismissDownload(id: number): void {
  change(id, null);
}

/** Fetches a CSV and saves it once every row that was promised has come. It goes on when the page changes. */
export function startDownload(address: string, file: string): void {
  const id = ++lastId;
  const abort = new AbortController();
  const cancel = () => {
    abort.abort();
    change(id, null);
  };
  downloads = [...downloads, { id, file, rows: null, received: 0, state: 'running', problem: null, cancel }];
  listeners.forEach((listener) => listener());
  receive(id, address, file, abort.signal).catch((error: unknown) => {
    if (!abort.signal.aborted) {
      const problem = error instanceof Refusal ? error.message : downloadStrings.cutShort;
      change(id, { state: 'failed', problem });
      announce(`${downloadStrings.failed(file)}. ${problem}`);
    }
  });
}

class Refusal extends Error {}

async function receive(id: number, address: string, file: string, signal: AbortSignal): Promise<void> {
  const response = await fetch(address, { signal });
  if (!response.ok || !response.body) {
    throw new Refusal(await messageOf(response));
  }
  const rows = Number(response.headers.get(ROWS_HEADER) ?? Number.NaN);
  change(id, { rows });
  announce(downloadStrings.running(file, rows));
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  const count = countCsvRecords();
  const reader = response.body.getReader();
  let received = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      break;
    }
    chunks.push(value);
    // The first record names the columns.
    received = Math.max(count(value) - 1, 0);
    change(id, { received });
  }
  if (received !== rows) {
    throw new Refusal(downloadStrings.short(received, rows));
  }
  saveFile(file, new Blob(chunks, { type: 'text/csv' }));
  change(id, { state: 'done' });
  announce(downloadStrings.done(file, rows));
}

async function messageOf(response: Response): Promise<string> {
  const body = (await response.json().catch(() => null)) as { error?: { message?: string } } | null;
  return body?.error?.message ?? downloadStrings.cutShort;
}
