import type { Actor } from '@reeldesk/db/actor';
import type { Database } from '@reeldesk/db/client';
import { accountActivity, balanceDistribution, topAccounts } from '@reeldesk/db/usage/accounts';
import { creditUsage } from '@reeldesk/db/usage/credit-usage';
import { refundReport } from '@reeldesk/db/usage/refunds';
import { videoOutcomes } from '@reeldesk/db/usage/videos';

/** A report as the API calls it, and the query on the ledger that answers the same without rollups. */
export interface Report {
  name: string;
  run: (db: Database, actor: Actor) => Promise<unknown>;
  plain: string;
  /** Whether the aims for charts are meant for it. */
  isChart?: boolean;
}

const ninetyDays = { from: '2026-07-01', to: '2026-09-28' };
const threeYears = { from: '2023-10-02', to: '2026-09-28' };

function plainChart(
  { from, to }: typeof ninetyDays,
  unit: string,
  timeZone: string,
  key = 'null',
  filter = 'true',
): string {
  return `select date_trunc('${unit}', t.created_at at time zone '${timeZone}') as bucket, ${key} as key,
      -sum(t.amount) filter (where t.type = 'charge') as used, sum(t.amount) filter (where t.type = 'refund') as refunded, count(*)
    from public.credit_transactions t
    where t.type in ('charge', 'refund') and ${filter}
      and t.created_at >= '${from}'::timestamp at time zone '${timeZone}'
      and t.created_at < ('${to}'::timestamp + interval '1 day') at time zone '${timeZone}'
    group by 1, 2 order by 1, 2`;
}

export const reports: Report[] = [
  {
    name: 'Chart, 90 days by day, Berlin',
    isChart: true,
    run: (db, actor) => creditUsage(db, actor, { ...ninetyDays, timeZone: 'Europe/Berlin', unit: 'day' }),
    plain: plainChart(ninetyDays, 'day', 'Europe/Berlin'),
  },
  {
    name: 'Chart, 90 days by hour, Kathmandu',
    run: (db, actor) => creditUsage(db, actor, { ...ninetyDays, timeZone: 'Asia/Kathmandu', unit: 'hour' }),
    plain: plainChart(ninetyDays, 'hour', 'Asia/Kathmandu'),
  },
  {
    name: 'Chart, 90 days by day, by resolution',
    isChart: true,
    run: (db, actor) =>
      creditUsage(db, actor, { ...ninetyDays, timeZone: 'Asia/Kathmandu', unit: 'day', breakdown: 'resolution' }),
    plain: plainChart(ninetyDays, 'day', 'Asia/Kathmandu', 't.resolution'),
  },
  {
    name: 'Chart, 3 years by week, Berlin',
    isChart: true,
    run: (db, actor) => creditUsage(db, actor, { ...threeYears, timeZone: 'Europe/Berlin', unit: 'week' }),
    plain: plainChart(threeYears, 'week', 'Europe/Berlin'),
  },
  {
    name: 'Chart, 3 years by day, Berlin',
    isChart: true,
    run: (db, actor) => creditUsage(db, actor, { ...threeYears, timeZone: 'Europe/Berlin', unit: 'day' }),
    plain: plainChart(threeYears, 'day', 'Europe/Berlin'),
  },
  {
    name: 'The same without balances',
    isChart: true,
    run: (db, actor) =>
      creditUsage(db, actor, { ...threeYears, timeZone: 'Europe/Berlin', unit: 'day', balances: false }),
    plain: plainChart(threeYears, 'day', 'Europe/Berlin'),
  },
  {
    name: 'Chart, 3 years by week, one type by quality',
    isChart: true,
    run: (db, actor) =>
      creditUsage(db, actor, {
        ...threeYears,
        timeZone: 'Europe/Berlin',
        unit: 'week',
        filter: { videoType: 'text_to_video' },
        breakdown: 'quality',
      }),
    plain: plainChart(threeYears, 'week', 'Europe/Berlin', 't.quality', `t.video_type = 'text_to_video'`),
  },
  {
    name: 'Chart, 90 days by day, by type, beside the 90 days before',
    isChart: true,
    run: (db, actor) =>
      creditUsage(db, actor, {
        ...ninetyDays,
        timeZone: 'Europe/Berlin',
        unit: 'day',
        breakdown: 'videoType',
        balances: false,
        compare: true,
      }),
    plain: plainChart({ from: '2026-04-02', to: ninetyDays.to }, 'day', 'Europe/Berlin', 't.video_type'),
  },
  {
    name: 'Refunds by reason and time to refund, 3 years',
    run: (db, actor) => refundReport(db, actor, { ...threeYears, timeZone: 'Europe/Berlin' }),
    plain: `select t.reason, sum(t.amount), count(*) from public.credit_transactions t
      where t.type = 'refund' and t.created_at >= '${threeYears.from}' and t.created_at < '${threeYears.to}' group by 1`,
  },
  {
    name: 'Videos by outcome, 3 years',
    run: (db, actor) => videoOutcomes(db, actor, { ...threeYears, timeZone: 'Europe/Berlin' }),
    plain: `select v.status, count(*), sum(v.credits) from usage.video_ends v
      where v.ended_at >= '${threeYears.from}' and v.ended_at < '${threeYears.to}' group by 1`,
  },
  {
    name: 'Balance distribution',
    run: (db, actor) => balanceDistribution(db, actor),
    plain: `select width_bucket(credits, array[0, 1, 10, 50, 100, 500, 1000, 5000, 10000, 100000]), count(*), sum(credits)
      from public.profiles group by 1`,
  },
  {
    name: 'Top accounts, 90 days',
    run: (db, actor) => topAccounts(db, actor, { ...ninetyDays, timeZone: 'Europe/Berlin', limit: 20 }),
    plain: `select t.user_id, -sum(t.amount) from public.credit_transactions t
      where t.type = 'charge' and t.created_at >= '${ninetyDays.from}' and t.created_at < '${ninetyDays.to}'
      group by 1 order by 2 desc limit 20`,
  },
  {
    name: 'Top accounts of one type, 90 days',
    run: (db, actor) =>
      topAccounts(db, actor, {
        ...ninetyDays,
        timeZone: 'Europe/Berlin',
        limit: 20,
        filter: { videoType: 'text_to_video' },
      }),
    plain: `select t.user_id, -sum(t.amount) from public.credit_transactions t
      where t.type = 'charge' and t.video_type = 'text_to_video'
        and t.created_at >= '${ninetyDays.from}' and t.created_at < '${ninetyDays.to}'
      group by 1 order by 2 desc limit 20`,
  },
  {
    name: 'New and active accounts, 90 days by day',
    run: (db, actor) => accountActivity(db, actor, { ...ninetyDays, timeZone: 'Europe/Berlin', unit: 'day' }),
    plain: `select date_trunc('day', t.created_at at time zone 'Europe/Berlin'), count(distinct t.user_id)
      from public.credit_transactions t
      where t.type = 'charge' and t.created_at >= '${ninetyDays.from}' and t.created_at < '${ninetyDays.to}' group by 1`,
  },
];
