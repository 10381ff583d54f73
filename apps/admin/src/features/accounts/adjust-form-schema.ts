import { adjustCreditsInput } from '@reeldesk/api/contract/credits';
import { z } from 'zod';
import { adjustStrings } from '../../strings/accounts.ts';

const { amount, reasonCode } = adjustCreditsInput.shape;

/** A typed amount as a number; the real minus that figures are shown with counts as one. */
export function parseSignedAmount(typed: string): number {
  return Number(typed.trim().replace('−', '-') || Number.NaN);
}

/** The contract's input as a person fills it in: a signed amount, a code, a note. */
export const adjustFormSchema = z.object({
  amount: z
    .string()
    .transform(parseSignedAmount)
    .refine((value) => amount.safeParse(value).success, adjustStrings.amountInvalid),
  reasonCode: z.string().pipe(z.enum(reasonCode.options, adjustStrings.reasonMissing)),
  note: z
    .string()
    .trim()
    .max(1000)
    .transform((note) => note || null),
});
