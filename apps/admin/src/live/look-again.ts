import { getUntypedClient } from '@trpc/client';
import type { Query, QueryFunction } from '@tanstack/react-query';
import { client, queryClient } from '../api.ts';
import { askedBy } from './asked.ts';
import { compareRows, rowKey, type ListPage, type Row } from './list-changes.ts';
import type { ProcedurePath } from './procedure-path.ts';
import { setNews } from './list-news.ts';

const untyped = getUntypedClient(client);

// How a row that has left its list is read by itself: what became of it is shown in its place.
const ofOneVideo: Partial<Record<ProcedurePath, ProcedurePath>> = {
  'refunds.listRefundCandidates': 'refunds.previewRefund',
  'videos.listVideos': 'videos.getVideo',
};
const ONE_BY_ONE_AT_MOST = 10;

/**
 * Reads a list that is shown once more and puts what changed into its rows where they are; what came in or left is
 * kept for when it is asked for. `changedVideos`: those that the changes were about, `null` when that is not known.
 */
export async function lookAgain(query: Query, changedVideos: ReadonlySet<string | null> | null): Promise<void> {
  const asked = askedBy(query);
  const before = query.state.data as ListPage | undefined;
  if (asked === null || before === undefined) {
    return queryClient.invalidateQueries({ queryKey: query.queryKey, exact: true });
  }
  let fresh: ListPage;
  try {
    // By its own function, since a long page is read in parts; under another key, so that nothing is drawn anew.
    const queryFn = query.options.queryFn as QueryFunction<ListPage>;
    fresh = await queryClient.fetchQuery({ queryKey: ['live', ...query.queryKey], queryFn, staleTime: 0, gcTime: 0 });
  } catch {
    // Said by the next one that is asked for; what is shown stays.
    return undefined;
  }
  const changes = compareRows(before, fresh);
  const { path } = asked;
  const rowPath = ofOneVideo[path];
  const leaving = changes.gone.filter((id) => changedVideos?.has(id) ?? true).slice(0, ONE_BY_ONE_AT_MOST);
  const found = await Promise.all(
    rowPath === undefined ? [] : leaving.map(async (id) => [id, await readRow(rowPath, id)] as const),
  );
  // It was read anew meanwhile, by somebody who did something here.
  if (query.state.data !== before) {
    return undefined;
  }
  if (before.items.length === 0) {
    queryClient.setQueryData(query.queryKey, fresh);
    return undefined;
  }
  const leftRows = new Map(found);
  const items = changes.items.map((row) => withKnown(row, leftRows.get(rowKey(row))));
  queryClient.setQueryData(query.queryKey, { ...before, items });
  const { newRows, isMore, gone } = changes;
  setNews(query.queryHash, newRows + gone.length > 0 ? { path, newRows, isMore, gone: gone.length, fresh } : null);
  return undefined;
}

async function readRow(path: ProcedurePath, videoId: string): Promise<Row | undefined> {
  // It may be gone for good, or hidden from this reader.
  return (await untyped.query(path, { videoId }).catch(() => undefined)) as Row | undefined;
}

// Only what the list shows of a row, and nothing that it does not.
function withKnown(row: Row, now: Row | undefined): Row {
  return now === undefined
    ? row
    : Object.fromEntries(Object.entries(row).map(([name, value]) => [name, name in now ? now[name] : value]));
}

/** A list that is read anew, or no longer kept, has nothing waiting for it. */
export function watchLists(): () => void {
  return queryClient.getQueryCache().subscribe((event) => {
    if (event.type === 'removed') {
      setNews(event.query.queryHash, null);
    } else if (event.type === 'updated' && event.action.type === 'success' && event.action.manual !== true) {
      setNews(event.query.queryHash, null);
    }
  });
}
