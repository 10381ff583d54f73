import { formatCredits, formatSigned } from '../format.ts';
import { cx } from './cx.ts';

/** Credits that moved: always signed, green when they came back to the account. */
export function SignedCredits({ value, className }: { value: number; className?: string }) {
  return (
    <span className={cx('tabular-nums', value > 0 ? 'text-back' : 'text-ink', className)}>{formatSigned(value)}</span>
  );
}

/** A balance or a count: no sign, never coloured unless it is below zero. */
export function Credits({ value, className }: { value: number; className?: string }) {
  return <span className={cx('tabular-nums', value < 0 && 'text-danger', className)}>{formatCredits(value)}</span>;
}
