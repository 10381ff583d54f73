import { CircleAlert, CircleCheck, Download as DownloadIcon, X } from 'lucide-react';
import { useEffect } from 'react';
import { formatShare } from '../format.ts';
import { downloadStrings as t } from '../strings/tables.ts';
import { dismissDownload, useDownloads, type Download } from './downloads.ts';

/** The files that are on their way, with how far they are, and a way to stop them. */
export function DownloadList() {
  return useDownloads().map((download) => <Row key={download.id} download={download} />);
}

const icons = { running: DownloadIcon, done: CircleCheck, failed: CircleAlert };
const inks = { running: 'text-accent', done: 'text-back', failed: 'text-danger' };

function Row({ download }: { download: Download }) {
  const { id, file, rows, received, state, problem, cancel } = download;
  const isRunning = state === 'running';
  useEffect(() => {
    if (state === 'done') {
      const timer = setTimeout(() => dismissDownload(id), 7000);
      return () => clearTimeout(timer);
    }
    return undefined;
  }, [id, state]);
  const Icon = icons[state];
  const title = isRunning
    ? rows === null
      ? t.counting(file)
      : t.running(file, rows)
    : state === 'done'
      ? t.done(file, rows ?? 0)
      : t.failed(file);
  return (
    <div className="flex items-start gap-3 rounded-lg bg-raised py-3 pr-2 pl-4 shadow-popup">
      <Icon aria-hidden className={`mt-0.5 size-4 shrink-0 ${inks[state]}`} />
      <div className="min-w-0 flex-1 text-sm">
        <p className="font-medium">{title}</p>
        {problem !== null && <p className="text-muted">{problem}</p>}
        {isRunning && (
          <p className="mt-1 flex items-center gap-2 text-xs text-muted tabular-nums">
            <progress
              aria-label={t.progress(file)}
              max={rows ?? undefined}
              value={rows === null ? undefined : received}
              className="h-1.5 flex-1 accent-accent"
            />
            {rows !== null && formatShare(received, rows)}
          </p>
        )}
      </div>
      <button
        type="button"
        onClick={() => (isRunning ? cancel() : dismissDownload(id))}
        aria-label={isRunning ? t.cancel(file) : t.dismiss}
        className="inline-flex size-7 shrink-0 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-ink"
      >
        <X aria-hidden className="size-3.5" />
      </button>
    </div>
  );
}
