import { useMutation } from '@tanstack/react-query';
import { queryClient, trpc } from '../../api.ts';
import { strings } from '../../strings.ts';
import { toastDone } from '../../ui/toasts.ts';

/** Refunds, reads the balance that came of it, and says both; never shows what the ledger has not said. */
export function useRefundVideoCredits(owner: string) {
  return useMutation(
    trpc.refunds.refundVideoCredits.mutationOptions({
      onSuccess: async ({ videoId, creditsRefunded }) => {
        const preview = trpc.refunds.previewRefund.queryOptions({ videoId }, { staleTime: 0 });
        const after = await queryClient.fetchQuery(preview).catch(() => null);
        toastDone({
          title: strings.refunds.done(creditsRefunded),
          text:
            after?.balance === null || after?.balance === undefined
              ? strings.refunds.doneTextPlain(owner)
              : strings.refunds.doneText(owner, after.balance),
        });
      },
      // A refusal, too, can mean that the figures shown are old.
      onSettled: () =>
        Promise.all([
          queryClient.invalidateQueries(trpc.refunds.pathFilter()),
          queryClient.invalidateQueries(trpc.accounts.pathFilter()),
          queryClient.invalidateQueries(trpc.credits.pathFilter()),
          queryClient.invalidateQueries(trpc.usage.pathFilter()),
          queryClient.invalidateQueries(trpc.audit.pathFilter()),
        ]),
    }),
  );
}
