import { queryClient } from '../api.ts';
import { sessionOptions, tabs } from '../session.ts';
import { requireSignIn } from '../sign-in-state.ts';

/** Does as another tab of the desk did: signs out with it, and goes on when its person signed in again. */
export function heedOtherTabs(): () => void {
  const heed = ({ data: userId }: MessageEvent<string | null>) => {
    const current = queryClient.getQueryData(sessionOptions.queryKey)?.userId;
    if (userId === null) {
      // What it shows is not for whoever sits here next.
      const search = new URLSearchParams({ redirect: location.pathname + location.search, out: 'elsewhere' });
      location.assign(`/sign-in?${search.toString()}`);
    } else if (userId === current) {
      requireSignIn(null);
      void queryClient.invalidateQueries();
    } else {
      location.assign('/');
    }
  };
  tabs.addEventListener('message', heed);
  return () => tabs.removeEventListener('message', heed);
}
