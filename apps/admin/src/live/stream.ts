import type { ErrorData, Reason } from '@reeldesk/api/contract/errors';
import type { LiveEvent } from '@reeldesk/api/contract/live';
import { readEvents, type StreamMessage } from './event-stream.ts';

// The server pings every 15 seconds: whoever is silent for longer than two of them is gone.
const SILENT_AT_MOST_MS = 40_000;

/** Why a stream ended: what the API said of it, `null` when the connection broke or it just ended. */
export interface StreamEnd {
  reason: Reason | null;
}

interface FollowOptions {
  /** Where to go on; without it from now on. */
  lastEventId: string | null;
  signal: AbortSignal;
  onEvent: (event: LiveEvent) => void;
}

/**
 * Follows `live.changes` until it ends, and answers why. Not the browser's EventSource: that one tells neither the
 * status of a refusal nor its reason, and comes again on its own terms.
 */
export async function followChanges({ lastEventId, signal, onEvent }: FollowOptions): Promise<StreamEnd> {
  const silence = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const isHeard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), SILENT_AT_MOST_MS);
  };
  isHeard();
  try {
    const input = lastEventId === null ? '' : `?input=${encodeURIComponent(JSON.stringify({ lastEventId }))}`;
    const response = await fetch(`/trpc/live.changes${input}`, {
      headers: { accept: 'text/event-stream' },
      signal: AbortSignal.any([signal, silence.signal]),
    });
    if (!response.ok || response.body === null) {
      return { reason: reasonOf(((await response.json()) as { error?: unknown }).error) };
    }
    for await (const message of readEvents(response.body, isHeard)) {
      const end = take(message, onEvent);
      if (end) {
        return end;
      }
    }
    return { reason: null };
  } catch {
    return { reason: null };
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
}

function take({ event, data }: StreamMessage, onEvent: (event: LiveEvent) => void): StreamEnd | null {
  if (event === 'serialized-error') {
    return { reason: reasonOf(JSON.parse(data)) };
  }
  if (event === 'return') {
    return { reason: null };
  }
  if (event === 'message') {
    onEvent(JSON.parse(data) as LiveEvent);
  }
  return null;
}

function reasonOf(error: unknown): Reason | null {
  return (error as { data?: ErrorData } | undefined)?.data?.reason ?? null;
}
