import { accountsRouter } from './routers/accounts.ts';
import { auditRouter } from './routers/audit.ts';
import { creditsRouter } from './routers/credits.ts';
import { deskRouter } from './routers/desk.ts';
import { keysRouter } from './routers/keys.ts';
import { liveRouter } from './routers/live.ts';
import { pricesRouter } from './routers/prices.ts';
import { refundsRouter } from './routers/refunds.ts';
import { sessionRouter } from './routers/session.ts';
import { staffRouter } from './routers/staff.ts';
import { usageRouter } from './routers/usage.ts';
import { videosRouter } from './routers/videos.ts';
import { router } from './trpc.ts';

/** Every procedure, by subject; its name is the SQL function's in camelCase. */
export const appRouter = router({
  accounts: accountsRouter,
  audit: auditRouter,
  credits: creditsRouter,
  desk: deskRouter,
  keys: keysRouter,
  live: liveRouter,
  prices: pricesRouter,
  refunds: refundsRouter,
  session: sessionRouter,
  staff: staffRouter,
  usage: usageRouter,
  videos: videosRouter,
});

export type AppRouter = typeof appRouter;
