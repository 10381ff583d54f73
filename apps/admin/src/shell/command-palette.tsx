import { Dialog } from '@base-ui/react/dialog';
import { keepPreviousData, skipToken, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Film, Keyboard, Search, UserRound, type LucideIcon } from 'lucide-react';
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import { trpc } from '../api.ts';
import { formatCredits, shortId } from '../format.ts';
import { useIsAdmin } from '../session.ts';
import { strings } from '../strings.ts';
import { paletteStrings as t } from '../strings/tables.ts';
import { nameOf } from '../ui/account-link.tsx';
import { cx } from '../ui/cx.ts';
import { destinations } from './navigation.tsx';

interface Entry {
  id: string;
  group: string;
  icon: LucideIcon;
  label: string;
  note?: string;
  run: () => void;
}

const WHOLE_ID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
const SEARCH_AFTER_MS = 150;
const SHORTEST_EMAIL = 2;

/** Goes to a page, an account or a video by typing a part of its name. */
export function CommandPalette({ onClose, onShowShortcuts }: { onClose: () => void; onShowShortcuts: () => void }) {
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(0);
  const isAdmin = useIsAdmin();
  const listId = useId();
  const input = useRef<HTMLInputElement>(null);
  const { entries, isSearching } = useEntries(text.trim(), onClose, onShowShortcuts);
  const active = Math.min(chosen, entries.length - 1);
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && entries.length > 0) {
      event.preventDefault();
      const next = (active + step + entries.length) % entries.length;
      setChosen(next);
      document.getElementById(`${listId}-${next}`)?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault();
      entries[active]?.run();
    }
  };
  return (
    <Dialog.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-20 bg-black/35 dark:bg-black/60" />
        <Dialog.Popup
          data-modal
          initialFocus={input}
          className="fixed inset-x-0 top-[12dvh] z-20 mx-auto flex max-h-[70dvh] w-[36rem] max-w-[calc(100vw-2rem)] flex-col overflow-hidden rounded-lg bg-raised shadow-popup"
        >
          <Dialog.Title className="sr-only">{t.title}</Dialog.Title>
          <div className="relative border-b border-line">
            <Search aria-hidden className="pointer-events-none absolute top-4 left-4 size-4 text-muted" />
            <input
              ref={input}
              role="combobox"
              aria-label={t.title}
              aria-expanded={entries.length > 0}
              aria-controls={listId}
              aria-activedescendant={entries.length > 0 ? `${listId}-${active}` : undefined}
              aria-autocomplete="list"
              placeholder={isAdmin ? t.placeholder : t.placeholderAnalyst}
              autoComplete="off"
              spellCheck={false}
              maxLength={200}
              value={text}
              onChange={({ target }) => {
                setText(target.value);
                setChosen(0);
              }}
              onKeyDown={press}
              className="h-12 w-full bg-transparent pr-4 pl-11 text-base text-ink outline-none placeholder:text-muted"
            />
          </div>
          {/* oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- a datalist can neither group nor lead anywhere. */}
          <div id={listId} role="listbox" aria-label={t.title} className="min-h-0 flex-1 overflow-y-auto p-1.5">
            {entries.map((entry, index) => (
              <Option
                key={entry.id}
                id={`${listId}-${index}`}
                entry={entry}
                isActive={index === active}
                heading={entry.group === entries[index - 1]?.group ? null : entry.group}
                onHover={() => setChosen(index)}
              />
            ))}
          </div>
          <output className="flex justify-between gap-4 border-t border-line px-4 py-2 text-xs text-muted">
            <span>
              {isSearching
                ? t.searching
                : entries.length === 0
                  ? t.nothing(text.trim())
                  : text === ''
                    ? ''
                    : t.results(entries.length)}
            </span>
            <span className="max-sm:hidden">{t.hint}</span>
          </output>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

interface OptionProps {
  id: string;
  entry: Entry;
  isActive: boolean;
  /** The name of the group that begins here. */
  heading: string | null;
  onHover: () => void;
}

function Option({ id, entry, isActive, heading, onHover }: OptionProps) {
  const { icon: Icon, label, note, group, run } = entry;
  return (
    <>
      {heading !== null && (
        <p role="presentation" className="px-2.5 pt-2 pb-1 text-xs text-muted">
          {heading}
        </p>
      )}
      {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the keys are those of the box above, which keeps the focus. */}
      <div
        id={id}
        // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- an option of the list above, which is no datalist.
        role="option"
        tabIndex={-1}
        aria-selected={isActive}
        aria-label={`${group}: ${label}${note === undefined ? '' : `, ${note}`}`}
        onPointerMove={onHover}
        onClick={run}
        className={cx(
          'flex min-h-9 cursor-pointer items-center gap-2.5 rounded-md px-2.5 text-sm',
          isActive && 'bg-accent-soft text-accent-strong',
        )}
      >
        <Icon aria-hidden className="size-4 shrink-0" />
        <span className="min-w-0 flex-1 truncate font-medium">{label}</span>
        {note !== undefined && <span className="shrink-0 text-xs text-muted tabular-nums">{note}</span>}
      </div>
    </>
  );
}

// Pages at once; accounts and videos as the server finds them.
function useEntries(text: string, onClose: () => void, onShowShortcuts: () => void) {
  const navigate = useNavigate();
  const isAdmin = useIsAdmin();
  const settled = useSettled(text);
  const isId = WHOLE_ID.test(settled);
  const isAskable = isId || (isAdmin && settled.length >= SHORTEST_EMAIL);
  const accounts = useQuery(
    trpc.accounts.listAccounts.queryOptions(isAskable ? { search: settled, limit: 6 } : skipToken, {
      placeholderData: keepPreviousData,
      retry: false,
    }),
  );
  const video = useQuery(trpc.videos.getVideo.queryOptions(isId ? { videoId: settled } : skipToken, { retry: false }));
  const go = (run: () => unknown) => () => {
    onClose();
    run();
  };
  const needle = text.toLowerCase();
  const pages = destinations
    .filter(({ label }) => label.toLowerCase().includes(needle))
    .map(({ to, label, icon, key }): Entry => ({
      id: to,
      group: t.pages,
      icon,
      label,
      note: `g ${key}`,
      run: go(() => navigate({ to })),
    }));
  const found = isAskable && text !== '' ? (accounts.data?.items ?? []) : [];
  const people = found.map(({ id, email, credits }): Entry => ({
    id,
    group: t.accounts,
    icon: UserRound,
    label: isId && id !== settled.toLowerCase() ? t.ofVideo(shortId(settled)) : nameOf(id, email),
    note: strings.credits(credits).replace(String(credits), formatCredits(credits)),
    run: go(() => navigate({ to: '/accounts/$userId', params: { userId: id } })),
  }));
  const videos: Entry[] =
    isId && video.data && text !== ''
      ? [
          {
            id: `video-${video.data.id}`,
            group: t.videos,
            icon: Film,
            label: strings.video.id + ' ' + shortId(video.data.id),
            note: strings.statuses[video.data.status],
            run: go(() => navigate({ to: '/videos', search: { video: video.data.id } })),
          },
        ]
      : [];
  const help: Entry = {
    id: 'help',
    group: t.actions,
    icon: Keyboard,
    label: strings.shell.shortcuts,
    run: go(onShowShortcuts),
  };
  const actions = help.label.toLowerCase().includes(needle) ? [help] : [];
  return {
    entries: [...pages, ...people, ...videos, ...actions],
    isSearching: text !== settled || (isAskable && (accounts.isFetching || video.isFetching)),
  };
}

/** What was typed, once the typing has paused. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), SEARCH_AFTER_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
