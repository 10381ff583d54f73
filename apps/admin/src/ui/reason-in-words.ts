import { adjustStrings } from '../strings/accounts.ts';

const codes: Record<string, string> = adjustStrings.reasons;

/** A reason as people read it: the code of an adjustment by its name, everything else as it was written. */
export function reasonInWords(reason: string | null): string | null {
  return reason === null ? null : (codes[reason] ?? reason);
}
