import { useMutation } from '@tanstack/react-query';
import { queryClient, trpc } from '../../api.ts';
import { refundsStrings } from '../../strings/refunds.ts';
import { toastDone } from '../../ui/toasts.ts';
import { refreshAfterRefund } from './refresh-after-refund.ts';

/** Refunds, reads the balance that came of it, and says both; never shows what the ledger has not said. */
export function useRefundVideoCredits(owner: string) {
  return useMutation(
    trpc.refunds.refundVideoCredits.mutationOptions({
      onSuccess: async ({ videoId, creditsRefunded }) => {
        const preview = trpc.refunds.previewRefund.queryOptions({ videoId }, { staleTime: 0 });
        const after = await queryClient.fetchQuery(preview).catch(() => null);
        toastDone({
          title: refundsStrings.done(creditsRefunded),
          text:
            after?.balance === null || after?.balance === undefined
              ? refundsStrings.doneTextPlain(owner)
              : refundsStrings.doneText(owner, after.balance),
        });
      },
      // A refusal, too, can mean that the figures shown are old.
      onSettled: refreshAfterRefund,
    }),
  );
}
