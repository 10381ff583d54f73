/*
 * Parameters come from people and other programs: one that makes no sense is left out, and the page still opens.
 * Written out, since a schema library would be a tenth of what every page has to load first.
 */

type Param<Value> = (given: unknown) => Value | undefined;
type SearchOf<Params> = {
  [Name in keyof Params]?: Params[Name] extends Param<infer Value> ? Value | undefined : never;
};

/**
 * The search parameters of a route: those that are named and make sense. The others are there as `undefined`,
 * since the router lays these over what the address says.
 */
export function searchOf<Params extends Record<string, Param<unknown>>>(params: Params) {
  return (given: Record<string, unknown>): SearchOf<Params> => {
    const read = Object.entries(params).map(([name, param]) => [name, param(given[name])]);
    return Object.fromEntries(read) as SearchOf<Params>;
  };
}

/** Text of a form; no text is no value. */
export function matching(pattern: RegExp): Param<string> {
  return (given) => (typeof given === 'string' && pattern.test(given) ? given : undefined);
}

/** Free text; the router reads `123` as a number. */
export const text: Param<string> = (given) =>
  typeof given === 'string' || typeof given === 'number' ? String(given).trim().slice(0, 200) || undefined : undefined;

/** The position of a keyset page; what it means, only the API knows. */
export const cursor = matching(/^.{1,400}$/);

/** The id of an account or a video. */
export const id = matching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i);

/** A calendar day that exists. */
export const day: Param<string> = (given) =>
  typeof given === 'string' && /^\d{4}-\d\d-\d\d$/.test(given) && isDay(given) ? given : undefined;

function isDay(given: string): boolean {
  const moment = new Date(`${given}T00:00:00Z`);
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(given);
}

/** One of a few words or numbers. */
export function oneOf<const Words extends readonly (string | number)[]>(words: Words): Param<Words[number]> {
  return (given) => words.find((word) => word === given);
}

/** A whole number that credits can be. */
export const wholeNumber: Param<number> = (given) =>
  typeof given === 'number' && Number.isInteger(given) && Math.abs(given) <= 2_147_483_647 ? given : undefined;
