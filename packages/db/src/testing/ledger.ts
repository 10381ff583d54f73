import { randomUUID } from 'node:crypto';
import type { Caller } from './caller.ts';

/** A row to post: when, what, how much, and of what video where it has one. */
export interface LedgerRow {
  at: string;
  type: 'adjustment' | 'charge' | 'refund';
  amount: number;
  videoType?: string | null;
  resolution?: string | null;
  quality?: string | null;
  reason?: string;
  videoId?: string;
}

/** Posts one back-dated row to an account's ledger as the product does; a video is described, not made. */
export async function postToLedger(caller: Pick<Caller, 'query'>, userId: string, row: LedgerRow): Promise<void> {
  await caller.query(
    `select private.post_to_ledger($1, $2, $3, $4, case when $5::uuid is not null then
      jsonb_populate_record(null::public.videos, jsonb_build_object('id', $5::text, 'video_type', $6::text, 'resolution', $7::text, 'quality', $8::text))
    end, null, $9)`,
    [
      userId,
      row.amount,
      row.type,
      row.reason ?? (row.type === 'adjustment' ? 'purchase' : 'test'),
      row.type === 'adjustment' ? null : (row.videoId ?? randomUUID()),
      row.videoType === undefined ? 'text_to_video' : row.videoType,
      row.resolution === undefined ? '1920x1080' : row.resolution,
      row.quality === undefined ? 'high' : row.quality,
      row.at,
    ],
  );
}
