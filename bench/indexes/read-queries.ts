import { people } from './data.ts';

export interface ReadQuery {
  key: string;
  title: string;
  role: 'authenticated' | 'reeldesk_admin' | 'service_role';
  /** `sub` of the caller's claims. */
  caller?: string;
  sql: string;
}

const columns = `v.id, v.user_id, v.prompt, v.image_url, v.video_url, v.error_message, p.email, v.video_type,
  v.duration_seconds, v.resolution, v.quality, v.status, v.credits_used, v.created_at, v.updated_at, v.deleted_at`;
const list = `select ${columns} from public.videos v left join public.profiles p on p.id = v.user_id`;
const newestFirst = 'order by v.created_at desc, v.id desc limit 51';
const lastDeletedFirst = 'order by v.deleted_at desc, v.id desc limit 51';

function forBoth(query: {
  key: string;
  title: string;
  sql: (account: string) => string;
  asStaff?: boolean;
}): ReadQuery[] {
  return (['large', 'small'] as const).map((size) => ({
    key: `${query.key}-${size}`,
    title: `${query.title}, ${size} account`,
    sql: query.sql(people[size]),
    ...(query.asStaff
      ? { role: 'reeldesk_admin' as const, caller: people.admin }
      : { role: 'authenticated' as const, caller: people[size] }),
  }));
}

const asStaff = { role: 'reeldesk_admin' as const, caller: people.admin };

/** The lists and counts of packages/db/src and of the SQL functions, as the roles that run them. */
export const readQueries: ReadQuery[] = [
  ...forBoth({
    key: 'own-active',
    title: 'Own active videos, page of 50',
    sql: () => `${list} where v.deleted_at is null ${newestFirst}`,
  }),
  {
    key: 'all-active',
    title: "Everybody's active videos, page of 50 (staff)",
    ...asStaff,
    sql: `${list} where v.deleted_at is null ${newestFirst}`,
  },
  ...forBoth({
    key: 'one-active',
    title: 'Active videos of one account (staff)',
    asStaff: true,
    sql: (account) => `${list} where v.deleted_at is null and v.user_id = '${account}' ${newestFirst}`,
  }),
  {
    key: 'all-in-progress',
    title: 'Videos in progress, page of 50 (staff)',
    ...asStaff,
    sql: `${list} where v.deleted_at is null and v.status = any ('{processing}') ${newestFirst}`,
  },
  ...forBoth({
    key: 'own-deleted',
    title: 'Own deleted videos, list_deleted_videos()',
    sql: () => 'select * from public.list_deleted_videos()',
  }),
  {
    key: 'all-deleted',
    title: "Everybody's deleted videos, page of 50 (staff)",
    ...asStaff,
    sql: `${list} where v.deleted_at is not null ${lastDeletedFirst}`,
  },
  ...forBoth({
    key: 'counts',
    title: 'get_credit_info()',
    sql: (account) => `select public.get_credit_info('${account}')`,
  }),
  ...forBoth({
    key: 'account',
    title: 'All counts of one account (staff)',
    asStaff: true,
    sql: (
      account,
    ) => `select count(*) filter (where deleted_at is null), count(*) filter (where deleted_at is null and status = 'pending'),
      count(*) filter (where deleted_at is null and status = 'processing'), count(*) filter (where deleted_at is not null)
      from public.videos where user_id = '${account}'`,
  }),
  {
    key: 'refund-candidates',
    title: 'Failed videos, deleted ones too, page of 50 (staff)',
    ...asStaff,
    sql: `${list} where v.status in ('failed') ${newestFirst}`,
  },
  {
    key: 'purge',
    title: 'What a purge of deletions older than 700 days finds',
    role: 'service_role',
    sql: `select v.id from public.videos v
      where v.deleted_at < now() - interval '700 days' and v.status in ('completed', 'failed') order by v.id`,
  },
];
