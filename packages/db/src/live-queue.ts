import type { LiveEvent } from './live-changes.ts';

/** Events on their way to one reader; when too many wait for him, one `behind` takes their place. */
export interface Queue {
  push(event: LiveEvent): void;
  /** Takes back what waits and puts this event in its place. */
  fallBehind(behind: LiveEvent): void;
  /** After what is being read nothing comes; an error is thrown to the reader. */
  end(error: unknown): void;
  /** Waits for events and answers them in order. For one reader. */
  read(): AsyncGenerator<LiveEvent, void>;
}

export function createQueue(limit: number): Queue {
  let waiting: LiveEvent[] = [];
  let ended: { error: unknown } | null = null;
  let wake: (() => void) | null = null;

  const fallBehind = (behind: LiveEvent) => {
    waiting = [behind];
    wake?.();
  };
  return {
    push: (event) => {
      if (waiting.length >= limit || waiting[0]?.type === 'behind') {
        // He reads everything again from here on, so this event is in it.
        fallBehind({ ...event, kind: 'stream', type: 'behind', userId: null, videoId: null });
        return;
      }
      waiting.push(event);
      wake?.();
    },
    fallBehind,
    end: (error) => {
      ended ??= { error };
      wake?.();
    },
    read: async function* () {
      for (;;) {
        if (ended) {
          if (ended.error !== null) {
            throw ended.error;
          }
          return;
        }
        const event = waiting.shift();
        if (event) {
          yield event;
          continue;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        wake = null;
      }
    },
  };
}
