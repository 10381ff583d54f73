/* oxlint-disable no-underscore-dangle -- what tRPC's adapters read is named so */
import { getTRPCErrorFromUnknown, TRPCError, type AnyTRPCProcedure } from '@trpc/server';

/** What a call is made with, as tRPC's adapters give it to a procedure. */
export interface CallOptions {
  ctx: unknown;
  type: AnyTRPCProcedure['_def']['type'];
  path: string;
  getRawInput: () => Promise<unknown>;
  batchIndex: number;
  /** Asked when a procedure wants to know that its client has gone: a signal costs more than most calls need it. */
  abortSignal: () => AbortSignal;
}

// `undefined` of a middleware that forgot to give one on.
type Result = { ok: true; data: unknown } | { ok: false; error: TRPCError } | undefined;

type Middleware = (
  options: Omit<CallOptions, 'abortSignal'> & {
    readonly signal: AbortSignal;
    input: unknown;
    meta: unknown;
    next: (changed?: { ctx?: object; input?: unknown; getRawInput?: () => Promise<unknown> }) => Promise<Result>;
  },
) => Promise<Result>;

/** A procedure as tRPC makes it: its parsers, what `use` added, and its resolver at the end. */
interface Internals {
  middlewares: readonly Middleware[];
  meta: unknown;
  experimental_caller?: boolean;
}

/** Whether nothing but its middlewares has a say in how it runs. */
export function isRunAsUsual(procedure: AnyTRPCProcedure): boolean {
  const { middlewares, experimental_caller: hasOwnCaller } = internalsOf(procedure);
  return Array.isArray(middlewares) && !hasOwnCaller;
}

/**
 * Runs a procedure as it runs when it is called, and answers its data or raises a TRPCError; run-procedure.test.ts
 * compares the two. tRPC copies all options, and the whole context, twice for each middleware: a tenth of a call's time.
 */
export async function runProcedure(procedure: AnyTRPCProcedure, options: CallOptions): Promise<unknown> {
  const result = await runFrom(0, internalsOf(procedure), options, undefined);
  if (!result) {
    throw new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message: 'A middleware of the procedure gave no result.' });
  }
  if (!result.ok) {
    throw result.error;
  }
  return result.data;
}

async function runFrom(
  index: number,
  procedure: Internals,
  { ctx, type, path, getRawInput, batchIndex, abortSignal }: CallOptions,
  input: unknown,
): Promise<Result> {
  try {
    return await procedure.middlewares[index]!({
      ctx,
      type,
      path,
      input,
      getRawInput,
      batchIndex,
      get signal() {
        return abortSignal();
      },
      meta: procedure.meta,
      next: (changed) =>
        runFrom(
          index + 1,
          procedure,
          {
            ctx: changed?.ctx ? { ...(ctx as object), ...changed.ctx } : ctx,
            type,
            path,
            getRawInput: changed?.getRawInput ?? getRawInput,
            batchIndex,
            abortSignal,
          },
          changed && 'input' in changed ? changed.input : input,
        ),
    });
  } catch (cause) {
    return { ok: false, error: getTRPCErrorFromUnknown(cause) };
  }
}

function internalsOf(procedure: AnyTRPCProcedure): Internals {
  return procedure._def as unknown as Internals;
}
