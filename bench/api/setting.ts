/** What all contenders share, handed to their processes as JSON. */
export interface Setting {
  /** `postgres://…` of `reeldesk_api`, who owns nothing. */
  apiUrl: string;
  /** A superuser's, to the same database. */
  superuserUrl: string;
  /** The local Supabase's two logins. */
  authUrl: string;
  dataApiUrl: string;
  /** A twin database without guards, where models may write what they like. */
  modelsUrl: string;
  poolSize: number;
  /** Of the database; removed at the end. */
  folder: string;
  jwtSecret: string;
  issuer: string;
  publishableKey: string;
  secretKey: string;
}

export const ACCOUNTS = 10_000;
/** Accounts after those that are charged: each has so many videos to list. */
export const READERS = 50;
export const VIDEOS_PER_READER = 120;

/** The account that everybody charges at once. */
export const HOT_ACCOUNT = accountId(ACCOUNTS + READERS + 1);
export const ADMIN = accountId(ACCOUNTS + READERS + 2);

/** The id of the n-th account, counted from one. */
export function accountId(n: number): string {
  return `a0000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
}
