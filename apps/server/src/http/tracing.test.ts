import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { startTestServer, testKeys, type TestServer } from '../testing/test-server.ts';
import { startTracing } from './tracing.ts';

const span = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  links: z.array(z.object({ traceId: z.string(), spanId: z.string() })).optional(),
  attributes: z.array(z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) })),
});
const body = z.object({
  resourceSpans: z.array(z.object({ scopeSpans: z.array(z.object({ spans: z.array(span) })) })),
});

type ReceivedSpan = z.infer<typeof span>;

const prompt = 'a prompt that nobody else should read';
const lonelyTrace = '0af7651916cd43dd8448eb211c80319c';
const sharingTraces = Array.from({ length: 5 }, (_, index) => `${index + 1}`.repeat(32));
const received: string[] = [];
const spans: ReceivedSpan[] = [];
let collector: Server;
let server: TestServer;
let userId: string;

const attributesOf = (found: ReceivedSpan | undefined) =>
  Object.fromEntries(found?.attributes.map(({ key, value }) => [key, Object.values(value)[0]]) ?? []);

const isBelow = (below: ReceivedSpan | undefined, above: ReceivedSpan | undefined): boolean =>
  below !== undefined &&
  (below.parentSpanId === above?.spanId ||
    isBelow(
      spans.find(({ spanId }) => spanId === below.parentSpanId),
      above,
    ));

async function charge(traceId: string): Promise<void> {
  const response = await server.app.inject({
    method: 'POST',
    url: '/trpc/videos.createVideoGeneration?secret=in-the-query',
    headers: {
      authorization: `Bearer ${testKeys.secretKey}`,
      traceparent: `00-${traceId}-b7ad6b7169203331-01`,
      'x-request-id': `traced-${traceId}`,
    },
    payload: {
      userId,
      prompt,
      videoType: 'text_to_video',
      durationSeconds: 5,
      resolution: '1920x1080',
      quality: 'high',
    },
  });
  expect(response.statusCode).toBe(402);
}

beforeAll(async () => {
  collector = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
    request.on('end', () => {
      received.push(text);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const { port } = collector.address() as AddressInfo;
  const tracing = await startTracing({ endpoint: `http://127.0.0.1:${port}/`, serviceName: 'reeldesk-test' });
  const { traceSharedStatement } = tracing;
  server = await startTestServer({ app: { tracing }, database: { traceSharedStatement } });
  ({ id: userId } = await server.signUp());
  await charge(lonelyTrace);
  await Promise.all(sharingTraces.map(charge));
  await tracing.stop();
  spans.push(
    ...received
      .flatMap((text) => body.parse(JSON.parse(text)).resourceSpans)
      .flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
  );
});
afterAll(async () => {
  await server.close();
  collector.close();
});

test('a traced call is one trace: request, procedure, statements', () => {
  const own = (wanted: string) => spans.find(({ traceId, name }) => traceId === lonelyTrace && name === wanted);
  const request = own('POST /trpc/:path');
  const call = own('videos.createVideoGeneration');
  expect(request?.parentSpanId).toBe('b7ad6b7169203331');
  expect(call?.parentSpanId).toBe(request?.spanId);
  expect(attributesOf(request)).toMatchObject({
    'http.response.status_code': 402,
    'url.path': '/trpc/videos.createVideoGeneration',
    'reeldesk.request_id': `traced-${lonelyTrace}`,
  });
  expect(attributesOf(call)).toMatchObject({
    'reeldesk.reason': 'insufficient_credits',
    'reeldesk.caller': 'backend',
  });
  const statement = own('prisma:client:db_query');
  expect(attributesOf(statement)['db.query.text']).toContain('reeldesk.call_together($1');
  expect(isBelow(statement, call)).toBe(true);
  const log = server
    .log()
    .split('\n')
    .find((line) => line.includes(`traced-${lonelyTrace}`) && line.includes('"request"'));
  expect(JSON.parse(log ?? '{}')).toMatchObject({ traceId: lonelyTrace });
});

test('calls that share a statement each have it in their own trace, and lead to the one it was sent in', () => {
  const of = (traceId: string, wanted: string) =>
    spans.filter((each) => each.traceId === traceId && each.name === wanted);
  const shares = sharingTraces.map((traceId) => {
    const [share, ...more] = of(traceId, 'shared statement');
    expect(more).toEqual([]);
    expect(isBelow(share, of(traceId, 'videos.createVideoGeneration')[0])).toBe(true);
    return share!;
  });
  const linked = shares.filter(({ links = [] }) => links.length > 0);
  expect(linked.length).toBeGreaterThan(0);
  for (const { traceId, links, attributes } of linked) {
    const carrier = shares.find(({ spanId }) => spanId === links?.[0]?.spanId)!;
    expect(carrier).toMatchObject({ traceId: links?.[0]?.traceId, attributes });
    expect(Number(attributesOf(carrier)['reeldesk.shared_calls'])).toBeGreaterThan(1);
    expect(of(traceId, 'prisma:client:db_query')).toEqual([]);
    expect(isBelow(of(carrier.traceId, 'prisma:client:db_query')[0], carrier)).toBe(true);
  }
  const statements = sharingTraces.flatMap((traceId) => of(traceId, 'prisma:client:db_query'));
  expect(statements).toHaveLength(shares.length - linked.length);
});

test('spans hold no word of what was given to a call', () => {
  const all = received.join('');
  expect(all).toContain('reeldesk-test');
  for (const secret of [prompt, 'in-the-query', userId, ...Object.values(testKeys)]) {
    expect(all).not.toContain(secret);
  }
});
