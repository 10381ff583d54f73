import { listAuditLog } from '@reeldesk/db/audit';
import { listAuditLogInput, listAuditLogOutput } from '../contract/audit.ts';
import { describe } from '../describe.ts';
import { router, signedInProcedure } from '../trpc.ts';

export const auditRouter = router({
  listAuditLog: signedInProcedure
    .meta(
      describe(listAuditLogInput, {
        description:
          'Who did what to whom, why, and what changed, newest first. By account, target, actor, action and time.',
        whoMay: 'admins and the back end',
        reasons: ['forbidden'],
        example: { action: 'refund_video_credits', createdFrom: '2026-01-01T00:00:00Z', limit: 50 },
        rest: 'GET /audit-log',
      }),
    )
    .input(listAuditLogInput)
    .output(listAuditLogOutput)
    .query(({ ctx, input }) => listAuditLog(ctx.db, ctx.actor, input)),
});
