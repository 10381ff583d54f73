import type { AccountEntry } from '@reeldesk/api/contract/credits';
import { accountStrings as t } from '../../strings/accounts.ts';
import { columnsOf } from '../../table/columns.ts';
import { Credits, SignedCredits } from '../../ui/figure.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { EntryType, Operator, ReasonText, VideoLink } from './ledger-cells.tsx';

const column = columnsOf<AccountEntry>();

/** The columns of an account's ledger, now and as of a moment. */
export function ledgerColumns(userId: string) {
  return column.columns([
    column.accessor('entryNo', {
      header: t.entryNo,
      meta: { skeleton: 'w-6' },
      cell: ({ getValue }) => <span className="text-muted tabular-nums">{getValue()}</span>,
    }),
    column.accessor('createdAt', { header: t.time, cell: ({ getValue }) => <RelativeTime value={getValue()} /> }),
    column.accessor('type', { header: t.type, cell: ({ getValue }) => <EntryType type={getValue()} /> }),
    column.accessor('reason', {
      header: t.reason,
      meta: { className: 'w-full', skeleton: 'w-1/2' },
      cell: ({ row }) => <ReasonText {...row.original} />,
    }),
    column.accessor('videoId', {
      header: t.video,
      meta: { skeleton: 'w-16' },
      cell: ({ getValue }) => <VideoLink videoId={getValue()} />,
    }),
    column.accessor('actorId', {
      header: t.operator,
      cell: ({ row }) => <Operator actorId={row.original.actorId} email={row.original.actorEmail} userId={userId} />,
    }),
    column.accessor('amount', {
      header: t.amount,
      meta: { isFigure: true },
      cell: ({ getValue }) => <SignedCredits value={getValue()} className="font-semibold" />,
    }),
    column.accessor('balanceAfter', {
      header: t.balanceAfter,
      meta: { isFigure: true },
      cell: ({ getValue }) => <Credits value={getValue()} />,
    }),
  ]);
}
