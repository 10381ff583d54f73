import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { comparable, requestLines, send, type Asked } from '../testing/raw-http.ts';
import { startTestServer, testKeys, type Person, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
/** Two servers over one database: one calls directly what it can, the other leaves all to tRPC's adapter. */
let urls: { direct: string; stock: string };
let person: Person;
let videoId: string;

beforeAll(async () => {
  server = await startTestServer({ app: { callLimits: { perCaller: 0, perAddress: 0 } } });
  const stock = await server.startSecond({ adapterOnly: true });
  urls = { direct: server.url, stock: await stock.listen({ host: '127.0.0.1', port: 0 }) };
  person = await server.signUp();
  const credits = { userId: person.id, amount: 100, reasonCode: 'purchase' };
  await send(urls.stock, { path: 'credits.adjustCredits', body: JSON.stringify(credits) });
  const created = await send(urls.stock, { path: 'videos.createVideoGeneration', body: JSON.stringify(charge()) });
  ({ videoId } = (JSON.parse(created.body) as { result: { data: { videoId: string } } }).result.data);
});
afterAll(() => server.close());

function charge(more: object = {}) {
  return {
    userId: person.id,
    prompt: 'A beautiful sunset',
    videoType: 'text_to_video',
    durationSeconds: 5,
    resolution: '1920x1080',
    quality: 'high',
    ...more,
  };
}

const input = (value: unknown) => encodeURIComponent(typeof value === 'string' ? value : JSON.stringify(value));
const jsonl = { 'trpc-accept': 'application/jsonl' };
const nobody = '7f1c2f04-6f0c-4a51-9d3a-0c8f6e5b1a22';

const cases: [string, () => Asked][] = [
  ['a query', () => ({ path: `credits.getCreditInfo?input=${input({ userId: person.id })}` })],
  ['a query without input', () => ({ path: 'prices.listCreditPrices' })],
  ['a query with an empty input', () => ({ path: 'prices.listCreditPrices?input=' })],
  ['a query with null as input', () => ({ path: 'prices.listCreditPrices?input=null' })],
  ['a query that lacks its input', () => ({ path: 'credits.getCreditInfo' })],
  ['a query with a wrong input', () => ({ path: `credits.getCreditInfo?input=${input({ userId: 'x' })}` })],
  ['a query with broken JSON', () => ({ path: 'credits.getCreditInfo?input={' })],
  ['a query with two inputs', () => ({ path: `credits.getCreditInfo?input=${input({ userId: 'x' })}&input=1` })],
  [
    'a plus and a percent in a query',
    () => ({ path: 'accounts.listAccounts?input=%7B%22search%22:%22a+b%2525%22%7D' }),
  ],
  ['an escape that is none', () => ({ path: 'accounts.listAccounts?input=%7B%22search%22:%22%E0%A4%A%22%7D' })],
  ['a name in another alphabet', () => ({ path: `accounts.listAccounts?input=${input({ search: 'Ünïcødé 漢' })}` })],
  ['somebody unknown', () => ({ path: `credits.getCreditInfo?input=${input({ userId: nobody })}` })],
  [
    'a query of JSON type',
    () => ({ path: 'prices.listCreditPrices', headers: { 'content-type': 'application/json' } }),
  ],
  [
    'a query of form type',
    () => ({ path: 'prices.listCreditPrices', headers: { 'content-type': 'multipart/form-data' } }),
  ],
  ['a query of text type', () => ({ path: 'prices.listCreditPrices', headers: { 'content-type': 'text/plain' } })],
  [
    'a long answer, compressed',
    () => ({
      path: `${Array(10).fill('prices.listCreditPrices').join(',')}?batch=1`,
      headers: { 'accept-encoding': 'gzip' },
    }),
  ],
  ['a hash in the address', () => ({ path: 'prices.listCreditPrices?input=null#x' })],
  ['a host that is none', () => ({ path: 'prices.listCreditPrices', headers: { host: 'a b' } })],
  ['a port that is none', () => ({ path: 'prices.listCreditPrices', headers: { host: '127.0.0.1:99999' } })],
  ['a whole address', () => ({ path: '/trpc/../trpc/prices.listCreditPrices' })],
  [
    'a mutation that is refused',
    () => ({ path: 'videos.createVideoGeneration', body: JSON.stringify(charge({ durationSeconds: 300 })) }),
  ],
  [
    'a mutation that was done before',
    () => ({ path: 'videos.createVideoGeneration', body: JSON.stringify(charge({ idempotencyKey: 'done' })) }),
  ],
  [
    'the key in a header',
    () => ({
      path: 'videos.createVideoGeneration',
      body: JSON.stringify(charge()),
      headers: { 'idempotency-key': 'done' },
    }),
  ],
  [
    'two keys that differ',
    () => ({
      path: 'videos.createVideoGeneration',
      body: JSON.stringify(charge({ idempotencyKey: 'other' })),
      headers: { 'idempotency-key': 'done' },
    }),
  ],
  [
    'a key reused',
    () => ({
      path: 'videos.createVideoGeneration',
      body: JSON.stringify(charge({ quality: 'standard', idempotencyKey: 'done' })),
    }),
  ],
  [
    'a mutation of nobody',
    () => ({ path: 'videos.createVideoGeneration', body: JSON.stringify(charge()), headers: { authorization: '' } }),
  ],
  ['a token that is none', () => ({ path: 'prices.listCreditPrices', headers: { authorization: 'Bearer x' } })],
  [
    'a key that is none',
    () => ({
      path: 'videos.softDeleteVideo',
      body: '{"videoId":"x"}',
      headers: { authorization: `Bearer rdk_${'a'.repeat(43)}` },
    }),
  ],
  ['an invalid mutation', () => ({ path: 'videos.createVideoGeneration', body: '{"userId":1,"__proto__":{"x":1}}' })],
  ['broken JSON', () => ({ path: 'videos.softDeleteVideo', body: '{' })],
  ['an empty body', () => ({ path: 'videos.softDeleteVideo', body: '' })],
  ['a body of null', () => ({ path: 'videos.softDeleteVideo', body: 'null' })],
  ['a body of spaces', () => ({ path: 'videos.softDeleteVideo', body: '  ' })],
  ['a byte order mark', () => ({ path: 'videos.softDeleteVideo', body: '\uFEFF{"videoId":"x"}' })],
  ['a body that is too long', () => ({ path: 'videos.softDeleteVideo', body: JSON.stringify('x'.repeat(300_000)) })],
  [
    'JSON in capitals',
    () => ({
      path: 'videos.softDeleteVideo',
      body: '{"videoId":"x"}',
      headers: { 'content-type': 'Application/JSON' },
    }),
  ],
  [
    'JSON with a charset',
    () => ({
      path: 'videos.softDeleteVideo',
      body: '{"videoId":"x"}',
      headers: { 'content-type': 'application/json; charset=utf-8' },
    }),
  ],
  [
    'a form',
    () => ({
      path: 'videos.softDeleteVideo',
      body: 'a=b',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    }),
  ],
  [
    'several parts',
    () => ({
      path: 'videos.softDeleteVideo',
      body: '--x\r\ncontent-disposition: form-data; name="videoId"\r\n\r\nx\r\n--x--',
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
    }),
  ],
  [
    'bytes',
    () => ({ path: 'videos.softDeleteVideo', body: 'x', headers: { 'content-type': 'application/octet-stream' } }),
  ],
  [
    'an input in the address of a mutation',
    () => ({ path: `videos.softDeleteVideo?input=${input({ videoId })}`, body: '' }),
  ],
  ['a mutation by GET', () => ({ path: `videos.softDeleteVideo?input=${input({ videoId })}` })],
  ['a query by POST', () => ({ path: 'prices.listCreditPrices', body: 'null' })],
  ['HEAD', () => ({ method: 'HEAD', path: 'prices.listCreditPrices' })],
  ['OPTIONS', () => ({ method: 'OPTIONS', path: 'prices.listCreditPrices' })],
  ['PUT', () => ({ method: 'PUT', path: 'videos.softDeleteVideo', body: '{}' })],
  ['PATCH', () => ({ method: 'PATCH', path: 'videos.softDeleteVideo', body: '{}' })],
  ['DELETE', () => ({ method: 'DELETE', path: 'videos.softDeleteVideo' })],
  ['an unknown procedure', () => ({ path: 'videos.nothing' })],
  ['an unknown mutation', () => ({ path: 'videos.nothing', body: '{}' })],
  ['a router as a procedure', () => ({ path: 'videos' })],
  ['__proto__', () => ({ path: '__proto__' })],
  ['videos.__proto__', () => ({ path: 'videos.__proto__' })],
  ['constructor', () => ({ path: 'constructor', body: '{}' })],
  ['hasOwnProperty', () => ({ path: 'hasOwnProperty' })],
  ['toString,valueOf in a batch', () => ({ path: 'toString,valueOf?batch=1' })],
  ['nothing', () => ({ path: '' })],
  ['a percent-encoded name', () => ({ path: 'prices%2ElistCreditPrices' })],
  ['a name encoded twice', () => ({ path: 'prices%252ElistCreditPrices' })],
  ['a name with a broken escape', () => ({ path: 'prices.list%E0%A4%A' })],
  ['a name with a broken escape inside', () => ({ path: 'prices.list%25E0' })],
  ['a slash in a name', () => ({ path: 'prices%2FlistCreditPrices' })],
  ['a slash at the end', () => ({ path: 'prices.listCreditPrices/' })],
  ['a name that is too long', () => ({ path: 'x'.repeat(6_000) })],
  ['a subscription', () => ({ path: 'live.changes?input={}', headers: { authorization: '' } })],
  ['a subscription in a batch', () => ({ path: 'live.changes?batch=1&input={}' })],
  ['a subscription by POST', () => ({ path: 'live.changes', body: '{}' })],
  [
    'a batch',
    () => ({
      path: `prices.listCreditPrices,credits.getCreditInfo?batch=1&input=${input({ 1: { userId: person.id } })}`,
    }),
  ],
  ['a batch of one', () => ({ path: 'prices.listCreditPrices?batch=1' })],
  [
    'a batch that fails in part',
    () => ({
      path: `prices.listCreditPrices,credits.getCreditInfo,videos.getVideo?batch=1&input=${input({ 1: { userId: nobody }, 2: {} })}`,
    }),
  ],
  [
    'a batch that fails as a whole',
    () => ({
      path: `credits.getCreditInfo,credits.getCreditInfo?batch=1&input=${input({ 0: { userId: nobody }, 1: { userId: nobody } })}`,
    }),
  ],
  [
    'a batch of mutations',
    () => ({
      path: 'videos.softDeleteVideo,videos.restoreVideo?batch=1',
      body: JSON.stringify({ 0: { videoId: nobody }, 1: { videoId: 'x' } }),
    }),
  ],
  ['a batch of broken JSON', () => ({ path: 'videos.softDeleteVideo,videos.restoreVideo?batch=1', body: '{' })],
  [
    'a batch whose input is a list',
    () => ({ path: 'prices.listCreditPrices,credits.getCreditInfo?batch=1&input=[1,2]' }),
  ],
  ['a batch whose input is a number', () => ({ path: 'credits.getCreditInfo?batch=1&input=1' })],
  ['a batch whose input is null', () => ({ path: 'credits.getCreditInfo?batch=1&input=null' })],
  ['a batch without input', () => ({ path: 'credits.getCreditInfo,prices.listCreditPrices?batch=1' })],
  ['a batch with an input too many', () => ({ path: 'prices.listCreditPrices?batch=1&input={"0":null,"7":1}' })],
  [
    'a batch with null for one',
    () => ({ path: 'prices.listCreditPrices,credits.getCreditInfo?batch=1&input={"0":null,"1":null}' }),
  ],
  ['a batch that is not said to be one', () => ({ path: 'prices.listCreditPrices,prices.listCreditPrices' })],
  ['batch=2', () => ({ path: 'prices.listCreditPrices?batch=2' })],
  ['batch=1 twice', () => ({ path: 'prices.listCreditPrices?batch=0&batch=1' })],
  ['a batch with an unknown one', () => ({ path: 'prices.listCreditPrices,nothing.here?batch=1' })],
  [
    'a batch of queries and mutations',
    () => ({ path: 'prices.listCreditPrices,videos.softDeleteVideo?batch=1&input={}' }),
  ],
  ['a batch with a comma at the end', () => ({ path: 'prices.listCreditPrices,?batch=1' })],
  ['a batch with %2C', () => ({ path: 'prices.listCreditPrices%2Cprices.listCreditPrices?batch=1' })],
  ['ten calls', () => ({ path: `${Array(10).fill('prices.listCreditPrices').join(',')}?batch=1` })],
  ['eleven calls', () => ({ path: `${Array(11).fill('prices.listCreditPrices').join(',')}?batch=1` })],
  [
    'a batch with a key in its header',
    () => ({
      path: 'videos.softDeleteVideo,videos.restoreVideo?batch=1',
      body: '{}',
      headers: { 'idempotency-key': 'k' },
    }),
  ],
  [
    'a stream',
    () => ({
      path: `prices.listCreditPrices,credits.getCreditInfo?batch=1&input=${input({ 1: { userId: person.id } })}`,
      headers: jsonl,
    }),
  ],
  ['a stream of one', () => ({ path: 'prices.listCreditPrices?batch=1&input={}', headers: jsonl })],
  [
    'a stream that fails in part',
    () => ({
      path: `prices.listCreditPrices,credits.getCreditInfo,videos.getVideo?batch=1&input=${input({ 1: { userId: nobody }, 2: {} })}`,
      headers: jsonl,
    }),
  ],
  [
    'a stream of mutations',
    () => ({
      path: 'videos.softDeleteVideo,videos.restoreVideo?batch=1',
      body: JSON.stringify({ 0: { videoId: nobody }, 1: { videoId: 'x' } }),
      headers: jsonl,
    }),
  ],
  ['a stream of broken JSON', () => ({ path: 'videos.softDeleteVideo?batch=1', body: '{', headers: jsonl })],
  [
    'a stream, compressed',
    () => ({
      path: `accounts.listAccounts,prices.listCreditPrices?batch=1&input=${input({ 0: {} })}`,
      headers: { ...jsonl, 'accept-encoding': 'gzip' },
    }),
  ],
  ['a stream with an unknown one', () => ({ path: 'prices.listCreditPrices,nothing.here?batch=1', headers: jsonl })],
  [
    'a stream of nobody',
    () => ({ path: 'credits.getCreditInfo?batch=1&input={}', headers: { ...jsonl, authorization: '' } }),
  ],
  ['a stream that is no batch', () => ({ path: 'prices.listCreditPrices', headers: jsonl })],
  [
    'a stream asked for by Accept',
    () => ({ path: 'prices.listCreditPrices?batch=1', headers: { accept: 'text/html, application/jsonl' } }),
  ],
  [
    'an unknown way to be answered',
    () => ({ path: 'prices.listCreditPrices?batch=1', headers: { 'trpc-accept': 'text/event-stream' } }),
  ],
  ['connection parameters', () => ({ path: 'prices.listCreditPrices?connectionParams={"a":"b"}' })],
  ['connection parameters that are none', () => ({ path: 'prices.listCreditPrices?connectionParams=1' })],
];

describe('is answered as by the stock adapter, to the letter:', () => {
  beforeAll(async () => {
    await send(urls.stock, {
      path: 'videos.createVideoGeneration',
      body: JSON.stringify(charge({ idempotencyKey: 'done' })),
    });
  });

  test.each(cases)('%s', async (_title, ask) => {
    const asked = ask();
    const id = randomUUID();
    const headers = { ...asked.headers, 'x-request-id': id };
    const direct = await send(urls.direct, { ...asked, headers });
    const stock = await send(urls.stock, { ...asked, headers });
    expect(comparable(direct)).toEqual(comparable(stock));
    expect(stock.headers['x-request-id']).toBe(id);
    // Of a path that can't be read nothing is logged, and no call is made.
    const isRead = !asked.path.includes('%E0%A4%A') || asked.path.includes('?');
    await expect.poll(() => requestLines(server.log(), id)).toHaveLength(isRead ? 2 : 0);
    const [first, second] = requestLines(server.log(), id);
    expect(first).toEqual(second);
  });

  test('and counted as by it', async () => {
    const countsOf = async (url: string) => {
      const { body } = await send(url, { path: '/metrics' });
      return body
        .split('\n')
        .filter((line) => /^reeldesk_(calls|errors)_total/.test(line) && !/adjustCredits/.test(line));
    };
    const [direct, stock] = await Promise.all([countsOf(urls.direct), countsOf(urls.stock)]);
    // What prepares these tests went to one of them only.
    const own = stock.map((line) =>
      line.startsWith('reeldesk_calls_total{procedure="videos.createVideoGeneration",status="200"}')
        ? line.replace(/\d+$/, (n) => String(Number(n) - 2))
        : line,
    );
    expect(direct.toSorted()).toEqual(own.toSorted());
    expect(direct.length).toBeGreaterThan(20);
  });
});

test('a client that leaves while its call waits is logged as gone, and what it began is finished', async () => {
  const { id: userId } = await server.signUp();
  const body = JSON.stringify({ userId, amount: 100, reasonCode: 'purchase' });
  await send(urls.stock, { path: 'credits.adjustCredits', body });
  const holder = await server.owner.connect();
  try {
    await holder.query('begin');
    await holder.query('select from public.profiles where id = $1 for update', [userId]);
    const ids = { direct: randomUUID(), stock: randomUUID() };
    for (const [name, id] of Object.entries(ids)) {
      const { hostname, port } = new URL(urls[name as keyof typeof urls]);
      const asked = request({
        hostname,
        port,
        agent: false,
        method: 'POST',
        path: '/trpc/credits.adjustCredits',
        headers: {
          authorization: `Bearer ${testKeys.secretKey}`,
          'content-type': 'application/json',
          'x-request-id': id,
        },
      });
      asked.on('error', () => undefined);
      asked.end(body);
      await expect
        .poll(async () => {
          const { rows } = await server.owner.query<{ waiting: number }>(
            `select count(*)::integer as waiting from pg_stat_activity where cardinality(pg_blocking_pids(pid)) > 0`,
          );
          return rows[0]?.waiting;
        })
        .toBeGreaterThanOrEqual(name === 'direct' ? 1 : 2);
      asked.destroy();
      await expect.poll(() => requestLines(server.log(), id)).toMatchObject([{ aborted: true }]);
    }
  } finally {
    await holder.query('commit');
    holder.release();
  }
  await expect
    .poll(async () => {
      const { rows } = await server.owner.query<{ credits: number }>(
        'select credits from public.profiles where id = $1',
        [userId],
      );
      return rows[0]?.credits;
    })
    .toBe(300);
});
