import { ArrowUp } from 'lucide-react';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { queryClient } from '../api.ts';
import { liveStrings as t } from '../strings/live.ts';
import { announce } from '../ui/announcer.tsx';
import type { ProcedurePath } from './procedure-path.ts';
import { newsOf, onNews, setNews, type News } from './list-news.ts';

/** What a list has new since it was drawn, to be shown at a press: nothing moves before. `of`: its procedure. */
export function NewRows({ of: path }: { of: ProcedurePath }) {
  const found = useSyncExternalStore(onNews, () => newsOfShown(path));
  const isThere = found !== undefined;
  const text = found && t.waiting(found);
  // Once, when there begins to be something: not each time that it gets more.
  const told = useRef(false);
  useEffect(() => {
    if (isThere && !told.current && text !== undefined) {
      announce(t.announced(text));
    }
    told.current = isThere;
  }, [isThere, text]);
  return (
    <span className="inline-flex h-7 items-center max-sm:absolute max-sm:top-1 max-sm:right-5" data-noprint>
      {found && (
        <button
          type="button"
          data-new-rows
          title={t.showHint}
          onClick={(event) => show(found, event.currentTarget === document.activeElement)}
          className="inline-flex h-6 items-center gap-1 rounded-full bg-accent px-2.5 text-xs font-medium whitespace-nowrap text-on-accent hover:bg-accent-strong"
        >
          <ArrowUp aria-hidden className="size-3" />
          {text} – {t.show}
        </button>
      )}
    </span>
  );
}

// A page shows one list of a kind at a time.
function shownQuery(path: ProcedurePath) {
  return queryClient
    .getQueryCache()
    .findAll({ queryKey: [path.split('.')], type: 'active' })
    .find(({ meta }) => meta?.['isLiveList'] === true);
}

function newsOfShown(path: ProcedurePath): News | undefined {
  const query = shownQuery(path);
  return query && newsOf(query.queryHash);
}

function show(news: News, hasFocus: boolean): void {
  const query = shownQuery(news.path);
  if (!query) {
    return;
  }
  setNews(query.queryHash, null);
  queryClient.setQueryData(query.queryKey, news.fresh);
  const table = document.querySelector<HTMLElement>('.table-scroll');
  table?.scrollTo({ top: 0 });
  if (hasFocus) {
    // The button is gone, and what it showed is there.
    table?.focus({ preventScroll: true });
  }
  announce(t.shown);
}
