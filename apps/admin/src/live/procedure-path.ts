import type { AppRouter } from '@reeldesk/api/router';
import type { inferRouterOutputs } from '@trpc/server';

type Outputs = inferRouterOutputs<AppRouter>;

/** A procedure as its queries are named: a name that no procedure has does not compile. */
export type ProcedurePath = { [R in keyof Outputs]: `${R}.${keyof Outputs[R] & string}` }[keyof Outputs];
