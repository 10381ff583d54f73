import type { StaffMember } from '@reeldesk/api/contract/staff';
import { staffStrings as t } from '../../strings/desk.ts';
import { nameOf } from '../../ui/account-link.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { useRevokeStaffRole } from './use-staff.ts';

/** Takes a role away, once it is clear what that means. */
export function RevokeRoleDialog({ member, onClose }: { member: StaffMember; onClose: () => void }) {
  const who = nameOf(member.userId, member.email);
  const revoke = useRevokeStaffRole(who);
  return (
    <ConfirmDialog
      title={t.revokeTitle}
      text={t.revokeText(who, member.role)}
      confirm={t.confirmRevoke}
      pending={t.pending}
      isPending={revoke.isPending}
      error={revoke.error}
      onClose={onClose}
      onConfirm={(settled) => revoke.mutate({ userId: member.userId }, { onSuccess: onClose, onSettled: settled })}
    />
  );
}
