import { readAs, type Actor, type Reader } from './actor.ts';
import type { Database } from './client.ts';
import { ReeldeskError } from './errors.ts';
import { formatPosition, parsePosition, readChanges, startOf, type LiveEvent, type Position } from './live-changes.ts';
import { startFeed, type Announced, type Feed } from './live-feed.ts';
import { createQueue, type Queue } from './live-queue.ts';

export interface LiveUpdatesOptions {
  db: Database;
  /** For one connection of its own, on which this server hears of what others announce. */
  url: string;
  /** Streams that one caller may have open at this server, and all callers together. */
  streamsPerCaller?: number;
  streamsAtMost?: number;
  /** Events that may wait for a slow reader, or be read at once, before he is told that he fell behind. */
  backlog?: number;
  /** How often a caller's rights are looked up again. */
  recheckMs?: number;
}

export interface SubscribeOptions {
  /** The `id` of the last event that the caller has had. */
  lastEventId?: string | undefined;
  /** When the caller's sign-in ends, and with it the stream; ISO 8601. */
  expiresAt?: string | null;
  /** Asked from time to time; the stream ends when it answers false. */
  isSignedIn?: (() => Promise<boolean>) | undefined;
  signal?: AbortSignal | undefined;
}

export interface LiveUpdates {
  /**
   * What changes from now on, or from the last event on; first of all one event `ready`. `behind` says that changes
   * were left out: read again what is shown. Raises `not_signed_in`, `forbidden` when the caller's role has changed,
   * `rate_limited`, `unavailable` when the server stops.
   */
  subscribe(actor: Actor, options?: SubscribeOptions): AsyncGenerator<LiveEvent, void>;
  /** How many streams are open. */
  streams(): number;
  /** Ends all streams. */
  close(): Promise<void>;
}

interface Subscriber {
  caller: string;
  actor: Actor;
  reader: Reader;
  isSignedIn: () => Promise<boolean>;
  queue: Queue;
}

const backend: Actor = { kind: 'backend' };

/** Reads each change once for all streams of this server; the database looks only while there are any. */
export function createLiveUpdates(options: LiveUpdatesOptions): LiveUpdates {
  const { db, url, streamsPerCaller = 10, streamsAtMost = 1_000, backlog = 500, recheckMs = 30_000 } = options;
  const subscribers = new Set<Subscriber>();
  const opening = new Map<string, number>();
  let feed: Feed | null = null;
  let reached: bigint | null = null;
  let keptFrom = 0n;
  let isClosed = false;

  const tellAll = (events: readonly LiveEvent[]) => {
    for (const { queue, reader, actor } of subscribers) {
      for (const event of events) {
        if (maySee(reader, actor, event)) {
          queue.push(event);
        }
      }
    }
  };
  const tellAllBehind = (xid: bigint) => {
    subscribers.forEach(({ queue }) => queue.fallBehind(streamEvent('behind', startOf(xid))));
  };
  const onAnnounced = async (news: Announced) => {
    ({ keptFrom } = news);
    const from = reached;
    if (from === null || news.announced < from || subscribers.size === 0) {
      reached = news.announced;
      // The database has gone back: another one took over, or it was restored.
      if (from !== null && news.announced < from) {
        tellAllBehind(news.announced);
      }
      return;
    }
    if (news.announced === from) {
      return;
    }
    const events = await readAs(db, backend, (tx, reader) =>
      readChanges(tx, reader, startOf(from), news.announced, backlog + 1),
    );
    reached = news.announced;
    if (events.length > backlog) {
      tellAllBehind(news.announced);
    } else {
      tellAll(events);
    }
    recheckWhomItConcerns(events);
  };

  const recheck = async (subscriber: Subscriber) => {
    try {
      const [reader, isSignedIn] = await Promise.all([readerOf(db, subscriber.actor), subscriber.isSignedIn()]);
      if (!isSignedIn) {
        subscriber.queue.end(signedOut());
      } else if (reader !== subscriber.reader) {
        subscriber.queue.end(
          new ReeldeskError('forbidden', 'Your role has changed.', {
            hint: 'Sign in again to go on in your new role.',
          }),
        );
      }
    } catch (error) {
      // While the database does not answer nothing is told either.
      if (!(error instanceof ReeldeskError && error.reason === 'unavailable')) {
        subscriber.queue.end(error);
      }
    }
  };
  const recheckWhomItConcerns = (events: readonly LiveEvent[]) => {
    for (const { kind, type, userId } of events) {
      for (const subscriber of kind === 'audit' ? subscribers : []) {
        const { actor } = subscriber;
        const isHis = actor.kind === 'user' && actor.userId === userId && type.endsWith('_staff_role');
        if (isHis || (actor.kind === 'key' && type === 'revoke_api_key')) {
          void recheck(subscriber);
        }
      }
    }
  };

  const catchUp = async (actor: Actor, after: Position, to: bigint): Promise<LiveEvent[]> => {
    const behind = streamEvent('behind', startOf(to));
    if (after.xid > to || after.xid < keptFrom) {
      return [behind];
    }
    const missed = await readAs(db, actor, (tx, reader) => readChanges(tx, reader, after, to, backlog + 1));
    return missed.length > backlog ? [behind] : missed;
  };

  const stopFeedWhenIdle = async () => {
    if (subscribers.size === 0 && opening.size === 0 && feed) {
      const old = feed;
      feed = null;
      reached = null;
      await old.stop();
    }
  };

  async function* subscribe(
    actor: Actor,
    { lastEventId, expiresAt = null, isSignedIn = async () => true, signal }: SubscribeOptions = {},
  ): AsyncGenerator<LiveEvent, void> {
    const after = lastEventId === undefined ? null : parsePosition(lastEventId);
    const caller = callerKey(actor);
    const count = [...subscribers].filter((one) => one.caller === caller).length + (opening.get(caller) ?? 0);
    if (isClosed) {
      throw stopping();
    }
    if (count >= streamsPerCaller || subscribers.size + opening.size >= streamsAtMost) {
      throw new ReeldeskError('rate_limited', `${count} streams are open already.`, {
        details: { retryAfterSeconds: 10, limit: streamsPerCaller },
        hint: 'Close another page of the dashboard, or share one stream.',
      });
    }
    opening.set(caller, (opening.get(caller) ?? 0) + 1);
    let subscriber: Subscriber | null = null;
    const timers: NodeJS.Timeout[] = [];
    const queue = createQueue(backlog);
    const onAbort = () => queue.end(null);
    try {
      const reader = await readerOf(db, actor);
      feed ??= startFeed(db, url, onAnnounced);
      await feed.look();
      // From here to its place among the others nothing may come between.
      const from = reached;
      if (from === null || isClosed) {
        throw stopping();
      }
      subscriber = { caller, actor, reader, isSignedIn, queue };
      subscribers.add(subscriber);
      release(opening, caller);
      const joined = subscriber;
      timers.push(setInterval(() => void recheck(joined), recheckMs));
      if (expiresAt !== null) {
        const untilMs = Math.min(Date.parse(expiresAt) - Date.now(), 2 ** 31 - 1);
        timers.push(setTimeout(() => queue.end(signedOut()), untilMs));
      }
      signal?.addEventListener('abort', onAbort);
      if (signal?.aborted) {
        return;
      }
      yield streamEvent('ready', after ?? startOf(from));
      if (after) {
        yield* await catchUp(actor, after, from);
      }
      yield* queue.read();
    } finally {
      signal?.removeEventListener('abort', onAbort);
      timers.forEach((timer) => clearInterval(timer));
      if (subscriber) {
        subscribers.delete(subscriber);
      } else {
        release(opening, caller);
      }
      await stopFeedWhenIdle();
    }
  }

  return {
    subscribe,
    streams: () => subscribers.size,
    close: async () => {
      isClosed = true;
      subscribers.forEach(({ queue }) => queue.end(stopping()));
      const old = feed;
      feed = null;
      await old?.stop();
    },
  };
}

// Events hold ids and types only, so what a reader may see is a matter of whose they are.
function maySee(reader: Reader, actor: Actor, event: LiveEvent): boolean {
  if (reader === 'admin' || reader === 'backend') {
    return true;
  }
  const isHis = reader === 'user' && actor.kind === 'user' && event.userId === actor.userId;
  return event.kind !== 'audit' && (reader === 'analyst' || isHis);
}

async function readerOf(db: Database, actor: Actor): Promise<Reader> {
  const reader = await readAs(db, actor, async (_tx, as) => as);
  if (reader === 'anon') {
    throw signedOut();
  }
  return reader;
}

function callerKey(actor: Actor): string {
  if (actor.kind === 'user') {
    return `user ${actor.userId}`;
  }
  return actor.kind === 'key' ? `key ${actor.keyHash}` : actor.kind;
}

function release(opening: Map<string, number>, caller: string): void {
  const left = (opening.get(caller) ?? 1) - 1;
  if (left > 0) {
    opening.set(caller, left);
  } else {
    opening.delete(caller);
  }
}

function streamEvent(type: 'ready' | 'behind', position: Position): LiveEvent {
  return {
    id: formatPosition(position),
    kind: 'stream',
    type,
    userId: null,
    videoId: null,
    at: new Date().toISOString(),
  };
}

function signedOut(): ReeldeskError {
  return new ReeldeskError('not_signed_in', 'Nobody is signed in.', { hint: 'Sign in and call again.' });
}

function stopping(): ReeldeskError {
  return new ReeldeskError('unavailable', 'The server is stopping.', { hint: 'Connect again in a moment.' });
}
