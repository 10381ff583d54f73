import { ReeldeskError } from '@reeldesk/db/errors';
import type { FastifyInstance } from 'fastify';

export interface DrainOptions {
  /** Ends what would never end by itself: streams. */
  onClosing: () => void;
  /** How long a stop waits for what has begun. */
  patienceMs: number;
}

/** At a stop: what has begun is finished and answered, what comes then is refused with 503. */
export function registerDrain(app: FastifyInstance, { onClosing, patienceMs }: DrainOptions): void {
  let isClosing = false;
  let running = 0;
  let onIdle: (() => void) | null = null;

  app.addHook('onRequest', (_request, reply, done) => {
    running += 1;
    // Compression, files and our own hooks all wait for its end; more than ten are no leak.
    reply.raw.setMaxListeners(30);
    reply.raw.once('close', () => {
      running -= 1;
      if (running === 0) {
        onIdle?.();
      }
    });
    if (isClosing) {
      reply.header('connection', 'close');
      const error = new ReeldeskError('unavailable', 'The server is stopping.', {
        details: { retryAfterSeconds: 1 },
        hint: 'Try again in a moment. Nothing was begun.',
      });
      done(error);
      return;
    }
    done();
  });

  app.addHook('preClose', async () => {
    isClosing = true;
    onClosing();
    if (running === 0) {
      return;
    }
    const { promise, resolve } = deferred();
    onIdle = resolve;
    const timer = setTimeout(resolve, patienceMs);
    await promise;
    clearTimeout(timer);
  });
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
