import { shortId } from '../../format.ts';
import { accountStrings } from '../../strings/accounts.ts';
import { refundsStrings } from '../../strings/refunds.ts';
import { SignedCredits } from '../../ui/figure.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import type { RefundPreview } from './refund-form.tsx';

/** What was given back of this charge before, newest first: when, why, by whom. */
export function EarlierRefunds({ refunds }: { refunds: RefundPreview['earlierRefunds'] }) {
  if (refunds.length === 0) {
    return null;
  }
  return (
    <section>
      <h3 className="mb-1 text-sm font-medium">{refundsStrings.earlier}</h3>
      <ul className="divide-y divide-line border-y border-line text-sm">
        {refunds.map((refund) => (
          <li key={refund.id} className="flex items-baseline gap-3 py-1.5">
            <SignedCredits value={refund.amount} className="w-12 shrink-0 text-right" />
            <span className="min-w-0 flex-1 break-words">{refund.reason}</span>
            <span className="shrink-0 text-right text-xs text-muted">
              <RelativeTime value={refund.createdAt} />
              <br />
              {refund.actorId === null ? (
                accountStrings.backend
              ) : (
                <span className="font-mono" title={refund.actorId}>
                  {shortId(refund.actorId)}
                </span>
              )}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
