import { matching, oneOf, searchOf } from '../search-params.ts';

/** Only a path of this desk: a link may not lead people off to somewhere else after they signed in. */
export const signInSearch = searchOf({
  redirect: matching(/^\/(?![/\\])/),
  /** Signed out in another tab: said where the sign-in is asked for. */
  out: oneOf(['elsewhere']),
});
