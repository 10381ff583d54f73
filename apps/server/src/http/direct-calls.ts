/* oxlint-disable no-underscore-dangle -- what tRPC's adapters read is named so */
import { Readable } from 'node:stream';
import {
  getTRPCErrorFromUnknown,
  getTRPCErrorShape,
  TRPCError,
  type AnyTRPCProcedure,
  type AnyTRPCRouter,
  type inferRouterContext,
} from '@trpc/server';
import { getHTTPStatusCode } from '@trpc/server/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isRunAsUsual, runProcedure } from './run-procedure.ts';

export interface DirectCallsOptions<R extends AnyTRPCRouter> {
  router: R;
  createContext: (request: FastifyRequest, reply: FastifyReply) => inferRouterContext<R>;
  onError: (request: FastifyRequest, error: TRPCError, path: string) => void;
  /** Headers of every answer; of a streamed one before any error is known. */
  headersOf: (errors: TRPCError[]) => Record<string, string>;
}

/** Answers a request, or `null` when it is not a plain one: the stock adapter then has to. */
export type DirectCalls = (request: FastifyRequest, reply: FastifyReply, path: string) => Promise<FastifyReply> | null;

interface PlainRequest {
  isBatch: boolean;
  isStream: boolean;
  procedures: { path: string; procedure: AnyTRPCProcedure }[];
  /** The JSON text of all inputs. */
  text: string | null;
}

/**
 * Calls queries and mutations straight from node's request. The stock adapter first makes a Request, signals and web
 * streams of it, which takes processor time that no call needs. What is asked in any unusual way is left to it,
 * and both answer the same; see direct-calls.test.ts.
 */
export function createDirectCalls<R extends AnyTRPCRouter>(options: DirectCallsOptions<R>): DirectCalls {
  const { router, createContext, onError, headersOf } = options;
  const { _config: config, procedures: all } = router._def;
  const { transformer } = config;
  const probe = {};
  if (
    transformer.input.deserialize(probe) !== probe ||
    transformer.output.serialize(probe) !== probe ||
    config.jsonl?.pingMs
  ) {
    throw new Error('Direct calls know neither transformers nor pings in batches.');
  }
  const procedures = new Map(
    Object.entries(all as Record<string, AnyTRPCProcedure>).filter(
      ([, procedure]) => procedure._def.type !== 'subscription' && isRunAsUsual(procedure),
    ),
  );

  return (request, reply, path) => {
    const plain = readPlainRequest(request, path, procedures);
    return plain && answer(request, reply, plain);
  };

  async function answer(request: FastifyRequest, reply: FastifyReply, plain: PlainRequest): Promise<FastifyReply> {
    const { isBatch, isStream } = plain;
    const ctx = createContext(request, reply);
    let signal: AbortSignal | undefined;
    const abortSignal = () => {
      signal ??= signalOf(reply);
      return signal;
    };
    const inputs = createInputs(plain);
    const call = async ({ path, procedure }: PlainRequest['procedures'][number], index: number) => {
      const { type } = procedure._def;
      const getRawInput = async () => inputs.read()[index];
      try {
        const data = await runProcedure(procedure, { ctx, type, path, getRawInput, batchIndex: index, abortSignal });
        return { body: { result: { data } }, error: undefined };
      } catch (cause) {
        const error = getTRPCErrorFromUnknown(cause);
        onError(request, error, path);
        const input = inputs.result()?.[index];
        return { body: { error: getTRPCErrorShape({ config, ctx, error, input, path, type }) }, error };
      }
    };
    const calls = plain.procedures.map(call);
    reply.header('vary', 'trpc-accept, accept').header('content-type', 'application/json');
    if (isStream) {
      return reply.headers({ ...headersOf([]), 'transfer-encoding': 'chunked' }).send(streamOf(calls));
    }
    const answers = await Promise.all(calls);
    const bodies = answers.map(({ body }) => body);
    const errors = answers.map(({ error }) => error);
    return (
      reply
        .code(getHTTPStatusCode(bodies, errors))
        .headers(headersOf(errors.filter((error) => error !== undefined)))
        // Without a serializer the type would get a charset.
        .serializer(asItIs)
        .send(JSON.stringify(isBatch ? bodies : bodies[0]))
    );
  }
}

const asItIs = (payload: unknown) => payload as string;

const plainPath = /^[\w.,]+$/;
const plainQuery = /^[!-"$-~]*$/;

function readPlainRequest(
  request: FastifyRequest,
  path: string,
  procedures: ReadonlyMap<string, AnyTRPCProcedure>,
): PlainRequest | null {
  const { method, headers, body } = request;
  const url = request.raw.url ?? '';
  const from = url.indexOf('?');
  const query = from === -1 ? '' : url.slice(from + 1);
  const isRead = method === 'GET';
  const contentType = headers['content-type'];
  if (
    (!isRead && (method !== 'POST' || typeof body !== 'string')) ||
    !(contentType === 'application/json' || (isRead && contentType === undefined)) ||
    !plainPath.test(path) ||
    !plainQuery.test(query) ||
    !isKnownHost(headers.host)
  ) {
    return null;
  }
  const parameters = new URLSearchParams(query);
  const isBatch = parameters.get('batch') === '1';
  const isStream = asksForStream(request);
  if (parameters.has('connectionParams') || isStream === null || (isStream && !isBatch)) {
    return null;
  }
  const found: PlainRequest['procedures'] = [];
  const type = isRead ? 'query' : 'mutation';
  for (const name of isBatch ? path.split(',') : [path]) {
    const procedure = procedures.get(name);
    if (procedure?._def.type !== type) {
      return null;
    }
    found.push({ path: name, procedure });
  }
  return { isBatch, isStream, procedures: found, text: isRead ? parameters.get('input') : (body as string) };
}

// `null`: in a way that is not ours to read.
function asksForStream({ headers }: FastifyRequest): boolean | null {
  const own = headers['trpc-accept'];
  if (own !== undefined) {
    return own === 'application/jsonl' ? true : null;
  }
  return headers.accept?.includes('jsonl') ? null : false;
}

const hosts = new Set<string>();

// The stock adapter refuses a request whose host makes no URL.
function isKnownHost(host: string | undefined): boolean {
  if (host === undefined || hosts.has(host)) {
    return true;
  }
  if (!/^[\w.:[\]-]+$/.test(host) || !URL.canParse(`http://${host}/`)) {
    return false;
  }
  if (hosts.size < 1_000) {
    hosts.add(host);
  }
  return true;
}

type Inputs = Record<number, unknown>;

// Read with the first call that asks: what is wrong with them is then that call's error, as with the stock adapter.
function createInputs({ isBatch, text, procedures }: PlainRequest): { read(): Inputs; result(): Inputs | undefined } {
  let inputs: Inputs | undefined;
  return {
    read: () => {
      inputs ??= parseInputs(isBatch, text, procedures.length);
      return inputs;
    },
    result: () => inputs,
  };
}

function parseInputs(isBatch: boolean, text: string | null, count: number): Inputs {
  const inputs: Inputs = Object.create(null) as Inputs;
  const given = text ? parseJson(text) : undefined;
  if (given === undefined) {
    return inputs;
  }
  if (!isBatch) {
    inputs[0] = given;
    return inputs;
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new TRPCError({
      code: 'BAD_REQUEST',
      message: '"input" needs to be an object when doing a batch call',
    });
  }
  for (let index = 0; index < count; index += 1) {
    const input = (given as Inputs)[index];
    if (input !== undefined) {
      inputs[index] = input;
    }
  }
  return inputs;
}

function parseJson(text: string): unknown {
  try {
    // As a Request would read it: a byte order mark is none of the text.
    return JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
  } catch (cause) {
    throw new TRPCError({ code: 'BAD_REQUEST', message: (cause as Error).message, cause });
  }
}

function signalOf({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  const look = () => {
    if (!raw.writableEnded) {
      controller.abort();
    }
  };
  if (raw.destroyed) {
    look();
  } else {
    raw.once('close', look);
  }
  return controller.signal;
}

/** JSON lines as tRPC's client reads them: first a place for each call, then each answer once it is there. */
function streamOf(calls: Promise<{ body: object }>[]): Readable {
  const stream = new Readable({ read: () => undefined });
  const places = calls.map((_, index) => [index, [[0], [null, 0, index]]]);
  stream.push(`${JSON.stringify(Object.fromEntries(places))}\n`);
  let chunks = calls.length;
  let left = calls.length;
  const write = (index: number, body: object) => {
    if ('result' in body) {
      const { data } = body.result as { data: unknown };
      const [result, inner] = [chunks, chunks + 1];
      chunks += 2;
      const value = data === undefined ? '[]' : `[${JSON.stringify(data)}]`;
      stream.push(
        `[${index},0,[[{"result":0}],["result",0,${result}]]]\n[${result},0,[[{"data":0}],["data",0,${inner}]]]\n[${inner},0,[${value}]]\n`,
      );
    } else {
      stream.push(`[${index},0,[[${JSON.stringify(body)}]]]\n`);
    }
    left -= 1;
    if (left === 0) {
      stream.push(null);
    }
  };
  for (const [index, call] of calls.entries()) {
    call.then(
      ({ body }) => write(index, body),
      (error: Error) => stream.destroy(error),
    );
  }
  return stream;
}
