import { formatSigned, shortId } from '../../format.ts';
import { batchesStrings } from '../../strings/batches.ts';
import { strings } from '../../strings.ts';
import { AccountLink } from '../../ui/account-link.tsx';
import { CopyId } from '../../ui/copy-id.tsx';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { ScrollingList } from '../../ui/scrolling-list.tsx';
import { stateOf, type Batch, type BatchRow, type RowState } from './batch.ts';

const t = batchesStrings;
const tones: Record<RowState, Tone> = { refunded: 'back', failed: 'danger', waiting: 'neutral', sent: 'caution' };

interface BatchRowsProps {
  batch: Batch;
  shown: 'all' | 'refunded' | 'failed' | 'waiting';
  isRunning: boolean;
}

/** What became of each row; rows out of sight cost nothing to draw. */
export function BatchRows({ batch, shown, isRunning }: BatchRowsProps) {
  const rows = batch.rows.filter(({ videoId }) => {
    const state = stateOf(batch, videoId);
    return shown === 'all' || state === shown || (shown === 'waiting' && state === 'sent');
  });
  return (
    <ScrollingList label={t.caption} className="h-64">
      {rows.map((row) => (
        <Row key={row.videoId} batch={batch} row={row} isRunning={isRunning} />
      ))}
    </ScrollingList>
  );
}

function Row({ batch, row, isRunning }: { batch: Batch; row: BatchRow; isRunning: boolean }) {
  const state = stateOf(batch, row.videoId);
  const result = batch.results[row.videoId];
  return (
    <li
      aria-label={`${strings.common.videoId} ${shortId(row.videoId)}`}
      className="flex flex-wrap items-center gap-x-3 px-3 py-1.5 [contain-intrinsic-size:auto_2.5rem] [content-visibility:auto]"
    >
      <CopyId id={row.videoId} what={strings.common.videoId} />
      <span className="flex min-w-0 flex-1">
        <AccountLink userId={row.userId} email={null} />
      </span>
      <span className="w-16 text-right tabular-nums">
        {formatSigned(result?.outcome === 'refunded' ? result.credits : row.amount)}
      </span>
      <span className="flex w-32 justify-end">
        <Badge tone={state === 'sent' && isRunning ? 'accent' : tones[state]}>
          {state === 'sent' && isRunning ? t.states.running : t.states[state]}
        </Badge>
      </span>
      {result?.outcome === 'failed' && (
        <p className="basis-full text-xs text-danger">
          {result.message} <span className="text-muted">{result.hint}</span>
        </p>
      )}
      {result?.outcome === 'refunded' && result.isReplayed && (
        <p className="basis-full text-xs text-muted">{t.replayed}</p>
      )}
    </li>
  );
}
