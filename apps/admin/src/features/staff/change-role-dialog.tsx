import type { StaffMember } from '@reeldesk/api/contract/staff';
import { strings } from '../../strings.ts';
import { staffStrings as t } from '../../strings/desk.ts';
import { nameOf } from '../../ui/account-link.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Facts } from '../../ui/facts.tsx';
import { useGrantStaffRole } from './use-staff.ts';

/** Makes an admin an analyst, or the other way round. */
export function ChangeRoleDialog({ member, onClose }: { member: StaffMember; onClose: () => void }) {
  const who = nameOf(member.userId, member.email);
  const grant = useGrantStaffRole(who);
  const role = member.role === 'admin' ? 'analyst' : 'admin';
  return (
    <ConfirmDialog
      title={t.changeTitle}
      text={t.changeText(who)}
      confirm={t.confirmGrant(role)}
      pending={t.pending}
      isPending={grant.isPending}
      error={grant.error}
      onClose={onClose}
      onConfirm={(settled) => grant.mutate({ userId: member.userId, role }, { onSuccess: onClose, onSettled: settled })}
    >
      <Facts
        facts={[
          [t.now, <Role key="now" role={member.role} />],
          [t.later, <Role key="then" role={role} />],
        ]}
      />
    </ConfirmDialog>
  );
}

function Role({ role }: { role: StaffMember['role'] }) {
  return (
    <>
      <span className="font-medium">{strings.shell.roles[role]}</span>
      <span className="block text-xs text-muted">{t.roleText[role]}</span>
    </>
  );
}
