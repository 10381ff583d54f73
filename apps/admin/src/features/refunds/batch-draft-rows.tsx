import { formatCredits, formatSigned, shortId } from '../../format.ts';
import { batchesStrings } from '../../strings/batches.ts';
import { strings } from '../../strings.ts';
import { AccountLink } from '../../ui/account-link.tsx';
import { cx } from '../../ui/cx.ts';
import { ScrollingList } from '../../ui/scrolling-list.tsx';
import type { DraftRow } from './batch-draft-dialog.tsx';

const t = batchesStrings;

/** What goes back of each charge, before it is confirmed; rows out of sight cost nothing to draw. */
export function BatchDraftRows({ rows }: { rows: readonly DraftRow[] }) {
  return (
    <div>
      <h3 className="mb-1 text-sm font-medium">{t.each}</h3>
      <ScrollingList label={t.each} className="h-36">
        {rows.map((row) => (
          <li
            key={row.id}
            aria-label={`${strings.common.videoId} ${shortId(row.id)}`}
            className="flex flex-wrap items-baseline gap-x-3 px-3 py-1.5 [contain-intrinsic-size:auto_2.25rem] [content-visibility:auto]"
          >
            <span className="font-mono text-xs" title={row.id}>
              {shortId(row.id)}
            </span>
            <span className="flex min-w-0 flex-1 max-sm:order-last max-sm:basis-full">
              <AccountLink userId={row.userId} email={row.ownerEmail} />
            </span>
            <span className="text-xs text-muted tabular-nums max-sm:flex-1">
              {t.leftOfCharge(formatCredits(row.creditsRefundable), formatCredits(row.creditsCharged))}
            </span>
            <span className={cx('w-16 text-right tabular-nums', row.amount > 0 ? 'text-back' : 'text-muted')}>
              {row.amount > 0 ? formatSigned(row.amount) : strings.common.none}
            </span>
          </li>
        ))}
      </ScrollingList>
    </div>
  );
}
