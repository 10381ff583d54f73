import { listAuditLog } from '@reeldesk/db/audit';
import { listAuditLogInput, listAuditLogOutput } from '../contract/audit.ts';
import { router, signedInProcedure } from '../trpc.ts';

export const auditRouter = router({
  listAuditLog: signedInProcedure
    .input(listAuditLogInput)
    .output(listAuditLogOutput)
    .query(({ ctx, input }) => listAuditLog(ctx.db, ctx.actor, input)),
});
