import type { Database } from '@reeldesk/db/client';
import { ReeldeskError } from '@reeldesk/db/errors';
import { checkReady } from '@reeldesk/db/session';
import type { FastifyInstance } from 'fastify';

const PATIENCE_MS = 2_000;

/** `/healthz`: the process is up. `/readyz`: so is the database, with the schema in it; else 503 within two seconds. */
export function registerHealth(app: FastifyInstance, db: Database): void {
  app.get('/healthz', async (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('The database took too long.')), PATIENCE_MS);
    });
    try {
      await Promise.race([checkReady(db), tooLate]);
    } catch (error) {
      throw new ReeldeskError('unavailable', 'The database does not answer, or has not the schema.', {
        hint: 'Check that it runs and that the migrations were applied.',
        cause: error,
      });
    } finally {
      clearTimeout(timer);
    }
    return { status: 'ready' };
  });
}
