import type { z } from 'zod';
import type { ProcedureMeta } from './describe.ts';
import { appRouter } from './router.ts';

export interface Definition {
  path: string;
  type: 'query' | 'mutation' | 'subscription';
  meta: ProcedureMeta | undefined;
  input: z.ZodType | undefined;
  output: z.ZodType | undefined;
}

interface Internals {
  type: Definition['type'];
  meta?: ProcedureMeta;
  inputs: z.ZodType[];
  output?: z.ZodType;
}

/** Every procedure of the router with what is known of it: for documents, REST routes and tests. */
// oxlint-disable-next-line no-underscore-dangle -- tRPC's own name
export const definitions: Definition[] = Object.entries(appRouter._def.procedures).map(([path, procedure]) => {
  // oxlint-disable-next-line no-underscore-dangle -- tRPC's own name
  const { type, meta, inputs, output } = (procedure as unknown as { _def: Internals })._def;
  return { path, type, meta, input: inputs[0], output };
});
