import { CircleDashed, CircleOff, Radio } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useSession } from '../session.ts';
import { useSignInNeed } from '../sign-in-state.ts';
import { liveStrings as t } from '../strings/live.ts';
import { strings } from '../strings.ts';
import { announce } from '../ui/announcer.tsx';
import { cx } from '../ui/cx.ts';
import { toastDone } from '../ui/toasts.ts';
import { heedOtherTabs } from './other-tabs.ts';
import { followLive } from './connection.ts';
import { useLiveState, type LiveState } from './live-state.ts';

const looks: Record<LiveState, { icon: typeof Radio; ink: string }> = {
  connecting: { icon: CircleDashed, ink: 'text-muted' },
  live: { icon: Radio, ink: 'text-back' },
  reconnecting: { icon: CircleDashed, ink: 'text-caution' },
  off: { icon: CircleOff, ink: 'text-muted' },
};

/** Follows what changes while it is there, and says whether that works. `isFirst` of those of one page. */
export function LiveIndicator({ isFirst = false }: { isFirst?: boolean }) {
  const state = useLiveState();
  const isSignedOut = useSignInNeed() === 'ended';
  useEffect(() => (isSignedOut ? undefined : followLive()), [isSignedOut]);
  const { icon: Icon, ink } = looks[state];
  return (
    <>
      {isFirst && <Announcements />}
      <p title={t.explained[state]} className="flex items-center gap-1.5 text-xs text-muted" data-live={state}>
        <Icon aria-hidden className={cx('size-3.5', ink)} />
        <span className="sr-only">{t.label} </span>
        {t.states[state]}
      </p>
    </>
  );
}

/** Says that what is shown is no longer up to date, or is again, that a role changed, and heeds other tabs; once. */
function Announcements() {
  const state = useLiveState();
  const { role } = useSession();
  const before = useRef({ state, role });
  useEffect(() => heedOtherTabs(), []);
  useEffect(() => {
    const was = before.current;
    before.current = { state: state === 'connecting' ? was.state : state, role };
    const isNews = state === 'live' ? was.state !== 'live' && was.state !== 'connecting' : was.state === 'live';
    if (isNews) {
      announce(t.explained[state]);
    }
    if (role !== null && was.role !== null && was.role !== role) {
      toastDone({ title: t.roleIsNow(strings.shell.roles[role]), text: t.roleHint[role] });
    }
  }, [state, role]);
  return null;
}
