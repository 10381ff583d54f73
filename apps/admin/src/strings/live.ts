import { count } from '../strings.ts';

interface Waiting {
  newRows: number;
  isMore: boolean;
  gone: number;
}

/** What changes while a page is open. */
export const liveStrings = {
  label: 'Updates:',
  states: { connecting: 'Connecting…', live: 'Live', reconnecting: 'Reconnecting…', off: 'Not live' },
  explained: {
    connecting: 'Live updates are being started.',
    live: 'Figures and rows change as things happen.',
    reconnecting: 'The connection for live updates is lost. What you see may be old; it is tried again by itself.',
    off: 'The server sends no live updates. What you see is read again once a minute.',
  },
  waiting: ({ newRows, isMore, gone }: Waiting) =>
    [
      newRows > 0 && (isMore ? `${newRows} or more new rows` : count(newRows, 'new row', 'new rows')),
      gone > 0 && `${gone.toLocaleString('en')} no longer here`,
    ]
      .filter(Boolean)
      .join(', '),
  show: 'show',
  showHint: 'Nothing moves until you ask for it. Key: n',
  announced: (what: string) => `${what}. The button above the table shows them.`,
  shown: 'The list is up to date.',
  roleIsNow: (role: string) => `Your role is now ${role}`,
  roleHint: {
    admin: 'You can do everything at this desk now.',
    analyst: 'You can look at everything, and what you may no longer do is disabled.',
  },
  signedOutElsewhere: 'You signed out in another tab.',
};
