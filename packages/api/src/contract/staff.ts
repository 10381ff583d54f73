import { staffMember } from '@reeldesk/db/shapes';
import { z } from 'zod';
import { staffRole, uuid } from './common.ts';

export { staffMember } from '@reeldesk/db/shapes';
export type { StaffMember } from '@reeldesk/db/shapes';

export const listStaffOutput = z.object({ items: z.array(staffMember) });
export const grantStaffRoleInput = z.object({ userId: uuid, role: staffRole });
export const revokeStaffRoleInput = z.object({ userId: uuid });
export const grantStaffRoleOutput = z.object({ userId: uuid, role: staffRole });
export const revokeStaffRoleOutput = z.object({ success: z.literal(true), userId: uuid });
