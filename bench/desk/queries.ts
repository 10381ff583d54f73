import { encodeCursor } from '@reeldesk/db/cursor';
import type pg from 'pg';
import type { DeskData } from './data.ts';

export interface DeskQuery {
  page: string;
  name: string;
  procedure: string;
  input: object | undefined;
  /** Counts, sorts or sifts all rows, which no index for a page of them can do, so that it grows with them. */
  isCount?: true;
}

/** A row far down each list, as the cursors of this database name it. */
interface Places {
  deepVideo: string;
  lastDeleted: string;
  deepAudit: string;
  deepAccount: string;
  deepEntry: string;
  openFailed: string;
  completed: string;
  longAgo: string;
}

/** Every query that a page of the dashboard sends, with what this database has to ask about. */
export async function deskQueries(client: pg.Client, data: DeskData): Promise<DeskQuery[]> {
  const places = await findPlaces(client, data);
  const { usual, largest } = data;
  const today = new Date().toISOString().slice(0, 10);
  const adjustedSince = `${today}T00:00:00Z`;
  const stuckBefore = new Date(Date.now() - 30 * 60_000).toISOString();
  const page =
    (name: string, procedure: string) =>
    (what: string, input?: object, isCount = false) => ({
      page: name,
      name: what,
      procedure,
      input,
      ...(isCount && { isCount: true as const }),
    });
  const accounts = page('Accounts', 'accounts.listAccounts');
  const videos = page('Videos', 'videos.listVideos');
  const deleted = page('Deleted videos', 'videos.listDeletedVideos');
  const refunds = page('Refunds', 'refunds.listRefundCandidates');
  const sums = page('Refunds', 'refunds.sumRefundCandidates');
  const audit = page('Audit', 'audit.listAuditLog');
  const limit = 50;
  const failed = { status: ['failed'], refundState: 'open' };
  const email = `account${Math.floor(data.accounts * 0.42)}@`;
  return [
    page('Overview', 'desk.getAttention')('what needs somebody', { adjustedSince, stuckAfterMinutes: 30 }, true),
    page('Overview', 'desk.checkLedger')('the state of the books, checked before'),
    page('Overview', 'usage.creditUsage')('today and this month', {
      from: `${today.slice(0, 8)}01`,
      to: today,
      timeZone: 'Europe/Berlin',
      unit: 'day',
    }),
    page('Overview', 'audit.listAuditLog')('newest actions', { limit: 8 }),
    accounts('newest', { limit }),
    accounts('oldest', { sort: 'oldest', limit }),
    accounts('most credits', { sort: 'most_credits', limit }, true),
    accounts('fewest credits', { sort: 'fewest_credits', limit }, true),
    accounts('closed', { state: 'closed', limit }),
    accounts('open', { state: 'open', limit }),
    accounts('few credits', { maxCredits: 210, limit }, true),
    accounts('between two balances', { minCredits: 1000, maxCredits: 1100, limit }, true),
    accounts('far down', { limit, cursor: places.deepAccount }),
    accounts('by e-mail', { search: email, limit }),
    accounts('by account id', { search: usual, limit }),
    accounts('by video id', { search: places.completed, limit }),
    page('Account', 'accounts.getAccount')('a usual one', { userId: usual }),
    page('Account', 'accounts.getAccount')('the largest', { userId: largest }, true),
    page('Account', 'credits.listAccountEntries')('its ledger', { userId: usual, limit }),
    page('Account', 'credits.listAccountEntries')("the largest's ledger, far down", {
      userId: largest,
      limit,
      cursor: places.deepEntry,
    }),
    page('Account', 'credits.listAccountEntries')("the largest's statement long ago", {
      userId: largest,
      at: places.longAgo,
      limit,
    }),
    page('Account', 'credits.balanceAt')("the largest's balance long ago", { userId: largest, at: places.longAgo }),
    page('Account', 'videos.listVideos')('videos of a usual one', { userId: usual, limit }),
    page('Account', 'videos.listVideos')('videos of the largest', { userId: largest, limit }),
    page('Account', 'audit.listAuditLog')('audit trail', { userId: usual, limit }),
    page('Account', 'refunds.listRefundCandidates')('charges of the largest', { userId: largest, limit }),
    videos('newest', { limit }),
    videos('oldest', { sort: 'oldest', limit }),
    videos('far down', { limit, cursor: places.deepVideo }),
    videos('failed', { status: ['failed'], limit }),
    videos('one kind and resolution', { videoType: ['image_to_video'], resolution: ['3840x2160'], limit }),
    videos('of last month', { createdFrom: monthsAgo(2), createdBefore: monthsAgo(1), limit }),
    page('Video', 'videos.getVideo')('facts', { videoId: places.completed }),
    page('Video', 'credits.listVideoEntries')('its ledger', { videoId: places.completed }),
    page('Video', 'audit.listAuditLog')('its trail', { targetId: places.completed, limit: 20 }),
    deleted('first page', { limit }),
    deleted('last page', { limit, cursor: places.lastDeleted }),
    deleted('of the largest', { userId: largest, limit }),
    refunds('failed and charged', { ...failed, limit }),
    sums('failed and charged, all of them', { ...failed, upTo: 2000 }, true),
    page('Refunds', 'videos.listVideos')('stuck', {
      status: ['pending', 'processing'],
      createdBefore: stuckBefore,
      sort: 'oldest',
      limit,
    }),
    refunds('to review', { refundState: 'unusual', limit }),
    refunds('all charges', { limit }),
    refunds('completed, left to refund', { status: ['completed'], refundState: 'open', limit }),
    sums('completed, left to refund, up to 2,000', { status: ['completed'], refundState: 'open', upTo: 2000 }, true),
    refunds('refunded', { refundState: 'refunded', limit }),
    refunds('failed and refunded', { status: ['failed'], refundState: 'refunded', limit }),
    refunds('completed and refunded', { status: ['completed'], refundState: 'refunded', limit }),
    page('Refunds', 'refunds.previewRefund')('preview of one', { videoId: places.openFailed }),
    audit('newest', { limit }),
    audit('far down', { limit, cursor: places.deepAudit }),
    audit('one action', { action: 'refund_video_credits', limit }),
    audit('a rare action', { action: 'grant_staff_role', limit }),
    audit('one person', { actorId: largest, limit }),
    audit('of last month', { createdFrom: monthsAgo(2), createdBefore: monthsAgo(1), limit }),
    page('Prices', 'prices.listCreditPrices')('all'),
    page('Staff', 'staff.listStaff')('all'),
    page('Keys', 'keys.listApiKeys')('all', { limit }),
  ];
}

function monthsAgo(months: number): string {
  return new Date(Date.now() - months * 30 * 86_400_000).toISOString();
}

async function findPlaces(client: pg.Client, { largest }: DeskData): Promise<Places> {
  const at = async (sql: string, params: unknown[] = []) => {
    const { rows } = await client.query<{ place: (string | number)[] }>(sql, params);
    return encodeCursor(rows[0]!.place);
  };
  const one = async (sql: string, params: unknown[] = []) =>
    (await client.query<{ found: string }>(sql, params)).rows[0]!.found;
  const far = (table: string, time: string, where = 'true') =>
    at(`select json_build_array(${time}, id) as place from ${table} where ${where} order by ${time} desc, id desc
      offset (select count(*) * 9 / 10 from ${table} where ${where}) limit 1`);
  return {
    deepVideo: await far('public.videos', 'created_at', 'deleted_at is null'),
    lastDeleted: await at(
      `select json_build_array(deleted_at, id) as place from (
        select deleted_at, id from public.videos where deleted_at is not null order by deleted_at, id limit 11) v
      order by deleted_at desc, id desc limit 1`,
    ),
    deepAudit: await far('public.audit_log', 'created_at'),
    deepAccount: await far('public.profiles', 'created_at'),
    deepEntry: await at(
      'select json_build_array(1 + ledger_entries / 10) as place from public.profiles where id = $1',
      [largest],
    ),
    openFailed: await one(`select video_id::text as found from usage.refund_queue order by created_at limit 1`),
    completed: await one(
      `select id::text as found from public.videos where status = 'completed' and deleted_at is null order by created_at limit 1`,
    ),
    longAgo: await one(
      `select to_json(created_at) #>> '{}' as found from public.credit_transactions
      where user_id = $1 and entry_no = (select 1 + ledger_entries / 10 from public.profiles where id = $1)`,
      [largest],
    ),
  };
}
