import type { LiveEvent } from '@reeldesk/api/contract/live';
import type { ProcedurePath } from './procedure-path.ts';

/** What a query asks for, as far as it says whose rows these are. */
export interface Asked {
  path: ProcedurePath;
  userId: string | undefined;
  videoId: string | undefined;
}

type Concerns = (event: LiveEvent, asked: Asked) => boolean;

const ofAccount: Concerns = (event, { userId }) => userId === undefined || event.userId === userId;
const ofVideo: Concerns = (event, { videoId }) => event.videoId === videoId;
const ofAudit: Concerns = (event, { videoId }) =>
  event.kind === 'audit' && (videoId === undefined || event.videoId === videoId);
const ofLedger: Concerns = (event) => event.kind === 'ledger';
const ofLedgerOrVideo: Concerns = (event) => event.kind !== 'audit';
const both =
  (one: Concerns, other: Concerns): Concerns =>
  (event, asked) =>
    one(event, asked) && other(event, asked);
const auditOf =
  (word: string): Concerns =>
  (event) =>
    event.kind === 'audit' && event.type.includes(word);

// What is missing here is not read again by itself: pickers, the palette, and what is of a moment in the past.
const concerns: Partial<Record<ProcedurePath, Concerns>> = {
  'usage.creditUsage': ofLedgerOrVideo,
  'usage.refundReport': ofLedger,
  'usage.videoOutcomes': ofLedgerOrVideo,
  'usage.topAccounts': ofLedger,
  'usage.accountActivity': ofLedger,
  'usage.balanceDistribution': ofLedger,
  'desk.getAttention': both(ofLedgerOrVideo, ofAccount),
  'accounts.getAccount': ofAccount,
  'accounts.listAccounts': ofLedger,
  'credits.listAccountEntries': both(ofLedger, ofAccount),
  'credits.listVideoEntries': ofVideo,
  'refunds.listRefundCandidates': both(ofLedgerOrVideo, ofAccount),
  'refunds.sumRefundCandidates': both(ofLedgerOrVideo, ofAccount),
  'refunds.previewRefund': ofVideo,
  'videos.getVideo': ofVideo,
  'videos.listVideos': both(ofLedgerOrVideo, ofAccount),
  'videos.listDeletedVideos': both(ofLedgerOrVideo, ofAccount),
  'audit.listAuditLog': both(ofAudit, ofAccount),
  'staff.listStaff': auditOf('staff_role'),
  'keys.listApiKeys': auditOf('api_key'),
  'prices.listCreditPrices': auditOf('price'),
  'session.getSession': auditOf('staff_role'),
};

/** Lists that are read again only where a page shows them as such; a picker that asks for the same stays as it is. */
const lists = new Set<ProcedurePath>(['accounts.listAccounts', 'staff.listStaff', 'keys.listApiKeys']);

/** Whether a query is one that is kept up to date. */
export function isFollowed(path: ProcedurePath, isLiveList: boolean): boolean {
  return path in concerns && (isLiveList || !lists.has(path));
}

/** Whether one of these changes may have changed what a query answered. */
export function isAffected(asked: Asked, events: Iterable<LiveEvent>): boolean {
  const concern = concerns[asked.path] ?? (() => false);
  for (const event of events) {
    if (concern(event, asked)) {
      return true;
    }
  }
  return false;
}
