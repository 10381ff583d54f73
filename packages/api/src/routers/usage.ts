import { creditUsageByDay } from '@reeldesk/db/usage';
import { accountActivity, balanceDistribution, topAccounts } from '@reeldesk/db/usage/accounts';
import { creditUsage } from '@reeldesk/db/usage/credit-usage';
import { listUsageEntries } from '@reeldesk/db/usage/entries';
import { refundReport } from '@reeldesk/db/usage/refunds';
import { videoOutcomes } from '@reeldesk/db/usage/videos';
import {
  accountActivityInput,
  accountActivityOutput,
  balanceDistributionOutput,
  creditUsageByDayInput,
  creditUsageByDayOutput,
  creditUsageInput,
  creditUsageOutput,
  listUsageEntriesInput,
  listUsageEntriesOutput,
  refundReportInput,
  refundReportOutput,
  topAccountsInput,
  topAccountsOutput,
  videoOutcomesInput,
  videoOutcomesOutput,
} from '../contract/usage.ts';
import { describe } from '../describe.ts';
import { readReport, readWithSource } from '../report-source.ts';
import { router, signedInProcedure } from '../trpc.ts';

export const usageRouter = router({
  creditUsageByDay: signedInProcedure
    .meta(
      describe(creditUsageByDayInput, {
        description:
          'Credits used and refunded per day of a time zone, from the ledger. A refund counts on the day it was made.',
        whoMay: 'staff and the back end',
        reasons: ['forbidden'],
        example: { from: '2026-06-01', to: '2026-06-30', timeZone: 'Europe/Berlin' },
        rest: 'GET /usage/by-day',
      }),
    )
    .input(creditUsageByDayInput)
    .output(creditUsageByDayOutput)
    .query(({ ctx, input }) => readReport(ctx, (db) => creditUsageByDay(db, ctx.actor, input))),
  creditUsage: signedInProcedure
    .meta(
      describe(creditUsageInput, {
        description:
          'Credits used and refunded per hour, day, week or month, as one series or one per value of a dimension.',
        whoMay: 'staff and the back end; everybody of his own account',
        reasons: ['forbidden'],
        example: { from: '2026-06-01', to: '2026-06-30', timeZone: 'Europe/Berlin', unit: 'week' },
        rest: 'POST /usage/credits',
      }),
    )
    .input(creditUsageInput)
    .output(creditUsageOutput)
    .query(({ ctx, input }) => readReport(ctx, (db) => creditUsage(db, ctx.actor, input))),
  listUsageEntries: signedInProcedure
    .meta(
      describe(listUsageEntriesInput, {
        description: "The ledger's rows behind a bucket of the chart, newest first.",
        whoMay: 'staff and the back end; everybody of his own account',
        reasons: ['forbidden'],
        example: { from: '2026-06-01', to: '2026-06-30', timeZone: 'Europe/Berlin', limit: 50 },
        rest: 'POST /usage/entries',
      }),
    )
    .input(listUsageEntriesInput)
    .output(listUsageEntriesOutput)
    .query(({ ctx, input }) => readReport(ctx, (db) => listUsageEntries(db, ctx.actor, input))),
  refundReport: signedInProcedure
    .meta(
      describe(refundReportInput, {
        description: 'What was refunded in a range, and why.',
        whoMay: 'staff and the back end',
        reasons: ['forbidden'],
        example: { from: '2026-06-01', to: '2026-06-30', timeZone: 'Europe/Berlin' },
        rest: 'POST /usage/refunds',
      }),
    )
    .input(refundReportInput)
    .output(refundReportOutput)
    .query(({ ctx, input }) => readReport(ctx, (db) => refundReport(db, ctx.actor, input))),
  videoOutcomes: signedInProcedure
    .meta(
      describe(videoOutcomesInput, {
        description: 'How the videos of a range ended.',
        whoMay: 'staff and the back end',
        reasons: ['forbidden'],
        example: { from: '2026-06-01', to: '2026-06-30', timeZone: 'Europe/Berlin' },
        rest: 'POST /usage/outcomes',
      }),
    )
    .input(videoOutcomesInput)
    .output(videoOutcomesOutput)
    .query(({ ctx, input }) => readReport(ctx, (db) => videoOutcomes(db, ctx.actor, input))),
  topAccounts: signedInProcedure
    .meta(
      describe(topAccountsInput, {
        description: 'The accounts that used most in a range.',
        whoMay: 'staff and the back end',
        reasons: ['forbidden'],
        example: { from: '2026-06-01', to: '2026-06-30', timeZone: 'Europe/Berlin' },
        rest: 'POST /usage/top-accounts',
      }),
    )
    .input(topAccountsInput)
    .output(topAccountsOutput)
    .query(async ({ ctx, input }) => (await readWithSource(ctx, (db) => topAccounts(db, ctx.actor, input))).answer),
  balanceDistribution: signedInProcedure
    .meta(
      describe(null, {
        description: 'How many accounts hold how many credits.',
        whoMay: 'staff and the back end',
        reasons: ['forbidden'],
        example: undefined,
        rest: 'GET /usage/balances',
      }),
    )
    .output(balanceDistributionOutput)
    .query(async ({ ctx }) => (await readWithSource(ctx, (db) => balanceDistribution(db, ctx.actor))).answer),
  accountActivity: signedInProcedure
    .meta(
      describe(accountActivityInput, {
        description: 'How many accounts were active in a range.',
        whoMay: 'staff and the back end',
        reasons: ['forbidden'],
        example: { from: '2026-06-01', to: '2026-06-30', timeZone: 'Europe/Berlin' },
        rest: 'POST /usage/activity',
      }),
    )
    .input(accountActivityInput)
    .output(accountActivityOutput)
    .query(({ ctx, input }) => readReport(ctx, (db) => accountActivity(db, ctx.actor, input))),
});
