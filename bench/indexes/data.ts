import type pg from 'pg';
import { allIndexes, createIndex } from './index-sets.ts';

/** What is measured: one account with a fifth of all videos, the others with forty each. */
export const people = {
  large: 'a0000000-0000-4000-8000-000000000001',
  small: 'b0000000-0000-4000-8000-000000000001',
  admin: 'c0000000-0000-4000-8000-000000000001',
};
export const videosPerSmallAccount = 40;
export const largeShare = 0.2;

/** Makes the accounts, one of them an admin's. */
export async function loadAccounts(client: pg.Client, videos: number): Promise<number> {
  const small = Math.round((videos * (1 - largeShare)) / videosPerSmallAccount);
  await client.query(
    `create function public.bench_account(n integer) returns uuid language sql immutable as
      $$ select ('b0000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid $$`,
  );
  await client.query(
    `insert into public.profiles (id, user_id)
    select id, id from (select $1::uuid as id union all select $2::uuid union all
      select public.bench_account(n) from generate_series(1, $3::integer) n) ids`,
    [people.large, people.admin, small],
  );
  await client.query(`insert into public.staff_members (user_id, role) values ($1, 'admin')`, [people.admin]);
  await client.query('analyze public.profiles');
  return small;
}

/**
 * Fills `videos` anew, in the order of time over two years, owners mixed, `deletedPercent` of them soft-deleted.
 * The newest 0.2 % are half pending, half processing, and not deleted; of the others 5 % have failed.
 */
export async function loadVideos(
  client: pg.Client,
  videos: number,
  small: number,
  deletedPercent: number,
): Promise<void> {
  await client.query('alter table public.videos drop constraint videos_user_id_fkey');
  for (const index of allIndexes) {
    await client.query(`drop index if exists public.${index}`);
  }
  // With what refers to it: the refund queue.
  await client.query('truncate public.videos cascade');
  await client.query(
    `insert into public.videos (user_id, prompt, video_type, image_url, duration_seconds, resolution, quality,
      status, video_url, error_message, credits_used, created_at, updated_at, started_at, finished_at, deleted_at, deleted_by)
    select v.owner, 'A lighthouse in a storm, seen from a small boat, take ' || v.n,
      case when v.n % 4 = 0 then 'image_to_video' else 'text_to_video' end,
      case when v.n % 4 = 0 then 'https://images.reeldesk.example/' || v.n || '.jpg' end,
      5, '1920x1080', 'high', v.status,
      case v.status when 'completed' then 'https://cdn.reeldesk.example/' || v.n || '.mp4' end,
      case v.status when 'failed' then 'Provider timed out' end,
      15, v.at, v.at, v.at + interval '5 seconds', v.at + interval '1 minute',
      case when v.deleted then least(now(), v.at + v.luck * interval '60 days') end,
      case when v.deleted then v.owner end
    from (
      select n, s.status, s.luck,
        now() - ($1 - n) * (interval '730 days' / $1) as at,
        case when n % 5 = 0 then $4::uuid else public.bench_account(1 + abs(hashint4(n)) % $2) end as owner,
        s.status in ('completed', 'failed') and s.luck * 100 < $3 as deleted
      from generate_series(1, $1::integer) n
      cross join lateral (
        select (hashint8(n::bigint * 7) & 65535) / 65536.0 as luck,
          case when n > $1 * 0.998 then case when n % 2 = 0 then 'pending' else 'processing' end
            when n % 20 = 3 then 'failed' else 'completed' end as status
      ) s
    ) v`,
    [videos, small, deletedPercent, people.large],
  );
  for (const index of allIndexes) {
    await client.query(createIndex(index));
  }
  await client.query(
    'alter table public.videos add constraint videos_user_id_fkey foreign key (user_id) references public.profiles (id)',
  );
  // Only what is flushed can be marked visible to all, which index-only scans live from.
  await client.query('checkpoint');
  await client.query('vacuum (analyze) public.videos');
}
