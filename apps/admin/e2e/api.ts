import { listRefundCandidatesOutput, previewRefundOutput } from '@reeldesk/api/contract/refunds';
import type { Page } from '@playwright/test';
import type { z } from 'zod';

export interface Answer {
  status: number;
  body: { result?: { data: unknown }; error?: { message: string; data: { reason: string; requestId: string } } };
}

/** Asks the API as the person who is signed in to the page. */
export async function query(page: Page, procedure: string, input: object): Promise<Answer> {
  return callFromPage(page, `/trpc/${procedure}?input=${encodeURIComponent(JSON.stringify(input))}`, null);
}

/** Has the API do something, by hand, as the person who is signed in to the page. */
export async function mutate(page: Page, procedure: string, input: object): Promise<Answer> {
  return callFromPage(page, `/trpc/${procedure}`, JSON.stringify(input));
}

// From within the page: so the call has the page's cookie and its origin.
async function callFromPage(page: Page, path: string, body: string | null): Promise<Answer> {
  return page.evaluate(
    async ([address, sent]) => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(address, sent === null ? {} : { method: 'POST', headers, body: sent });
      return { status: response.status, body: (await response.json()) as Answer['body'] };
    },
    [path, body] as const,
  );
}

export type Candidate = z.infer<typeof listRefundCandidatesOutput>['items'][number];

/** The n-th failed video that is not refunded yet; tests that refund take different ones. */
export async function failedVideo(page: Page, n: number): Promise<Candidate> {
  const { body } = await query(page, 'refunds.listRefundCandidates', {
    status: ['failed'],
    refundState: 'open',
    limit: 50,
  });
  // The oldest first: a refund by another test takes none of those before it away.
  const video = listRefundCandidatesOutput.parse(body.result?.data).items.toReversed()[n];
  if (video === undefined) throw new Error(`The demo data has no ${n + 1} failed videos that are not refunded.`);
  return video;
}

/** What the ledger says of a video's charge now. */
export async function chargeOf(page: Page, videoId: string): Promise<z.infer<typeof previewRefundOutput>> {
  const { body } = await query(page, 'refunds.previewRefund', { videoId });
  return previewRefundOutput.parse(body.result?.data);
}
