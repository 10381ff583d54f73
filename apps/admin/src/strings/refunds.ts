import { count, creditsInWords } from '../strings.ts';

/** The refund desk: its queues, and the dialog that refunds one charge. */
export const refundsStrings = {
  title: 'Refunds',
  lead: 'Charges to give back, by queue. A refund is a ledger entry and can’t be taken back here.',
  caption: 'Charged videos, newest first',
  status: 'Video status',
  allStatuses: 'All',
  state: 'Refund state',
  states: { open: 'Left to refund', refunded: 'Refunded', all: 'Both' },
  charged: 'Charged',
  refunded: 'Refunded',
  left: 'Left',
  actions: 'Actions',
  refund: 'Refund',
  view: 'View',
  nothingLeft: 'Nothing of this charge is left to refund.',
  analystReason: 'Analysts can look but not refund. Ask an admin.',
  empty: 'Nothing to refund',
  emptyHint: 'Charged videos appear here when they fail or are completed.',
  emptyFiltered: 'No video matches these filters',
  emptyFilteredHint: 'Change or clear the filters to see other charged videos.',
  dialogTitle: 'Refund credits',
  dialogText: (owner: string) => `To ${owner}`,
  amount: 'Amount',
  amountHint: (left: number) => `${creditsInWords(left)} left of the charge.`,
  amountInvalid: (left: number) => `Enter a whole number from 1 to ${left.toLocaleString('en')}.`,
  reason: 'Reason',
  reasonHint: 'Shown in the ledger and in the audit log.',
  reasonMissing: 'Say why the credits are given back.',
  reasonUntrue: 'This video is completed: give a reason of its own.',
  balanceNow: 'Balance now',
  balanceAfter: 'Balance after',
  thisRefund: 'This refund',
  earlier: 'Earlier refunds',
  confirm: (amount: number) => `Refund ${creditsInWords(amount)}`,
  confirmPlain: 'Refund',
  pending: 'Refunding…',
  done: (amount: number) => `${creditsInWords(amount)} refunded`,
  doneText: (owner: string, balance: number) => `${owner} now has ${creditsInWords(balance)}.`,
  doneTextPlain: (owner: string) => `Given back to ${owner}.`,
  stale: (amount: number) =>
    `${creditsInWords(amount)} of this charge ${amount === 1 ? 'was' : 'were'} given back while this dialog was open.`,
  staleHint: 'The figures below are the new ones. Check the amount before you go on.',
  notYet: 'This video is still being made. It can be refunded once it has failed or is completed.',
  queues: { failed: 'Failed and charged', stuck: 'Stuck', unusual: 'To review', all: 'All charges' },
  queueLabel: 'Queues',
  queueCount: (videos: number) => count(videos, 'video', 'videos'),
  queueHints: {
    failed: 'Failed, and something of the charge is still to be given back.',
    unusual: 'Refunded although completed, or only in part: look whether that was meant.',
  },
  stuckTitle: 'Stuck videos can’t be refunded yet',
  stuckHint:
    'The provider may still finish them. Once the back end says that one has failed, its charge is given back by itself, or waits under “Failed and charged”.',
  stuckFor: 'Stuck for more than',
  minutes: (value: number) =>
    value < 60
      ? `${value} minutes`
      : value === 60
        ? '1 hour'
        : value < 1440
          ? `${value / 60} hours`
          : `${value / 1440} day`,
  stuckCaption: 'Videos that are pending or processing for long, oldest first',
  open: 'Open',
  emptyQueues: {
    failed: 'Nothing left to refund',
    failedHint: 'Every failed video has its charge back.',
    stuck: 'Nothing is stuck',
    stuckHint: 'No video has been under way for longer than that.',
    unusual: 'Nothing to review',
    unusualHint: 'No completed video was refunded, and no charge only in part.',
  },
};
