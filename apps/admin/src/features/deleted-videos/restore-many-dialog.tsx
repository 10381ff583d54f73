import { useEffect, useRef, useState } from 'react';
import { client, describe, noticeRefusal } from '../../api.ts';
import { shortId } from '../../format.ts';
import { deletedVideosStrings } from '../../strings/deleted-videos.ts';
import { strings } from '../../strings.ts';
import { announce } from '../../ui/announcer.tsx';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyId } from '../../ui/copy-id.tsx';
import { Dialog, DialogActions, DialogBody } from '../../ui/dialog.tsx';
import { AccountLink } from '../../ui/account-link.tsx';
import { ScrollingList } from '../../ui/scrolling-list.tsx';
import { refreshVideos } from '../../dialogs/restore/refresh-videos.ts';

const t = deletedVideosStrings;

export interface DeletedRow {
  id: string;
  userId: string;
  ownerEmail: string | null;
}

type Result = { state: 'waiting' | 'running' | 'done' | 'undone' } | { state: 'failed'; text: string };
const tones: Record<'waiting' | 'running' | 'done' | 'undone', Tone> = {
  waiting: 'neutral',
  running: 'accent',
  done: 'back',
  undone: 'neutral',
};

/** Restores one after the other, says what became of each, and takes it back when asked. */
export function RestoreManyDialog({ rows, onClose }: { rows: readonly DeletedRow[]; onClose: () => void }) {
  const [results, setResults] = useState<ReadonlyMap<string, Result>>(new Map());
  const [work, setWork] = useState<'restoring' | 'undoing' | null>(null);
  const isStopped = useRef(false);
  useEffect(() => () => void (isStopped.current = true), []);
  const stateOf = (id: string): Result => results.get(id) ?? { state: 'waiting' };
  const idsIn = (state: Result['state']) => rows.map(({ id }) => id).filter((id) => stateOf(id).state === state);
  const done = idsIn('done');
  const failed = idsIn('failed');
  const isBegun = results.size > 0;

  const run = async (ids: readonly string[], isUndo: boolean) => {
    isStopped.current = false;
    setWork(isUndo ? 'undoing' : 'restoring');
    const set = (id: string, result: Result) => setResults((before) => new Map(before).set(id, result));
    let count = 0;
    for (const videoId of ids) {
      if (isStopped.current) {
        break;
      }
      set(videoId, { state: 'running' });
      try {
        // One after the other on purpose: each can be stopped before, and locks one account at a time.
        await (isUndo ? client.videos.softDeleteVideo : client.videos.restoreVideo).mutate({ videoId });
        set(videoId, { state: isUndo ? 'undone' : 'done' });
        count += 1;
      } catch (error) {
        noticeRefusal(error);
        const { message, hint } = describe(error);
        set(videoId, { state: 'failed', text: [message, hint].filter(Boolean).join(' ') });
      }
    }
    setWork(null);
    announce(isUndo ? t.undone : t.manyDone(count));
    await refreshVideos();
  };
  const accounts = new Set(rows.map(({ userId }) => userId)).size;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      isLocked={work !== null}
      title={isBegun ? t.manyDone(done.length) : t.manyTitle(rows.length)}
      description={isBegun ? t.progress(rows.length - idsIn('waiting').length, rows.length) : t.manyText(accounts)}
    >
      <DialogBody>
        {failed.length > 0 && <p className="text-sm font-medium text-danger">{t.manyFailed(failed.length)}</p>}
        <ScrollingList label={t.manyCaption} className="max-h-72">
          {rows.map(({ id, userId, ownerEmail }) => {
            const result = stateOf(id);
            return (
              <li
                key={id}
                aria-label={`${strings.common.videoId} ${shortId(id)}`}
                className="flex flex-wrap items-center gap-x-3 px-3 py-1.5"
              >
                <CopyId id={id} what={strings.common.videoId} />
                <span className="flex min-w-0 flex-1">
                  <AccountLink userId={userId} email={ownerEmail} />
                </span>
                {result.state === 'failed' ? (
                  <p className="basis-full text-xs text-danger">{result.text}</p>
                ) : (
                  isBegun && <Badge tone={tones[result.state]}>{t.results[result.state]}</Badge>
                )}
              </li>
            );
          })}
        </ScrollingList>
      </DialogBody>
      <DialogActions>
        {work !== null ? (
          <>
            <Button onClick={() => (isStopped.current = true)}>{t.stop}</Button>
            <Button variant="primary" isPending>
              {work === 'undoing' ? t.undoing : t.pending}
            </Button>
          </>
        ) : (
          <>
            <Button onClick={onClose}>{isBegun ? strings.common.close : strings.common.cancel}</Button>
            {done.length > 0 && <Button onClick={() => void run(done, true)}>{t.manyUndo}</Button>}
            {failed.length > 0 && (
              <Button variant="primary" onClick={() => void run(failed, false)}>
                {t.manyRetry(failed.length)}
              </Button>
            )}
            {idsIn('waiting').length > 0 && failed.length === 0 && (
              <Button data-autofocus variant="primary" onClick={() => void run(idsIn('waiting'), false)}>
                {t.restoreMany(idsIn('waiting').length)}
              </Button>
            )}
          </>
        )}
      </DialogActions>
    </Dialog>
  );
}
