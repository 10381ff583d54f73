import { once } from 'node:events';
import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { testKeys } from './test-server.ts';

/** A request as it goes over the wire; without a header `authorization` as the back end, with an empty one as nobody. */
export interface Asked {
  method?: string;
  /** Below `/trpc/`, unless it begins with a slash. */
  path: string;
  headers?: Record<string, string>;
  body?: string;
}

export interface Answered {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Sends one request on a connection of its own. */
export async function send(url: string, { method, path, headers = {}, body }: Asked): Promise<Answered> {
  const { hostname, port } = new URL(url);
  const asked = request({
    hostname,
    port,
    agent: false,
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    path: path.startsWith('/') ? path : `/trpc/${path}`,
    headers: {
      ...(headers['authorization'] === undefined && { authorization: `Bearer ${testKeys.secretKey}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(headers['authorization'] === '' ? omitAuthorization(headers) : headers),
    },
  }).end(body);
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  const pieces: Buffer[] = [];
  for await (const piece of response) {
    pieces.push(piece as Buffer);
  }
  const whole = Buffer.concat(pieces);
  const text = response.headers['content-encoding'] === 'gzip' ? gunzipSync(whole) : whole;
  return { status: response.statusCode ?? 0, headers: response.headers, body: text.toString('utf8') };
}

function omitAuthorization({ authorization: _none, ...headers }: Record<string, string>): Record<string, string> {
  return headers;
}

// How long an answer is may be said before it or at its end; nothing else may differ.
const framing = ['date', 'connection', 'keep-alive', 'content-length', 'transfer-encoding'];

/** What two servers must answer alike. */
export function comparable({ status, headers, body }: Answered) {
  const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => !framing.includes(name)));
  return { status, headers: kept, body: body.startsWith('{"0":[[0]') ? readStream(body) : body };
}

/** The answers of a streamed batch, whichever came first. */
function readStream(body: string): unknown {
  const [head, ...rest] = body.split('\n').filter((line) => line !== '');
  const chunks = new Map<number, unknown>();
  for (const line of rest) {
    const [index, status, value] = JSON.parse(line) as [number, number, unknown];
    chunks.set(index, { status, value });
  }
  const resolve = (value: unknown): unknown => {
    if (!Array.isArray(value)) {
      return value;
    }
    const [[plain], ...promised] = value as [unknown[], ...[string | null, number, number][]];
    let result = plain;
    for (const [key, kind, index] of promised) {
      const chunk = chunks.get(index) as { status: number; value: unknown } | undefined;
      chunks.delete(index);
      const settled = { kind, status: chunk?.status, is: chunk && resolve(chunk.value) };
      result = key === null ? settled : { ...(result as object), [key]: settled };
    }
    return result;
  };
  const answers = Object.entries(JSON.parse(head ?? '{}') as object).map(([key, value]) => [key, resolve(value)]);
  return { answers, left: [...chunks.keys()] };
}

/** What a log has of the requests with an id, but when and how long. */
export function requestLines(log: string, id: string): unknown[] {
  return log
    .split('\n')
    .filter((line) => line.includes(id) && line.includes('"msg":"request"'))
    .map((line) => {
      const { time: _time, ms: _ms, calls, ...rest } = JSON.parse(line) as { time: string; ms: number; calls?: Call[] };
      type Call = { procedure: string; ms: number };
      const named = calls
        ?.map(({ ms: _own, ...call }) => call)
        .toSorted((a, b) => (a.procedure < b.procedure ? -1 : 1));
      return { ...rest, calls: named };
    });
}
