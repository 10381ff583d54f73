import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import { expectTypeOf, test } from 'vitest';
import type { createReeldeskClient } from './client.ts';
import type { ErrorData, Reason } from './contract/errors.ts';
import type { AppRouter } from './router.ts';

// The compiler checks this file (tsc -b); at run time nothing of it is left.

type Inputs = inferRouterInputs<AppRouter>;
type Outputs = inferRouterOutputs<AppRouter>;

type IsAny<T> = 0 extends 1 & T ? true : false;
/** The paths at which a type holds `any`, however deep; `never` when there is none. */
type AnyIn<T, Path extends string = ''> =
  IsAny<T> extends true
    ? Path
    : T extends string | number | boolean | null | undefined
      ? never
      : T extends readonly (infer Item)[]
        ? AnyIn<Item, `${Path}[]`>
        : T extends object
          ? { [Key in keyof T & string]: AnyIn<T[Key], `${Path}.${Key}`> }[keyof T & string]
          : never;

test('no input and no output of a procedure holds any', () => {
  expectTypeOf<AnyIn<Inputs>>().toBeNever();
  expectTypeOf<AnyIn<Outputs>>().toBeNever();
  expectTypeOf<AnyIn<ErrorData>>().toBeNever();
});

test('any would be found, however deep', () => {
  // oxlint-disable-next-line typescript/no-explicit-any -- what is looked for
  expectTypeOf<AnyIn<{ a: { b: { c: any }[] } }>>().toEqualTypeOf<'.a.b[].c'>();
});

test('every procedure is there under its name, with what it takes and answers', () => {
  type Client = ReturnType<typeof createReeldeskClient>;
  expectTypeOf<Client['videos']['createVideoGeneration']['mutate']>().toBeFunction();
  expectTypeOf<Client['refunds']['refundManyVideoCredits']['mutate']>().toBeFunction();
  expectTypeOf<Client['keys']['listApiKeys']['query']>().toBeFunction();
  expectTypeOf<Inputs['videos']['createVideoGeneration']['videoType']>().toEqualTypeOf<
    'text_to_video' | 'image_to_video'
  >();
  expectTypeOf<Outputs['videos']['createVideoGeneration']['creditsRemaining']>().toEqualTypeOf<number>();
  expectTypeOf<Outputs['credits']['creditStatement']['items'][number]['type']>().toEqualTypeOf<
    'opening' | 'charge' | 'refund' | 'adjustment'
  >();
  expectTypeOf<Outputs['refunds']['refundManyVideoCredits']['items'][number]['outcome']>().toEqualTypeOf<
    'refunded' | 'error'
  >();
  expectTypeOf<NonNullable<Inputs['accounts']['listAccounts']['sort']>>().toEqualTypeOf<
    'newest' | 'oldest' | 'most_credits' | 'fewest_credits'
  >();
});

test('a reason is one of a union that a switch can exhaust', () => {
  expectTypeOf<ErrorData['reason']>().toEqualTypeOf<Reason>();
  expectTypeOf<'insufficient_credits'>().toExtend<Reason>();
  expectTypeOf<string>().not.toExtend<Reason>();
});

test('a switch over the reason knows the figures that come with it', () => {
  type Insufficient = Extract<ErrorData, { reason: 'insufficient_credits' }>['details'];
  expectTypeOf<Insufficient['credits']>().toEqualTypeOf<number>();
  expectTypeOf<Extract<ErrorData, { reason: 'forbidden' }>['details']>().toExtend<Record<string, unknown>>();
});
