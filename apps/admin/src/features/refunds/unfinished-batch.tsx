import { batchesStrings } from '../../strings/batches.ts';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { sumsOf } from './batch.ts';
import { useRun } from './batch-runner.ts';
import { useBatches } from './batch-store.ts';

const t = batchesStrings;

/** Reminds of the newest bulk refund that was begun and is not finished. */
export function UnfinishedBatch({ userId, onOpen }: { userId: string; onOpen: (id: string) => void }) {
  const unfinished = useBatches(userId).find((batch) => sumsOf(batch).left > 0);
  const run = useRun(unfinished?.id ?? '');
  if (!unfinished) {
    return null;
  }
  const { left } = sumsOf(unfinished);
  const isRunning = run.state === 'running' || run.state === 'pausing';
  return (
    <div className="px-5 pb-3">
      <Notice tone={isRunning ? 'info' : 'caution'} title={isRunning ? t.runningNotice(left) : t.leftNotice(left)}>
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <span>{isRunning ? t.running : t.leftNoticeHint}</span>
          <Button size="sm" onClick={() => onOpen(unfinished.id)}>
            {t.openIt}
          </Button>
        </div>
      </Notice>
    </div>
  );
}
