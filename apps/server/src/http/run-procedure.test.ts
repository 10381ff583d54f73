import { initTRPC, TRPCError, type AnyTRPCProcedure } from '@trpc/server';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { isRunAsUsual, runProcedure } from './run-procedure.ts';

const t = initTRPC.context<{ who: string; seen: string[] }>().meta<{ name: string }>().create();

const noted = t.middleware(async ({ ctx, path, type, meta, batchIndex, next }) => {
  ctx.seen.push(`${type} ${path} ${meta?.name} ${batchIndex}`);
  const result = await next({ ctx: { by: `${ctx.who}!` } });
  ctx.seen.push(result.ok ? 'went well' : result.error.code);
  return result;
});
const ofAnotherInput = t.middleware(({ next }) => next({ getRawInput: async () => ({ n: 40 }) }));
const withNull = t.middleware(({ next }) => next({ ctx: null as unknown as object }));
const forgetful = t.middleware((async () => undefined) as never);
const number = z.object({ n: z.number() });
const text = z.object({ text: z.string().default('none') });

const procedures = {
  plain: t.procedure.query(({ ctx, input }) => ({ ctx, input })),
  parsed: t.procedure.input(number).query(({ input }) => input),
  parsedTwice: t.procedure
    .input(number)
    .input(text)
    .query(({ input }) => input),
  noted: t.procedure
    .meta({ name: 'noted' })
    .use(noted)
    .input(number)
    .query(({ ctx, input }) => ({ ...ctx, input })),
  notedTwice: t.procedure
    .use(noted)
    .use(noted)
    .mutation(({ ctx }) => ctx.by),
  withNull: t.procedure.use(withNull).query(({ ctx }) => ctx),
  ofAnotherInput: t.procedure
    .use(ofAnotherInput)
    .input(number)
    .query(({ input }) => input.n + 2),
  output: t.procedure.output(number).query(() => ({ n: 1, more: 'left out' })),
  wrongOutput: t.procedure
    .use(noted)
    .output(number)
    .query(() => ({ n: 'one' }) as never),
  refusal: t.procedure.use(noted).query(() => {
    throw new TRPCError({ code: 'CONFLICT', message: 'Twice.' });
  }),
  fault: t.procedure.query(() => {
    throw new RangeError('Too far.');
  }),
  oddFault: t.procedure.query(() => {
    throw 'a word';
  }),
  nothing: t.procedure.query(() => undefined),
  forgetful: t.procedure.use(forgetful).query(() => 'never'),
  forgetfulBelow: t.procedure
    .use(noted)
    .use(forgetful)
    .query(() => 'never'),
  signalled: t.procedure.query(({ signal }) => signal?.aborted),
};

type Name = keyof typeof procedures;

/** How a call ends either way, and what its middlewares saw. */
async function outcome(name: Name, raw: unknown, run: (given: { ctx: object; input: unknown }) => Promise<unknown>) {
  const ctx = { who: 'ann', seen: [] as string[] };
  try {
    return { data: await run({ ctx, input: raw }), seen: ctx.seen };
  } catch (error) {
    const { code, message, cause } = error as TRPCError;
    return { isTrpc: error instanceof TRPCError, code, message, cause: cause?.name, seen: ctx.seen };
  }
}

const call = (name: Name, { ctx, input }: { ctx: object; input: unknown }, signal: AbortSignal) => {
  const procedure = procedures[name] as unknown as AnyTRPCProcedure & ((options: object) => Promise<unknown>);
  // oxlint-disable-next-line no-underscore-dangle -- tRPC's own name
  const { type } = procedure._def;
  const common = { ctx, type, path: `some.${name}`, getRawInput: async () => input, batchIndex: 3 };
  return {
    asUsual: () => procedure({ ...common, signal }),
    directly: () => runProcedure(procedure, { ...common, abortSignal: () => signal }),
  };
};

const inputs = [undefined, { n: 1 }, { n: 'one' }, { n: 2, text: 'two' }];

test.each(Object.keys(procedures) as Name[])('%s ends as it does when tRPC runs it', async (name) => {
  const { signal } = new AbortController();
  for (const input of inputs) {
    const usual = await outcome(name, input, (given) => call(name, given, signal).asUsual());
    const direct = await outcome(name, input, (given) => call(name, given, signal).directly());
    // Its own message is of a programmer's mistake, and masked for callers.
    const message = name === 'forgetful' ? { message: expect.any(String) as string } : {};
    expect(direct).toEqual({ ...usual, ...message });
  }
});

test('a signal is made when it is asked for, and only then', async () => {
  const { signal } = new AbortController();
  let asked = 0;
  const abortSignal = () => {
    asked += 1;
    return signal;
  };
  const options = { ctx: { who: 'ann', seen: [] }, type: 'query', path: 'x', getRawInput: async () => null } as const;
  await runProcedure(procedures.plain, { ...options, batchIndex: 0, abortSignal });
  expect(asked).toBe(0);
  expect(await runProcedure(procedures.signalled, { ...options, batchIndex: 0, abortSignal })).toBe(false);
  expect(asked).toBe(1);
});

test('a procedure with a caller of its own is not run as usual', () => {
  const own = t.procedure.experimental_caller(async ({ args }) => args).query(() => 1);
  expect(isRunAsUsual(procedures.plain)).toBe(true);
  expect(isRunAsUsual(own as unknown as AnyTRPCProcedure)).toBe(false);
});
