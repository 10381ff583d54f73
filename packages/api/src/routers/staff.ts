import { grantStaffRole, listStaff, revokeStaffRole } from '@reeldesk/db/staff';
import {
  grantStaffRoleInput,
  grantStaffRoleOutput,
  listStaffOutput,
  revokeStaffRoleInput,
  revokeStaffRoleOutput,
} from '../contract/staff.ts';
import { describe } from '../describe.ts';
import { exampleIds } from '../examples.ts';
import { router, signedInProcedure } from '../trpc.ts';

export const staffRouter = router({
  listStaff: signedInProcedure
    .meta(
      describe(null, {
        description: 'Everybody with a role at the desk, admins first.',
        whoMay: 'admins',
        reasons: ['forbidden'],
        example: undefined,
        rest: 'GET /staff',
      }),
    )
    .output(listStaffOutput)
    .query(({ ctx }) => listStaff(ctx.db, ctx.actor)),
  grantStaffRole: signedInProcedure
    .meta(
      describe(grantStaffRoleInput, {
        description: 'Makes somebody an admin or analyst.',
        whoMay: 'admins who are signed in, never for themselves; not with an API key',
        reasons: ['forbidden', 'own_account', 'account_not_found'],
        example: { userId: exampleIds.colleague, role: 'analyst' },
        rest: 'PUT /staff/{userId}',
      }),
    )
    .input(grantStaffRoleInput)
    .output(grantStaffRoleOutput)
    .mutation(({ ctx, input }) => grantStaffRole(ctx.db, ctx.actor, input)),
  revokeStaffRole: signedInProcedure
    .meta(
      describe(revokeStaffRoleInput, {
        description: "Takes somebody's role away, at once.",
        whoMay: 'admins who are signed in, never their own; not with an API key',
        reasons: ['forbidden', 'own_account', 'staff_member_not_found'],
        example: { userId: exampleIds.colleague },
        rest: 'DELETE /staff/{userId}',
      }),
    )
    .input(revokeStaffRoleInput)
    .output(revokeStaffRoleOutput)
    .mutation(async ({ ctx, input }) => {
      await revokeStaffRole(ctx.db, ctx.actor, input);
      return { success: true, userId: input.userId };
    }),
});
