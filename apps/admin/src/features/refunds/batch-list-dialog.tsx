import { formatSigned, formatShortMoment } from '../../format.ts';
import { batchesStrings } from '../../strings/batches.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions, DialogBody } from '../../ui/dialog.tsx';
import { sumsOf } from './batch.ts';
import { useBatches } from './batch-store.ts';

const t = batchesStrings;

interface BatchListDialogProps {
  userId: string;
  onOpen: (id: string) => void;
  onClose: () => void;
}

/** The bulk refunds that this browser remembers of this person, newest first. */
export function BatchListDialog({ userId, onOpen, onClose }: BatchListDialogProps) {
  const batches = useBatches(userId);
  return (
    <Dialog isOpen onClose={onClose} title={t.earlierTitle} description={t.earlierText}>
      <DialogBody>
        <ul className="max-h-96 divide-y divide-line overflow-y-auto border-y border-line text-sm">
          {batches.map((batch) => {
            const { refunded, creditsRefunded, left } = sumsOf(batch);
            return (
              <li key={batch.id} className="flex items-center gap-3 py-2">
                <div className="min-w-0 flex-1">
                  <p className="truncate font-medium" title={batch.reason}>
                    {batch.reason}
                  </p>
                  <p className="text-xs text-muted">
                    {formatShortMoment(batch.startedAt)} · {t.summary(refunded, batch.rows.length)}
                    {left > 0 && ` · ${t.paused(left)}`}
                  </p>
                </div>
                <span className="text-back tabular-nums">{formatSigned(creditsRefunded)}</span>
                <Button
                  size="sm"
                  aria-label={t.openBatch(formatShortMoment(batch.startedAt))}
                  onClick={() => onOpen(batch.id)}
                >
                  {t.openIt}
                </Button>
              </li>
            );
          })}
        </ul>
      </DialogBody>
      <DialogActions>
        <Button onClick={onClose}>{t.close}</Button>
      </DialogActions>
    </Dialog>
  );
}
