/** How much of each charge goes back. */
export type BatchPart = { kind: 'all' } | { kind: 'credits'; credits: number } | { kind: 'percent'; percent: number };

/** Whole credits to give back of one charge: a percentage is of the charge and rounded down, and never is more than is left. */
export function amountOf(
  part: BatchPart,
  { creditsCharged, creditsRefundable }: { creditsCharged: number; creditsRefundable: number },
): number {
  if (part.kind === 'all') {
    return creditsRefundable;
  }
  const amount = part.kind === 'credits' ? part.credits : Math.floor((creditsCharged * part.percent) / 100);
  return Math.min(amount, creditsRefundable);
}

/** What was typed, as a part; `null` when it is no whole number from 1 on, of a percentage up to 100. */
export function partOf(kind: BatchPart['kind'], typed: string): BatchPart | null {
  if (kind === 'all') {
    return { kind };
  }
  const value = /^\d{1,9}$/.test(typed.trim()) ? Number(typed) : 0;
  if (value === 0 || (kind === 'percent' && value > 100)) {
    return null;
  }
  return kind === 'percent' ? { kind, percent: value } : { kind, credits: value };
}
