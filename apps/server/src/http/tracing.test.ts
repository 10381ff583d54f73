import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { startTestServer, testKeys, type TestServer } from '../testing/test-server.ts';
import { startTracing, type Tracing } from './tracing.ts';

const span = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  attributes: z.array(z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) })),
});
const body = z.object({
  resourceSpans: z.array(z.object({ scopeSpans: z.array(z.object({ spans: z.array(span) })) })),
});

let collector: Server;
let tracing: Tracing;
let server: TestServer;
const received: string[] = [];

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
  tracing = await startTracing({ endpoint: `http://127.0.0.1:${port}/`, serviceName: 'reeldesk-test' });
  server = await startTestServer({ app: { tracing } });
});
afterAll(async () => {
  await server.close();
  collector.close();
});

test('a traced call is one trace: request, procedure, statements, and no word of what was given to them', async () => {
  const { id: userId } = await server.signUp();
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const prompt = 'a prompt that nobody else should read';
  const response = await server.app.inject({
    method: 'POST',
    url: '/trpc/videos.createVideoGeneration?secret=in-the-query',
    headers: {
      authorization: `Bearer ${testKeys.secretKey}`,
      traceparent: `00-${traceId}-b7ad6b7169203331-01`,
      'x-request-id': 'traced-request',
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
  await tracing.stop();
  const spans = received
    .flatMap((text) => body.parse(JSON.parse(text)).resourceSpans)
    .flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
  const own = spans.filter((each) => each.traceId === traceId);
  const attributesOf = (name: string) =>
    Object.fromEntries(
      own.find((each) => each.name === name)?.attributes.map(({ key, value }) => [key, Object.values(value)[0]]) ?? [],
    );
  const request = own.find(({ name }) => name === 'POST /trpc/:path');
  const call = own.find(({ name }) => name === 'videos.createVideoGeneration');
  expect(request?.parentSpanId).toBe('b7ad6b7169203331');
  expect(call?.parentSpanId).toBe(request?.spanId);
  expect(attributesOf('POST /trpc/:path')).toMatchObject({
    'http.response.status_code': 402,
    'url.path': '/trpc/videos.createVideoGeneration',
    'reeldesk.request_id': 'traced-request',
  });
  expect(attributesOf('videos.createVideoGeneration')).toMatchObject({
    'reeldesk.reason': 'insufficient_credits',
    'reeldesk.caller': 'backend',
  });
  const statement = own.find(({ name }) => name === 'prisma:client:db_query');
  expect(statement?.attributes.find(({ key }) => key === 'db.query.text')?.value).toMatchObject({
    stringValue: expect.stringContaining('reeldesk.call_together($1'),
  });
  const isBelow = (id: string | undefined): boolean =>
    id !== undefined && (id === call?.spanId || isBelow(own.find(({ spanId }) => spanId === id)?.parentSpanId));
  expect(isBelow(statement?.parentSpanId)).toBe(true);
  const log = server
    .log()
    .split('\n')
    .find((line) => line.includes('traced-request') && line.includes('"request"'));
  expect(JSON.parse(log ?? '{}')).toMatchObject({ traceId });
  const all = received.join('');
  expect(all).toContain('reeldesk-test');
  for (const secret of [prompt, 'in-the-query', userId, ...Object.values(testKeys)]) {
    expect(all).not.toContain(secret);
  }
});
