import { grantStaffRole, listStaff, revokeStaffRole } from '@reeldesk/db/staff';
import {
  grantStaffRoleInput,
  grantStaffRoleOutput,
  listStaffOutput,
  revokeStaffRoleInput,
  revokeStaffRoleOutput,
} from '../contract/staff.ts';
import { router, signedInProcedure } from '../trpc.ts';

export const staffRouter = router({
  listStaff: signedInProcedure.output(listStaffOutput).query(({ ctx }) => listStaff(ctx.db, ctx.actor)),
  grantStaffRole: signedInProcedure
    .input(grantStaffRoleInput)
    .output(grantStaffRoleOutput)
    .mutation(({ ctx, input }) => grantStaffRole(ctx.db, ctx.actor, input)),
  revokeStaffRole: signedInProcedure
    .input(revokeStaffRoleInput)
    .output(revokeStaffRoleOutput)
    .mutation(async ({ ctx, input }) => {
      await revokeStaffRole(ctx.db, ctx.actor, input);
      return { success: true, userId: input.userId };
    }),
});
