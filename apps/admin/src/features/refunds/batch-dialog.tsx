/* oxlint-disable jsx-a11y/prefer-tag-over-role -- A progress element has one bar, and this has two: done and failed. */
import { useState } from 'react';
import { formatCredits, formatSigned } from '../../format.ts';
import { batchesStrings } from '../../strings/batches.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions, DialogBody } from '../../ui/dialog.tsx';
import { ErrorNotice, Notice } from '../../ui/notice.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { sumsOf, type Batch, type BatchSums } from './batch.ts';
import { BatchFigures } from './batch-figures.tsx';
import { BatchRows } from './batch-rows.tsx';
import { pauseBatch, retryFailed, runBatch, useRun, type Run } from './batch-runner.ts';
import { useBatch } from './batch-store.ts';

const t = batchesStrings;

interface BatchDialogProps {
  userId: string;
  id: string;
  onClose: () => void;
}

/** A bulk refund while it runs and afterwards: how far it is, what became of each row, and what can be done now. */
export function BatchDialog({ userId, id, onClose }: BatchDialogProps) {
  const batch = useBatch(userId, id);
  const run = useRun(id);
  if (batch === null) {
    return (
      <Dialog isOpen onClose={onClose} title={t.nothing}>
        <DialogBody>
          <p className="text-sm">{t.nothingHint}</p>
        </DialogBody>
        <DialogActions>
          <Button onClick={onClose}>{t.close}</Button>
        </DialogActions>
      </Dialog>
    );
  }
  const sums = sumsOf(batch);
  const isRunning = run.state === 'running' || run.state === 'pausing';
  return (
    <Dialog isOpen onClose={onClose} size="lg" title={t.titleOf(batch.rows.length)} description={batch.reason}>
      <DialogBody>
        <Progress batch={batch} sums={sums} />
        <BatchFigures
          figures={[
            { label: t.refunded, value: formatCredits(sums.refunded) },
            { label: t.credits, value: formatSigned(sums.creditsRefunded), isBack: true },
            { label: t.failed, value: formatCredits(sums.failed), isDanger: sums.failed > 0 },
            { label: t.waiting, value: formatCredits(sums.left) },
          ]}
        />
        <Situation run={run} sums={sums} isRunning={isRunning} />
        <Results batch={batch} sums={sums} isRunning={isRunning} />
      </DialogBody>
      <DialogActions>
        <Button onClick={onClose}>{t.close}</Button>
        {isRunning && (
          <Button isPending={run.state === 'pausing'} onClick={() => pauseBatch(id)}>
            {run.state === 'pausing' ? t.pausing : t.pause}
          </Button>
        )}
        {!isRunning && sums.failed > 0 && (
          <Button onClick={() => retryFailed(userId, batch)} variant={sums.left > 0 ? 'secondary' : 'primary'}>
            {t.retry(sums.failed)}
          </Button>
        )}
        {!isRunning && sums.left > 0 && (
          <Button variant="primary" onClick={() => void runBatch(userId, id)}>
            {t.goOn(sums.left)}
          </Button>
        )}
      </DialogActions>
    </Dialog>
  );
}

function Progress({ batch, sums }: { batch: Batch; sums: BatchSums }) {
  const all = batch.rows.length;
  const done = all - sums.left;
  return (
    <div>
      <div
        role="progressbar"
        aria-label={t.progress}
        aria-valuemin={0}
        aria-valuemax={all}
        aria-valuenow={done}
        aria-valuetext={t.progressText(done, all)}
        className="flex h-2 overflow-hidden rounded-full bg-hover"
      >
        <div
          className="h-full bg-back transition-[width] duration-200"
          style={{ width: `${(100 * sums.refunded) / all}%` }}
        />
        <div
          className="h-full bg-danger transition-[width] duration-200"
          style={{ width: `${(100 * sums.failed) / all}%` }}
        />
      </div>
      <p className="mt-1 text-xs text-muted tabular-nums">{t.progressText(done, all)}</p>
    </div>
  );
}

function Situation({ run, sums, isRunning }: { run: Run; sums: BatchSums; isRunning: boolean }) {
  if (isRunning) {
    return <Notice title={t.running} />;
  }
  return (
    <>
      {run.failure !== null && <ErrorNotice error={run.failure} />}
      {run.state === 'elsewhere' && <Notice tone="caution" title={t.elsewhere} />}
      {sums.unanswered > 0 ? (
        <Notice tone="caution" title={t.unanswered(sums.unanswered)}>
          {t.unansweredHint}
        </Notice>
      ) : sums.left > 0 ? (
        <Notice tone="caution" title={t.paused(sums.left)}>
          {t.pausedHint}
        </Notice>
      ) : sums.failed > 0 ? (
        <Notice tone="caution" title={t.finishedFailed(sums.failed)}>
          {t.finishedFailedHint}
        </Notice>
      ) : null}
    </>
  );
}

type Shown = 'all' | 'refunded' | 'failed' | 'waiting';

function Results({ batch, sums, isRunning }: { batch: Batch; sums: BatchSums; isRunning: boolean }) {
  const [shown, setShown] = useState<Shown>('all');
  const options = [
    { value: 'all', label: `${t.all} ${formatCredits(batch.rows.length)}` },
    { value: 'refunded', label: `${t.refunded} ${formatCredits(sums.refunded)}` },
    { value: 'failed', label: `${t.failed} ${formatCredits(sums.failed)}` },
    { value: 'waiting', label: `${t.waiting} ${formatCredits(sums.left)}` },
  ] as const;
  return (
    <section className="flex min-w-0 flex-col gap-2">
      <div className="overflow-x-auto">
        <Segmented label={t.show} value={shown} options={options} onChange={setShown} />
      </div>
      <BatchRows batch={batch} shown={shown} isRunning={isRunning} />
    </section>
  );
}
