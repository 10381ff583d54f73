import { useMutation } from '@tanstack/react-query';
import { queryClient, trpc } from '../../api.ts';
import { adjustStrings } from '../../strings/accounts.ts';
import { toastDone } from '../../ui/toasts.ts';

/** Adds or takes credits by hand, and says the balance that the ledger came to. */
export function useAdjustCredits(owner: string) {
  return useMutation(
    trpc.credits.adjustCredits.mutationOptions({
      onSuccess: ({ creditsRemaining }) =>
        toastDone({ title: adjustStrings.done, text: adjustStrings.doneText(owner, creditsRemaining) }),
      onSettled: () =>
        Promise.all([
          queryClient.invalidateQueries(trpc.accounts.pathFilter()),
          queryClient.invalidateQueries(trpc.credits.pathFilter()),
          queryClient.invalidateQueries(trpc.refunds.previewRefund.pathFilter()),
          queryClient.invalidateQueries(trpc.audit.pathFilter()),
        ]),
    }),
  );
}
