import { useQuery } from '@tanstack/react-query';
import { trpc } from '../../api.ts';
import { formatCredits, shortId } from '../../format.ts';
import { accountStrings } from '../../strings/accounts.ts';
import { videosStrings } from '../../strings/videos.ts';
import { ErrorNotice } from '../../ui/notice.tsx';
import { SignedCredits } from '../../ui/figure.tsx';
import { reasonInWords } from '../../ui/reason-in-words.ts';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Part } from './part.tsx';

const t = videosStrings;

/** What the ledger holds of a video: its charge and every refund, newest first. */
export function VideoLedger({ videoId, ownerId }: { videoId: string; ownerId: string }) {
  const { data, error } = useQuery(trpc.credits.listVideoEntries.queryOptions({ videoId }));
  return (
    <Part
      title={t.ledger}
      isLoading={data === undefined && error === null}
      isEmpty={data?.items.length === 0}
      empty={t.ledgerEmpty}
    >
      {error !== null && data === undefined && <ErrorNotice error={error} />}
      {data !== undefined && (
        <ul className="divide-y divide-line border-y border-line text-sm">
          {data.items.map((entry) => (
            <li key={entry.id} className="flex items-baseline gap-3 py-2">
              <SignedCredits value={entry.amount} className="w-14 shrink-0 text-right font-semibold" />
              <span className="min-w-0 flex-1 break-words">
                {accountStrings.types[entry.type]}
                {entry.reason !== null && <span className="text-muted"> · {reasonInWords(entry.reason)}</span>}
                <span className="block text-xs text-muted">
                  {t.balanceAfter(formatCredits(entry.balanceAfter))} ·{' '}
                  {entry.actorId === null
                    ? accountStrings.backend
                    : t.by(entry.actorId === ownerId ? accountStrings.owner : shortId(entry.actorId))}
                </span>
              </span>
              <span className="shrink-0 text-xs text-muted">
                <RelativeTime value={entry.createdAt} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Part>
  );
}
