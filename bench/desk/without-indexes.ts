import type pg from 'pg';

/** Takes away what a charge would have to write to for the desk's sake: the queue's triggers, and the indexes that came with it. */
export async function withoutDeskIndexes(client: pg.Client): Promise<void> {
  await client.query('drop trigger credit_transactions_queue_refund on public.credit_transactions');
  await client.query('drop trigger videos_inserted_queue_refund on public.videos');
  await client.query('drop trigger videos_queue_refund on public.videos');
  await client.query('drop table usage.refund_queue');
  await client.query('drop index public.profiles_by_email, public.videos_in_progress_by_time');
}
