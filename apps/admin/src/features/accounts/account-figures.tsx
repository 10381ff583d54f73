import type { getAccountOutput } from '@reeldesk/api/contract/accounts';
import type { ReactNode } from 'react';
import type { z } from 'zod';
import { formatCredits, formatSigned } from '../../format.ts';
import { accountStrings } from '../../strings/accounts.ts';
import { cx } from '../../ui/cx.ts';
import { Skeleton } from '../../ui/states.tsx';

export type AccountDetails = z.infer<typeof getAccountOutput>;
const t = accountStrings;

/** Balance, credits out and back, and videos at a glance. */
export function AccountFigures({ account }: { account: AccountDetails | undefined }) {
  const a = account;
  return (
    <dl className="mx-5 grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line sm:grid-cols-4">
      <Figure
        label={t.balance}
        value={a && formatCredits(a.credits)}
        note={a && accountStrings.entries(a.ledgerEntries)}
      />
      <Figure label={t.out} value={a && formatSigned(-a.creditsCharged)} note={a && t.outNote} />
      <Figure label={t.in} value={a && formatSigned(a.creditsRefunded)} note={a && t.inNote} valueClass="text-back" />
      <Figure
        label={t.videos}
        value={a && formatCredits(a.totalVideos)}
        note={a && t.videosNote(a.videosPending, a.videosProcessing, a.videosDeleted)}
      />
    </dl>
  );
}

interface FigureProps {
  label: string;
  value: string | undefined;
  note: ReactNode;
  valueClass?: string;
}

function Figure({ label, value, note, valueClass }: FigureProps) {
  return (
    <div className="bg-surface px-4 py-3">
      <dt className="text-sm text-muted">{label}</dt>
      <dd className={cx('mt-1 text-xl font-semibold tracking-tight tabular-nums', valueClass)}>
        {value ?? <Skeleton className="my-0.5 h-6 w-20" />}
      </dd>
      <dd className="mt-0.5 text-xs text-muted">{note ?? <Skeleton className="my-0.5 h-3 w-24" />}</dd>
    </div>
  );
}
