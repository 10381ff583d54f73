import { DEFAULT_REFUND_REASON, MAX_REASON_LENGTH, refundVideoCreditsInput } from '@reeldesk/api/contract/refunds';
import { z } from 'zod';
import { refundsStrings } from '../../strings/refunds.ts';

/** The contract's input as a person fills it in: an amount that is left, and a reason that is true. */
export function refundFormSchema(left: number, isCompleted: boolean) {
  const { amount } = refundVideoCreditsInput.shape;
  return z.object({
    amount: z
      .string()
      .trim()
      .transform((value) => Number(value || Number.NaN))
      .refine((value) => amount.safeParse(value).success && value <= left, refundsStrings.amountInvalid(left)),
    reason: z
      .string()
      .trim()
      .min(1, refundsStrings.reasonMissing)
      .max(MAX_REASON_LENGTH)
      .refine((value) => !isCompleted || value !== DEFAULT_REFUND_REASON, refundsStrings.reasonUntrue),
  });
}
