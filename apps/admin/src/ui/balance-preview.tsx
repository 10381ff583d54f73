import { Credits, SignedCredits } from './figure.tsx';

interface BalancePreviewProps {
  now: number;
  /** `null` while the amount can't be read. */
  change: number | null;
  labels: { now: string; change: string; after: string };
}

/** What a change would do to a balance, before it is done: before, change, after. */
export function BalancePreview({ now, change, labels }: BalancePreviewProps) {
  return (
    <dl className="grid grid-cols-3 divide-x divide-line rounded-md border border-line bg-page" aria-live="off">
      <Figure label={labels.now}>
        <Credits value={now} />
      </Figure>
      <Figure label={labels.change}>{change === null ? '–' : <SignedCredits value={change} />}</Figure>
      <Figure label={labels.after}>{change === null ? '–' : <Credits value={now + change} />}</Figure>
    </dl>
  );
}

function Figure({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div className="min-w-0 px-3 py-2">
      <dt className="text-xs text-muted">{label}</dt>
      <dd className="mt-0.5 text-lg font-semibold tracking-tight tabular-nums">{children}</dd>
    </div>
  );
}
