import { randomUUID } from 'node:crypto';
import type { Call, Outcome } from './calls.ts';
import { adjust, call, charge, refund } from './calls.ts';

/** A command of the random sequences; accounts and videos are numbers that are taken round and round. */
export type Command =
  | {
      do: 'create';
      account: number;
      seconds: number | null;
      resolution: string;
      prompt: string;
      key: string | null;
      by: 'backend' | 'owner' | 'other';
    }
  | { do: 'start' | 'complete' | 'fail'; video: number }
  | {
      do: 'refund';
      video: number;
      amount: number | null;
      reason: string;
      key: string | null;
      by: 'backend' | 'admin' | 'owner';
    }
  | { do: 'adjust'; account: number; amount: number; key: string | null; by: 'backend' | 'admin' | 'owner' }
  | { do: 'delete' | 'restore'; video: number; by: 'owner' | 'admin' | 'other' }
  | { do: 'purge' };

interface ModelVideo {
  id: string;
  account: number;
  status: 'pending' | 'processing' | 'completed' | 'failed' | 'purged';
  charged: number;
  refunded: number;
  deleted: boolean;
}

const mostCredits = 2 ** 31 - 1;

/** What the ledger should do, in a few lines: balances, videos, and the first answer to every key. */
export class LedgerModel {
  readonly credits: number[];
  readonly videos: ModelVideo[] = [];
  private readonly keys = new Map<string, { request: string; outcome: Outcome }>();

  constructor(accounts: number) {
    this.credits = Array.from({ length: accounts }, () => 0);
  }

  /** The video a number stands for; before the first one is made, none that exists. */
  video(number: number): ModelVideo | undefined {
    return this.videos[number % this.videos.length];
  }

  /** Moves on by a command and answers what it should come to; `actual` tells only the ids that the database made up. */
  apply(command: Command, actual: Outcome): Outcome {
    const account =
      'account' in command
        ? command.account % this.credits.length
        : 'video' in command
          ? this.video(command.video)?.account
          : 0;
    const key = 'key' in command && command.key !== null ? `${account} ${command.do} ${command.key}` : null;
    const { key: _, by: __, ...request } = { key: null, by: null, ...command };
    if ('account' in request) {
      request.account = account!;
    } else if ('video' in request && account !== undefined) {
      request.video %= this.videos.length;
    }
    const known = key === null ? undefined : this.keys.get(key);
    const refused = this.mayNot(command);
    if (refused !== null) {
      return { reason: refused, details: {} };
    }
    if (known !== undefined) {
      return known.request === JSON.stringify(request)
        ? known.outcome
        : { reason: 'idempotency_key_reused', details: {} };
    }
    const outcome = this.move(command, account ?? 0, actual);
    if (key !== null && !('reason' in outcome)) {
      this.keys.set(key, { request: JSON.stringify(request), outcome: actual });
    }
    return outcome;
  }

  private mayNot(command: Command): string | null {
    const by = 'by' in command ? command.by : 'backend';
    if (
      (command.do === 'create' && by === 'other') ||
      ((command.do === 'refund' || command.do === 'adjust') && by === 'owner')
    ) {
      return 'forbidden';
    }
    const video = 'video' in command ? this.video(command.video) : undefined;
    return 'video' in command && (video === undefined || video.status === 'purged' || by === 'other')
      ? 'video_not_found'
      : null;
  }

  private move(command: Command, account: number, actual: Outcome): Outcome {
    const refuse = (reason: string, details: Record<string, unknown> = {}): Outcome => ({ reason, details });
    const credits = this.credits[account]!;
    const video = 'video' in command ? this.video(command.video)! : undefined;
    const left = video ? video.charged - video.refunded : 0;
    switch (command.do) {
      case 'create': {
        const { seconds } = command;
        const price = new Map([
          ['1920x1080', 3],
          ['1280x720', 2],
        ]).get(command.resolution);
        if (command.prompt.trim() === '') return refuse('invalid_input', { field: 'p_prompt' });
        if (seconds === null || seconds < 1 || seconds > 300)
          return refuse('invalid_input', { field: 'p_duration_seconds' });
        if (price === undefined) return refuse('invalid_input', { field: 'p_resolution' });
        const cost = price * seconds;
        if (cost > credits) return refuse('insufficient_credits', { credits, required: cost });
        this.credits[account] = credits - cost;
        const id =
          'answer' in actual && typeof actual.answer === 'object' ? String(actual.answer['video_id']) : randomUUID();
        this.videos.push({ id, account, status: 'pending', charged: cost, refunded: 0, deleted: false });
        return { answer: { credits_used: cost, credits_remaining: credits - cost } };
      }
      case 'start':
      case 'complete':
      case 'fail': {
        const from = { start: ['pending'], complete: ['processing'], fail: ['pending', 'processing'] }[command.do];
        const to = { start: 'processing', complete: 'completed', fail: 'failed' } as const;
        if (!from.includes(video!.status)) return refuse('invalid_status_change', { status: video!.status });
        if (command.do === 'fail' && credits + left > mostCredits)
          return refuse('invalid_input', { field: 'p_video_id' });
        video!.status = to[command.do];
        if (command.do !== 'fail') return { answer: { status: video!.status } };
        this.credits[account] = credits + left;
        video!.refunded = video!.charged;
        return { answer: { status: 'failed', credits_refunded: left } };
      }
      case 'refund': {
        const { amount, reason } = command;
        if (reason.trim() === '') return refuse('invalid_input', { field: 'p_reason' });
        if (amount !== null && amount <= 0) return refuse('invalid_input', { field: 'p_amount' });
        if (video!.status === 'pending' || video!.status === 'processing')
          return refuse('not_refundable', { status: video!.status });
        if (left === 0) return refuse('already_refunded', { charged: video!.charged });
        if ((amount ?? left) > left) return refuse('refund_exceeds_charge', { refundable: left });
        if (video!.status === 'completed' && reason === 'Video generation failed') return refuse('reason_required');
        if (credits + (amount ?? left) > mostCredits) return refuse('invalid_input', { field: 'p_amount' });
        video!.refunded += amount ?? left;
        this.credits[account] = credits + (amount ?? left);
        return { answer: { credits_refunded: amount ?? left } };
      }
      case 'adjust':
        if (command.amount === 0) return refuse('invalid_input', { field: 'p_amount' });
        if (credits + command.amount > mostCredits) return refuse('invalid_input', { field: 'p_amount' });
        if (credits + command.amount < 0) return refuse('insufficient_credits', { credits, required: -command.amount });
        this.credits[account] = credits + command.amount;
        return { answer: { amount: command.amount, credits_remaining: credits + command.amount } };
      case 'delete':
        if (video!.deleted) return refuse('already_deleted');
        video!.deleted = true;
        return { answer: true };
      case 'restore':
        if (!video!.deleted) return refuse('not_deleted');
        video!.deleted = false;
        return { answer: true };
      case 'purge':
        break;
    }
    const gone = this.videos.filter(
      ({ deleted, status }) => deleted && (status === 'completed' || status === 'failed'),
    );
    gone.forEach((one) => (one.status = 'purged'));
    return { answer: gone.length };
  }
}

/** The statement of a command. A number that stands for no video names one that never was. */
export function callOf(command: Command, accountIds: string[], videoIds: string[]): Call {
  const accountId = 'account' in command ? accountIds[command.account % accountIds.length]! : '';
  const videoId = ('video' in command ? videoIds[command.video % videoIds.length] : undefined) ?? randomUUID();
  const key = { p_idempotency_key: 'key' in command ? command.key : null };
  switch (command.do) {
    case 'create':
      return charge(accountId, {
        ...key,
        p_prompt: command.prompt,
        p_duration_seconds: command.seconds,
        p_resolution: command.resolution,
      });
    case 'start':
      return call('start_video_generation', { p_video_id: videoId });
    case 'complete':
      return call('complete_video_generation', {
        p_video_id: videoId,
        p_video_url: 'https://cdn.reeldesk.example/1.mp4',
      });
    case 'fail':
      return call('fail_video_generation', { p_video_id: videoId, p_error: 'Provider failed' });
    case 'refund':
      return refund(videoId, { ...key, p_reason: command.reason, p_amount: command.amount });
    case 'adjust':
      return adjust(accountId, command.amount, key);
    case 'delete':
      return call('soft_delete_video', { p_video_id: videoId });
    case 'restore':
      return call('restore_video', { p_video_id: videoId });
    case 'purge':
      break;
  }
  return call('purge_deleted_videos', { p_older_than: '0' });
}
