import type { ApiKey } from '@reeldesk/api/contract/keys';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { KeyRound, Lock, Plus } from 'lucide-react';
import type { ReactNode } from 'react';
import { NewRows } from '../../live/new-rows.tsx';
import { useIsAdmin } from '../../session.ts';
import { strings } from '../../strings.ts';
import { keysStrings as t } from '../../strings/desk.ts';
import { columnsOf } from '../../table/columns.ts';
import { PagedTable } from '../../table/paged-table.tsx';
import { TableTools } from '../../table/table-tools.tsx';
import { useKeysetPages } from '../../table/use-keyset-pages.ts';
import { AccountLink } from '../../ui/account-link.tsx';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { FilterBar, Page } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { CreateKeyDialog } from './create-key-dialog.tsx';
import { useListApiKeys, useRevokeApiKey } from './use-keys.ts';

const tones: Record<ApiKey['state'], Tone> = {
  active: 'back',
  expired: 'neutral',
  revoked: 'neutral',
  role_gone: 'caution',
};
const column = columnsOf<ApiKey>();
const columns = column.columns([
  column.accessor('name', {
    header: t.name,
    meta: { isTitle: true, className: 'w-full max-w-72', skeleton: 'w-36' },
    cell: ({ getValue }) => <span className="line-clamp-2 font-medium break-words">{getValue()}</span>,
  }),
  column.accessor('prefix', {
    header: t.prefix,
    cell: ({ getValue }) => <span className="font-mono text-xs">{getValue()}…</span>,
  }),
  column.accessor('role', {
    header: t.role,
    cell: ({ getValue }) => <span className="whitespace-nowrap">{t.roles[getValue()]}</span>,
  }),
  column.accessor('madeByEmail', {
    header: t.maker,
    meta: { skeleton: 'w-32' },
    cell: ({ row: { original } }) => <AccountLink userId={original.madeBy} email={original.madeByEmail} />,
  }),
  column.accessor('lastUsedAt', {
    header: t.lastUsed,
    cell: ({ getValue }) => <Moment value={getValue()} without={t.never} />,
  }),
  column.accessor('expiresAt', {
    header: t.expires,
    cell: ({ getValue }) => <Moment value={getValue()} without={t.noExpiry} />,
  }),
  column.accessor('state', {
    header: t.state,
    cell: ({ getValue }) => <Badge tone={tones[getValue()]}>{t.states[getValue()]}</Badge>,
  }),
  column.display({
    id: 'actions',
    header: t.actions,
    meta: { isAction: true },
    cell: ({ row: { original } }) => <Revoke apiKey={original} />,
  }),
]);

/** The keys of programs: making one, and ending one. */
export function KeysPage(): ReactNode {
  const { dialog, key, cursor } = useSearch({ from: '/app/keys' });
  const navigate = useNavigate({ from: '/keys' });
  const isAdmin = useIsAdmin();
  const pages = useKeysetPages(cursor, 'keys');
  const { data, error, isPlaceholderData, refetch } = useListApiKeys(cursor, pages.size, isAdmin);
  const close = () =>
    void navigate({
      search: (before) => ({ ...before, dialog: undefined, key: undefined }),
      state: (before) => before,
      replace: true,
      resetScroll: false,
    });
  const create = (
    <Button
      variant="primary"
      disabledReason={isAdmin ? null : t.analystReason}
      onClick={() => void navigate({ search: (before) => ({ ...before, dialog: 'create' }), resetScroll: false })}
    >
      <Plus aria-hidden className="size-4" />
      {t.create}
    </Button>
  );
  const found = data?.items.find(({ id }) => id === key);
  const isEmpty = data?.items.length === 0 && cursor === undefined;
  return (
    <Page
      beside={<NewRows of="keys.listApiKeys" />}
      title={t.title}
      lead={t.lead}
      isFilling
      actions={isEmpty ? undefined : create}
    >
      {!isAdmin ? (
        <EmptyState icon={Lock} title={t.forAdmins} hint={t.forAdminsHint} />
      ) : error !== null && data === undefined ? (
        <ErrorState error={error} onRetry={() => void refetch()}>
          {cursor !== undefined && <Button onClick={pages.goFirst}>{strings.common.firstPage}</Button>}
        </ErrorState>
      ) : isEmpty ? (
        <EmptyState icon={KeyRound} title={t.empty} hint={t.emptyHint}>
          {create}
        </EmptyState>
      ) : (
        <>
          <FilterBar>
            <TableTools
              tableId="keys"
              columns={columns}
              csv={{ address: '/export/api-keys.csv', file: 'api-keys.csv' }}
            />
          </FilterBar>
          <PagedTable
            tableId="keys"
            caption={t.caption}
            columns={columns}
            page={data}
            pages={pages}
            cursor={cursor}
            isStale={isPlaceholderData}
          />
        </>
      )}
      {isAdmin && dialog === 'create' && <CreateKeyDialog onClose={close} />}
      {isAdmin && dialog === 'revoke' && found && isOpen(found) && <RevokeDialog apiKey={found} onClose={close} />}
    </Page>
  );
}

// A maker who gets his role back would have his keys back: one that waits for that can be ended, too.
function isOpen({ state }: ApiKey): boolean {
  return state === 'active' || state === 'role_gone';
}

function Revoke({ apiKey }: { apiKey: ApiKey }) {
  const navigate = useNavigate({ from: '/keys' });
  return (
    <Button
      size="sm"
      disabledReason={isOpen(apiKey) ? null : t.isOver}
      aria-label={t.revokeOf(apiKey.name)}
      onClick={() =>
        void navigate({
          search: (before) => ({ ...before, dialog: 'revoke', key: apiKey.id }),
          state: (before) => before,
          resetScroll: false,
        })
      }
    >
      {t.revoke}
    </Button>
  );
}

function RevokeDialog({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const revoke = useRevokeApiKey(apiKey.name);
  return (
    <ConfirmDialog
      title={t.revokeTitle}
      text={t.revokeText(apiKey.name)}
      confirm={t.confirmRevoke}
      pending={t.revoking}
      isPending={revoke.isPending}
      error={revoke.error}
      onClose={onClose}
      onConfirm={(settled) => revoke.mutate({ keyId: apiKey.id }, { onSuccess: onClose, onSettled: settled })}
    />
  );
}

function Moment({ value, without }: { value: string | null; without: string }) {
  return value === null ? (
    <span className="whitespace-nowrap text-muted">{without}</span>
  ) : (
    <RelativeTime value={value} />
  );
}
