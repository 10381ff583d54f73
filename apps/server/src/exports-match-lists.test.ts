import { appRouter } from '@reeldesk/api/router';
import { createCallerFactory } from '@reeldesk/api/trpc';
import type { Actor } from '@reeldesk/db/actor';
import { backend, makeVideo, readAllPages } from '@reeldesk/db/testing/fixtures';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from './testing/test-server.ts';

let server: TestServer;
let cookie: string;
let ids: { first: string; second: string; admin: string };
beforeAll(async () => {
  server = await startTestServer();
  const [first, second, admin] = [await server.signUp(), await server.signUp(), await server.signUp('admin')];
  cookie = await server.signIn(admin);
  ids = { first: first.id, second: second.id, admin: admin.id };
  for (const [n, { id }] of [first, second].entries()) {
    await server.owner.query(`select adjust_credits($1, $2, 'purchase', '=1+1, "a note"')`, [id, 1_000 * (n + 1)]);
    for (const status of ['completed', 'failed', 'completed', 'pending', 'failed'] as const) {
      await makeVideo(server.db, id, status);
    }
    await server.owner.query(
      `update videos set deleted_at = clock_timestamp(), deleted_by = user_id where user_id = $1 and status <> 'failed'`,
      [id],
    );
  }
  const desk = as({ kind: 'user', userId: admin.id });
  const { items } = await desk.refunds.listRefundCandidates({ status: ['completed'], userId: first.id, limit: 1 });
  for (const name of ['=1+1', 'Nightly, "back end"', 'Third']) {
    await desk.keys.createApiKey({ name, role: 'backend' });
  }
  await desk.refunds.refundVideoCredits({ videoId: items[0]!.id, reason: '=Blurred,\n"from" the start', amount: 5 });
});
afterAll(() => server.close());

function as(actor: Actor) {
  return createCallerFactory(appRouter)({ db: server.db, actor, requestId: 'request-1', expiresAt: null });
}

/** The rows of a CSV by the names in its first line. */
function parseCsv(text: string): Record<string, string>[] {
  const lines: string[][] = [[]];
  for (const [, quoted, plain = '', end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    lines.at(-1)!.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === '\r\n') {
      lines.push([]);
    }
  }
  const [names = [], ...rows] = lines.slice(0, -1);
  return rows.map((row) => Object.fromEntries(names.map((name, n) => [name, row[n]!])));
}

const isMoment = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(?:Z|\+00:00)$/;

/** A value of a list as the CSV has it. */
function asText(value: unknown): string {
  if (typeof value === 'object' && value !== null) {
    return JSON.stringify(value);
  }
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  const [, seconds, fraction = ''] = isMoment.exec(text) ?? [];
  if (seconds !== undefined) {
    return `${seconds}.${fraction.padEnd(6, '0')}Z`;
  }
  return typeof value === 'string' && /^[=+\-@\t\r\n]/.test(value) ? `'${text}` : text;
}

function fieldOf(column: string): string {
  return column === 'account_id' ? 'userId' : column.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

type List = (page: { limit: number; cursor: string | null }) => Promise<{ items: object[]; nextCursor: string | null }>;
type Desk = ReturnType<typeof as>;

/** A list that has no pages. */
const whole = async (list: Promise<{ items: object[] }>) => ({ ...(await list), nextCursor: null });
const today = () => new Date().toISOString().slice(0, 10);
const range = () => ({ from: today(), to: today(), timeZone: 'UTC' });

// Each with its filter as the address has it and as the list does, and how many rows there are.
const cases: [file: string, query: () => Record<string, string>, list: (desk: Desk) => List, rows: number][] = [
  ['usage-entries', range, (desk) => (page) => desk.usage.listUsageEntries({ ...range(), ...page }), 15],
  [
    'usage-entries',
    () => ({ ...range(), types: 'refund,adjustment', userId: ids.first }),
    (desk) => (page) =>
      desk.usage.listUsageEntries({ ...range(), types: ['refund', 'adjustment'], userId: ids.first, ...page }),
    4,
  ],
  ['videos', () => ({}), (desk) => (page) => desk.videos.listVideos(page), 4],
  [
    'videos',
    () => ({ userId: ids.first, status: 'failed,pending', videoType: 'text_to_video,image_to_video', sort: 'oldest' }),
    (desk) => (page) =>
      desk.videos.listVideos({
        userId: ids.first,
        status: ['failed', 'pending'],
        videoType: ['text_to_video', 'image_to_video'],
        sort: 'oldest',
        ...page,
      }),
    2,
  ],
  [
    'videos',
    () => ({ createdFrom: `${today()}T00:00:00Z`, createdBefore: '2999-01-01T00:00:00Z', resolution: '1920x1080' }),
    (desk) => (page) =>
      desk.videos.listVideos({
        createdFrom: `${today()}T00:00:00Z`,
        createdBefore: '2999-01-01T00:00:00Z',
        resolution: ['1920x1080'],
        ...page,
      }),
    1,
  ],
  ['staff', () => ({}), (desk) => () => whole(desk.staff.listStaff()), 1],
  ['api-keys', () => ({}), (desk) => (page) => desk.keys.listApiKeys(page), 3],
  ['prices', () => ({}), (desk) => () => whole(desk.prices.listCreditPrices()), 1],
  ['deleted-videos', () => ({}), (desk) => (page) => desk.videos.listDeletedVideos(page), 6],
  [
    'deleted-videos',
    () => ({ userId: ids.second }),
    (desk) => (page) => desk.videos.listDeletedVideos({ userId: ids.second, ...page }),
    3,
  ],
  ['refund-candidates', () => ({}), (desk) => (page) => desk.refunds.listRefundCandidates(page), 8],
  [
    'refund-candidates',
    () => ({ status: 'completed', userId: ids.first, refundState: 'unusual' }),
    (desk) => (page) =>
      desk.refunds.listRefundCandidates({ status: ['completed'], userId: ids.first, refundState: 'unusual', ...page }),
    1,
  ],
  ['accounts', () => ({}), (desk) => (page) => desk.accounts.listAccounts(page), 3],
  ...(['oldest', 'most_credits', 'fewest_credits'] as const).map((sort): (typeof cases)[number] => [
    'accounts',
    () => ({ sort, minCredits: '1', state: 'open' }),
    (desk) => (page) => desk.accounts.listAccounts({ sort, minCredits: 1, state: 'open', ...page }),
    2,
  ]),
  ['audit', () => ({}), (desk) => (page) => desk.audit.listAuditLog(page), 0],
  [
    'audit',
    () => ({ userId: ids.first, action: 'refund_video_credits', actorId: ids.admin }),
    (desk) => (page) =>
      desk.audit.listAuditLog({ userId: ids.first, action: 'refund_video_credits', actorId: ids.admin, ...page }),
    1,
  ],
];

test.each(cases)('%s.csv has the rows of its list, in their order: case %#', async (file, query, list, count) => {
  const address = new URLSearchParams(query()).toString();
  const response = await server.app.inject({ url: `/export/${file}.csv?${address}`, headers: { cookie } });
  expect(response.statusCode).toBe(200);
  const rows = parseCsv(response.body).map((row) =>
    // PostgreSQL writes JSON with spaces.
    Object.fromEntries(
      Object.entries(row).map(([name, text]) => [name, /^[{[]/.test(text) ? JSON.stringify(JSON.parse(text)) : text]),
    ),
  );
  const readPage = list(as({ kind: 'user', userId: ids.admin }));
  const items = await readAllPages((cursor) => readPage({ limit: 2, cursor }));
  expect(rows).toEqual(
    items.map((item) => {
      const fields = new Map(Object.entries(item));
      return Object.fromEntries(
        Object.keys(rows[0]!).map((column) => {
          expect(fields.has(fieldOf(column)), `${column} is in the list`).toBe(true);
          return [column, asText(fields.get(fieldOf(column)))];
        }),
      );
    }),
  );
  expect([rows.length, Number(response.headers['x-total-rows'])]).toEqual([items.length, items.length]);
  expect(rows.length).toBeGreaterThanOrEqual(Math.max(1, count));
});

test('the CSV of a report adds up to the report, by account and for all', async () => {
  const desk = as(backend);
  for (const userId of [undefined, ids.first]) {
    const address = new URLSearchParams({ ...range(), ...(userId && { userId }) }).toString();
    const { body } = await server.app.inject({ url: `/export/usage-entries.csv?${address}`, headers: { cookie } });
    const sum = (type: string) =>
      parseCsv(body).reduce((all, row) => all + (row['type'] === type ? Number(row['amount']) : 0), 0);
    const { totals } = await desk.usage.creditUsage({ ...range(), userId });
    expect([-sum('charge'), sum('refund')]).toEqual([totals.creditsUsed, totals.creditsRefunded]);
    expect(totals.creditsUsed).toBeGreaterThan(0);
  }
});
