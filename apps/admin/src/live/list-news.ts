import type { ListPage } from './list-changes.ts';
import type { ProcedurePath } from './procedure-path.ts';

/** What waits to be shown in one list. */
export interface News {
  path: ProcedurePath;
  newRows: number;
  isMore: boolean;
  gone: number;
  fresh: ListPage;
}

const news = new Map<string, News>();
const listeners = new Set<() => void>();

/** Keeps what waits for the list of a query, under its hash; `null` when nothing does. */
export function setNews(queryHash: string, next: News | null): void {
  if (next) {
    news.set(queryHash, next);
  } else if (!news.delete(queryHash)) {
    return;
  }
  listeners.forEach((listener) => listener());
}

export function newsOf(queryHash: string): News | undefined {
  return news.get(queryHash);
}

export function onNews(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
