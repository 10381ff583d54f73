import type { AuditEntry } from '@reeldesk/api/contract/audit';
import { Link } from '@tanstack/react-router';
import { shortId } from './format.ts';
import { accountStrings } from './strings/accounts.ts';
import { auditStrings } from './strings/audit.ts';
import { strings } from './strings.ts';
import { AccountLink } from './ui/account-link.tsx';
import { ChangeList } from './ui/change-list.tsx';
import { CopyId } from './ui/copy-id.tsx';
import { SignedCredits } from './ui/figure.tsx';
import { reasonInWords } from './ui/reason-in-words.ts';
import { RelativeTime } from './ui/relative-time.tsx';
import { columnsOf } from './table/columns.ts';

const t = auditStrings;
// JSON leaves out what is undefined, so the wire type has the two states optional.
type AuditRow = Omit<AuditEntry, 'before' | 'after'> & { before?: unknown; after?: unknown };
const column = columnsOf<AuditRow>();

/** The columns of the audit log; an account's own trail leaves the account out. */
export function auditColumns({ isWithAccount }: { isWithAccount: boolean }) {
  return column.columns([
    column.accessor('createdAt', { header: t.when, cell: ({ getValue }) => <RelativeTime value={getValue()} /> }),
    column.accessor('actorEmail', {
      header: t.actor,
      meta: { skeleton: 'w-32' },
      cell: ({ row: { original } }) => (
        <span>
          {(original.actorEmail ?? original.actorId) && (
            <span className="block max-w-44 truncate" title={original.actorEmail ?? original.actorId ?? undefined}>
              {original.actorEmail ?? shortId(original.actorId ?? '')}
            </span>
          )}
          <span className="block text-xs text-muted">{t.actorRoles[original.actorRole] ?? original.actorRole}</span>
        </span>
      ),
    }),
    column.accessor('action', {
      header: t.action,
      cell: ({ getValue }) => (
        <span className="font-medium whitespace-nowrap">{t.actions[getValue()] ?? getValue()}</span>
      ),
    }),
    column.accessor('targetId', { header: t.target, cell: ({ row }) => <Target entry={row.original} /> }),
    ...(isWithAccount
      ? [
          column.accessor('userId', {
            header: t.account,
            cell: ({ getValue }) => {
              const userId = getValue();
              return userId === null ? (
                <span className="text-muted">{strings.common.none}</span>
              ) : (
                <AccountLink userId={userId} email={null} />
              );
            },
          }),
        ]
      : []),
    column.accessor('reason', {
      header: t.reason,
      meta: { className: 'min-w-40 max-w-72', skeleton: 'w-28' },
      cell: ({ row: { original } }) => (
        <span className="break-words">
          {reasonInWords(original.reason) ?? <span className="text-muted">{strings.common.none}</span>}
          {original.note !== null && <span className="block text-xs text-muted">{original.note}</span>}
        </span>
      ),
    }),
    column.accessor('amount', {
      header: t.amount,
      meta: { isFigure: true },
      cell: ({ getValue }) => {
        const amount = getValue();
        return amount === null ? (
          <span className="text-muted">{strings.common.none}</span>
        ) : (
          <SignedCredits value={amount} className="font-semibold" />
        );
      },
    }),
    column.display({
      id: 'change',
      header: t.change,
      meta: { className: 'w-full min-w-52', skeleton: 'w-3/4' },
      cell: ({ row: { original } }) => (
        <div className="max-md:text-right">
          <ChangeList before={original.before} after={original.after} />
          {original.requestId !== null && (
            <span className="flex items-center gap-1 text-xs text-muted max-md:justify-end">
              {t.requestId} <CopyId id={original.requestId} what={strings.common.requestIdCopied} />
            </span>
          )}
        </div>
      ),
    }),
  ]);
}

function Target({ entry }: { entry: AuditRow }) {
  const name = t.targets[entry.targetType] ?? entry.targetType;
  if (entry.targetType !== 'video') {
    return (
      <span className="whitespace-nowrap" title={entry.targetId}>
        {name}{' '}
        <span className="font-mono text-xs text-muted">
          {entry.targetType === 'credit_price' ? entry.targetId : shortId(entry.targetId)}
        </span>
      </span>
    );
  }
  return (
    <span className="whitespace-nowrap">
      {name}{' '}
      <Link
        to="/refunds"
        search={{ status: 'all', state: 'all', refund: entry.targetId }}
        aria-label={accountStrings.openCharge(shortId(entry.targetId))}
        className="inline-flex h-6 items-center rounded-sm font-mono text-xs underline decoration-line underline-offset-2 hover:decoration-current"
      >
        {shortId(entry.targetId)}
      </Link>
    </span>
  );
}
