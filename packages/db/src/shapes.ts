/**
 * The shapes of what the database answers, keys in camelCase. Browser-safe: nothing but zod.
 * Credits are whole numbers; moments are ISO 8601 strings with PostgreSQL's microseconds.
 */
import { z } from 'zod';

/** Identifier of an account, a video or a ledger row. */
export const uuid = z.guid('must be a UUID');

/** A moment; never parsed into a Date on the way, which would lose its microseconds. */
export const timestamp = z.iso.datetime({ offset: true, error: 'must be an ISO 8601 date and time with a zone' });

/** A calendar day, `YYYY-MM-DD`. */
export const day = z.iso.date('must be a day as YYYY-MM-DD');

/** A whole number that PostgreSQL's `integer` holds. */
export const int32 = z.int().min(-2_147_483_648).max(2_147_483_647);

/** A sum or count of many of them: PostgreSQL's `bigint`, as far as JavaScript counts exactly. */
export const total = z.int();

export const videoType = z.enum(['text_to_video', 'image_to_video']);
export const videoStatus = z.enum(['pending', 'processing', 'completed', 'failed']);
export const staffRole = z.enum(['admin', 'analyst']);
export const entryType = z.enum(['opening', 'charge', 'refund', 'adjustment']);
export type VideoType = z.infer<typeof videoType>;
export type VideoStatus = z.infer<typeof videoStatus>;
export type StaffRole = z.infer<typeof staffRole>;
export type EntryType = z.infer<typeof entryType>;

/** A generated video. `prompt`, `imageUrl`, `videoUrl` and `errorMessage` are `null` for analysts. */
export const video = z.object({
  id: uuid,
  userId: uuid,
  prompt: z.string().nullable(),
  videoType: videoType,
  imageUrl: z.string().nullable(),
  durationSeconds: int32.nullable(),
  resolution: z.string().nullable(),
  quality: z.string().nullable(),
  status: videoStatus,
  videoUrl: z.string().nullable(),
  errorMessage: z.string().nullable(),
  creditsUsed: int32,
  createdAt: timestamp,
  updatedAt: timestamp,
  deletedAt: timestamp.nullable(),
});
export type Video = z.infer<typeof video>;

/** `ownerEmail` is `null` for analysts and for accounts that no longer have one. */
export const videoWithOwner = video.extend({ ownerEmail: z.string().nullable() });
export type VideoWithOwner = z.infer<typeof videoWithOwner>;

export const videoCreated = z.object({
  success: z.literal(true),
  videoId: uuid,
  transactionId: uuid,
  creditsUsed: int32,
  creditsRemaining: int32,
  message: z.string(),
});

/** The answer of the three status moves; the last two keys only when a video failed. */
export const videoStatusChanged = z.object({
  success: z.literal(true),
  videoId: uuid,
  status: videoStatus,
  message: z.string(),
  creditsRefunded: int32.optional(),
  transactionId: uuid.nullable().optional(),
});

export const creditInfo = z.object({
  credits: int32,
  totalVideos: int32,
  videosPending: int32,
  videosProcessing: int32,
});

/** One row of an account's running ledger; `amount` is signed credits, negative when they left the account. */
export const ledgerEntry = z.object({
  id: uuid,
  entryNo: int32,
  amount: int32,
  balanceAfter: int32,
  type: entryType,
  videoId: uuid.nullable(),
  actorId: uuid.nullable(),
  reason: z.string().nullable(),
  note: z.string().nullable(),
  createdAt: timestamp,
});
export type LedgerEntry = z.infer<typeof ledgerEntry>;

/** A ledger row as staff see it. `actorEmail` and `note` are `null` for analysts, and where there is none. */
export const accountEntry = ledgerEntry.extend({ actorEmail: z.string().nullable() });
export type AccountEntry = z.infer<typeof accountEntry>;

export const creditsAdjusted = z.object({
  success: z.literal(true),
  userId: uuid,
  transactionId: uuid,
  amount: int32,
  creditsRemaining: int32,
  message: z.string(),
});

export const creditPrice = z.object({ resolution: z.string(), quality: z.string(), creditsPerSecond: int32 });

export const creditsRefunded = z.object({
  success: z.literal(true),
  videoId: uuid,
  transactionId: uuid,
  creditsRefunded: int32,
  message: z.string(),
});

/** A video that was charged and is failed or completed, with what the ledger says of its charge. */
export const refundCandidate = videoWithOwner.extend({
  creditsCharged: total,
  creditsRefunded: total,
  creditsRefundable: total,
  lastRefundAt: timestamp.nullable(),
});
export type RefundCandidate = z.infer<typeof refundCandidate>;

/**
 * How many refund candidates match, of how many accounts, and what is left of their charges in all. `isCapped`: there
 * are more than were asked for, and these are the figures of the newest.
 */
export const refundCandidateSums = z.object({
  videos: total,
  accounts: total,
  creditsRefundable: total,
  isCapped: z.boolean(),
});
export type RefundCandidateSums = z.infer<typeof refundCandidateSums>;

const videosAndCredits = z.object({ videos: total, credits: total });

/** What the desk has to look at now. Credits are what is left of the charges. */
export const attention = z.object({
  /** Failed, and still charged. */
  failed: videosAndCredits,
  /** Pending or processing for longer than asked. */
  stuck: videosAndCredits,
  /** Refunded although completed, or only in part. */
  unusual: videosAndCredits,
  /** All that are pending or processing now, deleted ones left out. */
  pending: total,
  processing: total,
  /** Balances changed by hand since the moment asked for. */
  adjustments: z.object({ entries: total, creditsAdded: total, creditsTaken: total }),
});
export type Attention = z.infer<typeof attention>;

/** `problems`: promises of the ledger that are broken, 0 when the books balance. */
export const ledgerCheck = z.object({ problems: total, checkedAt: timestamp });
export type LedgerCheck = z.infer<typeof ledgerCheck>;

/** What a refund would find now: the owner's balance and the refunds already made, newest first. */
export const refundPreview = refundCandidate.extend({
  balance: int32,
  earlierRefunds: z.array(
    z.object({
      id: uuid,
      amount: int32,
      reason: z.string().nullable(),
      actorId: uuid.nullable(),
      createdAt: timestamp,
    }),
  ),
});

/** An account as staff see it; `email` is `null` for analysts and for closed accounts. */
export const account = z.object({
  id: uuid,
  email: z.string().nullable(),
  credits: int32,
  ledgerEntries: int32,
  createdAt: timestamp,
  closedAt: timestamp.nullable(),
});
export type Account = z.infer<typeof account>;

export const accountDetails = account.extend({
  totalVideos: int32,
  videosPending: int32,
  videosProcessing: int32,
  videosDeleted: int32,
  creditsCharged: total,
  creditsRefunded: total,
});

/**
 * Credits of one day and video type, summed from the ledger; `creditsUsed` and `creditsRefunded` are both
 * positive. `videoType` is `null` for charges from before the ledger whose video is not known.
 */
export const creditUsageBucket = z.object({
  day: day,
  videoType: videoType.nullable(),
  creditsUsed: total,
  creditsRefunded: total,
  charges: total,
  refunds: total,
});
export type CreditUsageBucket = z.infer<typeof creditUsageBucket>;

/** One line of the audit log: who did what to whom, why, and what changed. */
export const auditEntry = z.object({
  id: uuid,
  actorId: uuid.nullable(),
  actorEmail: z.string().nullable(),
  /** `admin`, `analyst`, `user`, `backend` or `owner` (a person with SQL access). */
  actorRole: z.string(),
  action: z.string(),
  targetType: z.string(),
  targetId: z.string(),
  userId: uuid.nullable(),
  reason: z.string().nullable(),
  note: z.string().nullable(),
  amount: int32.nullable(),
  requestId: z.string().nullable(),
  before: z.unknown(),
  after: z.unknown(),
  createdAt: timestamp,
});
export type AuditEntry = z.infer<typeof auditEntry>;

export const staffMember = z.object({
  userId: uuid,
  email: z.string().nullable(),
  role: staffRole,
  createdAt: timestamp,
});
export type StaffMember = z.infer<typeof staffMember>;

export const apiKeyRole = z.enum(['backend', 'staff']);
export type ApiKeyRole = z.infer<typeof apiKeyRole>;

/** A key of a program, as admins see it: everything but what would open anything. */
export const apiKey = z.object({
  id: uuid,
  name: z.string(),
  /** `backend`: acts as the back end in the name of its maker. `staff`: acts as its maker. */
  role: apiKeyRole,
  /** The key's first characters. */
  prefix: z.string(),
  madeBy: uuid,
  madeByEmail: z.string().nullable(),
  createdAt: timestamp,
  expiresAt: timestamp.nullable(),
  /** To the minute. */
  lastUsedAt: timestamp.nullable(),
  revokedAt: timestamp.nullable(),
  /** `role_gone`: its maker no longer has the role at the desk that it needs. */
  state: z.enum(['active', 'expired', 'revoked', 'role_gone']),
});
export type ApiKey = z.infer<typeof apiKey>;
