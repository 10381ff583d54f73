import type { StaffMember } from '@reeldesk/api/contract/staff';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Lock, UserPlus } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import { shortId } from '../../format.ts';
import { NewRows } from '../../live/new-rows.tsx';
import { useIsAdmin, useSession } from '../../session.ts';
import { strings } from '../../strings.ts';
import { staffStrings as t } from '../../strings/desk.ts';
import { columnsOf } from '../../table/columns.ts';
import { DataTable } from '../../table/data-table.tsx';
import { TableTools } from '../../table/table-tools.tsx';
import { AccountLink, nameOf } from '../../ui/account-link.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button, buttonClass } from '../../ui/button.tsx';
import { FilterBar, Page } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { ChangeRoleDialog } from './change-role-dialog.tsx';
import { GrantRoleDialog } from './grant-role-dialog.tsx';
import { RevokeRoleDialog } from './revoke-role-dialog.tsx';
import { useListStaff } from './use-staff.ts';

const column = columnsOf<StaffMember>();

/** Who has which role, and giving and taking them. */
export function StaffPage(): ReactNode {
  const { dialog, member } = useSearch({ from: '/app/staff' });
  const navigate = useNavigate({ from: '/staff' });
  const isAdmin = useIsAdmin();
  const { userId } = useSession();
  const { data, error, refetch } = useListStaff(isAdmin);
  const columns = useMemo(
    () =>
      column.columns([
        column.accessor('email', {
          header: t.member,
          meta: { isTitle: true, className: 'w-full', skeleton: 'w-44' },
          cell: ({ row: { original } }) => (
            <span className="flex items-center gap-2">
              <AccountLink userId={original.userId} email={original.email} />
              {original.userId === userId && <Badge>{t.you}</Badge>}
            </span>
          ),
        }),
        column.accessor('role', {
          header: t.role,
          cell: ({ getValue }) => (
            <Badge tone={getValue() === 'admin' ? 'accent' : 'neutral'}>{strings.shell.roles[getValue()]}</Badge>
          ),
        }),
        column.accessor('createdAt', { header: t.since, cell: ({ getValue }) => <RelativeTime value={getValue()} /> }),
        column.display({
          id: 'actions',
          header: t.actions,
          meta: { isAction: true },
          cell: ({ row: { original } }) => <Actions member={original} isSelf={original.userId === userId} />,
        }),
      ]),
    [userId],
  );
  const close = () => void navigate({ search: {}, replace: true, resetScroll: false });
  const found = data?.items.find((one) => one.userId === member);
  const isOwn = member === userId;
  return (
    <Page
      beside={<NewRows of="staff.listStaff" />}
      title={t.title}
      lead={t.lead}
      isFilling
      actions={
        <Button
          variant="primary"
          disabledReason={isAdmin ? null : t.analystReason}
          onClick={() => void navigate({ search: { dialog: 'grant' }, resetScroll: false })}
        >
          <UserPlus aria-hidden className="size-4" />
          {t.grant}
        </Button>
      }
    >
      {!isAdmin ? (
        <EmptyState icon={Lock} title={t.forAdmins} hint={t.forAdminsHint} />
      ) : error !== null && data === undefined ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <>
          <FilterBar>
            <TableTools tableId="staff" columns={columns} csv={{ address: '/export/staff.csv', file: 'staff.csv' }} />
          </FilterBar>
          <DataTable
            tableId="staff"
            caption={t.caption}
            columns={columns}
            rows={data?.items}
            rowId={(one) => one.userId}
            isWhole
            skeletonRows={4}
          />
        </>
      )}
      {isAdmin && dialog === 'grant' && <GrantRoleDialog staff={data?.items ?? []} onClose={close} />}
      {isAdmin && found && !isOwn && dialog === 'change' && <ChangeRoleDialog member={found} onClose={close} />}
      {isAdmin && found && !isOwn && dialog === 'revoke' && <RevokeRoleDialog member={found} onClose={close} />}
    </Page>
  );
}

function Actions({ member, isSelf }: { member: StaffMember; isSelf: boolean }) {
  const navigate = useNavigate({ from: '/staff' });
  const who = nameOf(member.userId, member.email);
  const reason = isSelf ? t.ownReason : null;
  const open = (dialog: 'change' | 'revoke') =>
    void navigate({ search: { dialog, member: member.userId }, resetScroll: false });
  return (
    <span className="inline-flex flex-wrap justify-end gap-2 md:flex-nowrap">
      <Link
        to="/audit"
        search={{ actor: member.userId }}
        aria-label={t.trailOf(who)}
        title={shortId(member.userId)}
        className={buttonClass('ghost', 'sm')}
      >
        {t.trail}
      </Link>
      <Button size="sm" disabledReason={reason} aria-label={t.changeOf(who)} onClick={() => open('change')}>
        {t.change}
      </Button>
      <Button size="sm" disabledReason={reason} aria-label={t.revokeOf(who)} onClick={() => open('revoke')}>
        {t.revoke}
      </Button>
    </span>
  );
}
