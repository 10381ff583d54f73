import { useQuery } from '@tanstack/react-query';
import { trpc } from '../../api.ts';
import { refundsStrings } from '../../strings/refunds.ts';
import { strings } from '../../strings.ts';
import { nameOf } from '../../ui/account-link.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions, DialogBody } from '../../ui/dialog.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { Skeleton } from '../../ui/states.tsx';
import { RefundForm } from './refund-form.tsx';
import { useRefundVideoCredits } from './use-refund-video-credits.ts';

/** Reads what a refund would find now, again whenever the window comes back to the front, and asks. */
export function RefundDialog({ videoId, onClose }: { videoId: string; onClose: () => void }) {
  const preview = useQuery(
    trpc.refunds.previewRefund.queryOptions(
      { videoId },
      { staleTime: 0, refetchOnWindowFocus: 'always', refetchOnMount: 'always' },
    ),
  );
  const found = preview.data;
  const owner = found ? nameOf(found.userId, found.ownerEmail) : '';
  const refund = useRefundVideoCredits(owner);
  return (
    <Dialog
      isOpen
      onClose={onClose}
      isLocked={refund.isPending}
      title={refundsStrings.dialogTitle}
      description={found && refundsStrings.dialogText(owner)}
    >
      {found ? (
        <RefundForm preview={found} refund={refund} onClose={onClose} />
      ) : (
        <>
          <DialogBody>
            {preview.error ? (
              <ErrorNotice error={preview.error} />
            ) : (
              <output className="flex h-80 flex-col gap-3 py-1" aria-label={strings.common.loading}>
                <Skeleton className="h-4 w-3/4" />
                <Skeleton className="h-16 w-full" />
                <Skeleton className="h-8 w-full" />
                <Skeleton className="h-16 w-full" />
              </output>
            )}
          </DialogBody>
          <DialogActions>
            <Button onClick={onClose}>{strings.common.cancel}</Button>
          </DialogActions>
        </>
      )}
    </Dialog>
  );
}
