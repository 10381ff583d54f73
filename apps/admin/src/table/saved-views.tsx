import { useLocation, useRouter } from '@tanstack/react-router';
import { Bookmark, X } from 'lucide-react';
import { useState } from 'react';
import { tableStrings as t } from '../strings/tables.ts';
import { readStored, store } from '../theme.ts';
import { announce } from '../ui/announcer.tsx';
import { Button } from '../ui/button.tsx';
import { Input } from '../ui/input.tsx';
import { Popup } from '../ui/popup.tsx';
import { addView, parseViews, withoutPlace, type View } from './views.ts';

/** Filters and order of a page under a name, in this browser. */
export function SavedViews({ page }: { page: string }) {
  const key = `reeldesk.views.${page}`;
  const [views, setViews] = useState<readonly View[]>(() => parseViews(readStored(key)));
  const [name, setName] = useState('');
  const location = useLocation();
  const router = useRouter();
  const keep = (next: readonly View[]) => {
    setViews(next);
    store(key, JSON.stringify(next));
  };
  const current = withoutPlace(location.searchStr);
  return (
    <Popup label={t.views} icon={<Bookmark aria-hidden className="size-3.5" />} title={t.viewsTitle}>
      {(close) => (
        <>
          {views.length === 0 ? (
            <p className="text-muted">{t.noViews}</p>
          ) : (
            <ul className="flex flex-col">
              {views.map((view) => (
                <li key={view.name} className="flex items-center gap-1">
                  <a
                    href={location.pathname + view.search}
                    aria-current={view.search === current ? 'true' : undefined}
                    onClick={(event) => {
                      event.preventDefault();
                      close();
                      router.history.push(location.pathname + view.search);
                    }}
                    className="min-w-0 flex-1 truncate rounded-sm px-1 py-1 font-medium hover:bg-hover aria-[current=true]:text-accent-strong"
                  >
                    {view.name}
                  </a>
                  <button
                    type="button"
                    aria-label={t.removeView(view.name)}
                    onClick={() => {
                      keep(views.filter((one) => one !== view));
                      announce(t.removed(view.name));
                    }}
                    className="inline-flex size-7 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-ink"
                  >
                    <X aria-hidden className="size-3.5" />
                  </button>
                </li>
              ))}
            </ul>
          )}
          <form
            className="flex gap-2 border-t border-line pt-3"
            onSubmit={(event) => {
              event.preventDefault();
              if (name.trim() !== '') {
                keep(addView(views, { name: name.trim(), search: current }));
                announce(t.saved(name.trim()));
                setName('');
              }
            }}
          >
            <Input
              aria-label={t.viewName}
              placeholder={t.viewName}
              value={name}
              maxLength={60}
              onChange={(event) => setName(event.target.value)}
            />
            <Button type="submit" isDisabled={name.trim() === ''}>
              {t.saveView}
            </Button>
          </form>
          <p className="text-xs text-muted">{t.viewsHint}</p>
        </>
      )}
    </Popup>
  );
}
