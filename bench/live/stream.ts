import { parentPort, workerData } from 'node:worker_threads';
import { createDatabase } from '@reeldesk/db/client';
import { createLiveUpdates } from '@reeldesk/db/live-updates';

// A thread of its own, as the server is a process of its own: only the database is shared with the charges.
const url = workerData as string;
const db = createDatabase({ url });
const live = createLiveUpdates({ db, url });
const events = live.subscribe({ kind: 'backend' });
await events.next();
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
parentPort!.postMessage('ready');
while (!(await events.next()).done);
