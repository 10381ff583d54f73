/**
 * What a back end does with the typed API: create a video for a customer, say why when it can't, show the balance,
 * and give the credits back when the video is no good.
 *
 *     REELDESK_URL=http://127.0.0.1:4000 REELDESK_API_KEY=rdk_… CUSTOMER_ID=… node examples/dist/create-a-video.js
 */
import { randomUUID } from 'node:crypto';
import { createReeldeskClient, errorDataOf } from '@reeldesk/api/client';

const {
  REELDESK_URL: url = 'http://127.0.0.1:4000',
  REELDESK_API_KEY: token = '',
  CUSTOMER_ID: userId = '',
} = process.env;
const client = createReeldeskClient({ url, token });

async function createVideo(durationSeconds: number): Promise<string | null> {
  try {
    const video = await client.videos.createVideoGeneration.mutate({
      userId,
      prompt: 'A beautiful sunset',
      videoType: 'text_to_video',
      durationSeconds,
      resolution: '1920x1080',
      quality: 'high',
      // One key per click: a second try after a lost connection charges nothing twice.
      idempotencyKey: randomUUID(),
    });
    console.log(`${video.message}: ${video.creditsUsed} credits used, ${video.creditsRemaining} left.`);
    return video.videoId;
  } catch (error) {
    const data = errorDataOf(error);
    if (data?.reason === 'insufficient_credits') {
      const { required, credits } = data.details;
      console.log(`${required} credits are needed, ${credits} are there. ${data.hint}`);
      return null;
    }
    if (data?.reason === 'account_closed') {
      console.log('This customer has left.');
      return null;
    }
    // Not for this code to handle; the request id finds it in the server's log.
    throw new Error(`No video: request ${data?.requestId ?? 'not answered'}`, { cause: error });
  }
}

async function showBalance(): Promise<void> {
  const { credits, videosPending } = await client.credits.getCreditInfo.query({ userId });
  console.log(`Balance: ${credits} credits, ${videosPending} videos pending.`);
}

await showBalance();
await createVideo(300);
const videoId = await createVideo(5);
if (videoId !== null) {
  await client.videos.startVideoGeneration.mutate({ videoId });
  await client.videos.completeVideoGeneration.mutate({ videoId, videoUrl: `https://cdn.example.com/${videoId}.mp4` });
  await showBalance();
  const refund = await client.refunds.refundVideoCredits.mutate({ videoId, reason: 'The picture is black' });
  console.log(`${refund.message}: ${refund.creditsRefunded} credits.`);
  await showBalance();
}
