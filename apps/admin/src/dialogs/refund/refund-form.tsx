import { zodResolver } from '@hookform/resolvers/zod';
import { DEFAULT_REFUND_REASON, MAX_REASON_LENGTH, type previewRefundOutput } from '@reeldesk/api/contract/refunds';
import { useEffect, useState } from 'react';
import { useForm, useWatch } from 'react-hook-form';
import type { z } from 'zod';
import { useIsAdmin } from '../../session.ts';
import { refundsStrings } from '../../strings/refunds.ts';
import { strings } from '../../strings.ts';
import { BalancePreview } from '../../ui/balance-preview.tsx';
import { Button } from '../../ui/button.tsx';
import { DialogActions, DialogBody } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { Input, TextArea } from '../../ui/input.tsx';
import { ErrorNotice, Notice } from '../../ui/notice.tsx';
import { EarlierRefunds } from './earlier-refunds.tsx';
import { refundFormSchema } from './refund-form-schema.ts';
import { RefundedVideo } from './refunded-video.tsx';
import type { useRefundVideoCredits } from './use-refund-video-credits.ts';
import { useSendOnce } from '../../ui/use-send-once.ts';

export type RefundPreview = z.infer<typeof previewRefundOutput>;

interface RefundFormProps {
  preview: RefundPreview;
  refund: ReturnType<typeof useRefundVideoCredits>;
  onClose: () => void;
}

export function RefundForm({ preview, refund, onClose }: RefundFormProps) {
  const isAdmin = useIsAdmin();
  // One key per opened dialog: however often it is sent, the ledger takes it once.
  const [idempotencyKey] = useState(() => crypto.randomUUID());
  const [atFirst] = useState(preview);
  const sendOnce = useSendOnce();
  const left = preview.creditsRefundable;
  const isCompleted = preview.status === 'completed';
  const {
    register,
    handleSubmit,
    control: formControl,
    formState,
    setFocus,
    setValue,
  } = useForm({
    resolver: zodResolver(refundFormSchema(left, isCompleted)),
    defaultValues: { amount: String(left), reason: isCompleted ? '' : DEFAULT_REFUND_REASON },
  });
  const { errors, dirtyFields } = formState;

  // The dialog opened before there was a field to take the focus.
  useEffect(() => setFocus('amount'), [setFocus]);

  // What is left moved under the dialog: an amount that nobody typed follows.
  const isAmountTyped = dirtyFields.amount === true;
  useEffect(() => {
    if (!isAmountTyped) {
      setValue('amount', String(left));
    }
  }, [left, isAmountTyped, setValue]);

  const typed = Number(useWatch({ control: formControl, name: 'amount' }) || Number.NaN);
  const amount = Number.isSafeInteger(typed) && typed > 0 && typed <= left ? typed : null;
  const isFinal = preview.status === 'failed' || preview.status === 'completed';
  const canRefund = isAdmin && isFinal && left > 0;
  const isPending = refund.isPending;
  const refundedMeanwhile = isPending || refund.isSuccess ? 0 : preview.creditsRefunded - atFirst.creditsRefunded;

  const send = (values: { amount: number; reason: string }) => {
    if (canRefund) {
      sendOnce((onSettled) =>
        refund.mutate({ videoId: preview.id, ...values, idempotencyKey }, { onSuccess: onClose, onSettled }),
      );
    }
  };
  return (
    <form onSubmit={(event) => void handleSubmit(send)(event)} noValidate className="flex flex-col">
      <DialogBody>
        <RefundedVideo preview={preview} />
        {refundedMeanwhile > 0 && (
          <Notice tone="caution" title={refundsStrings.stale(refundedMeanwhile)} isAlert>
            {left > 0 ? refundsStrings.staleHint : refundsStrings.nothingLeft}
          </Notice>
        )}
        {canRefund && (
          <>
            <Field label={refundsStrings.amount} hint={refundsStrings.amountHint(left)} error={errors.amount?.message}>
              {(control) => (
                <Input
                  inputMode="numeric"
                  autoComplete="off"
                  readOnly={isPending}
                  {...control}
                  {...register('amount')}
                  className="max-w-32 tabular-nums"
                />
              )}
            </Field>
            <Field label={refundsStrings.reason} hint={refundsStrings.reasonHint} error={errors.reason?.message}>
              {(control) => (
                <TextArea
                  rows={2}
                  maxLength={MAX_REASON_LENGTH}
                  required
                  readOnly={isPending}
                  {...control}
                  {...register('reason')}
                />
              )}
            </Field>
            <BalancePreview
              now={preview.balance}
              change={amount}
              labels={{
                now: refundsStrings.balanceNow,
                change: refundsStrings.thisRefund,
                after: refundsStrings.balanceAfter,
              }}
            />
          </>
        )}
        {!isFinal && <Notice title={refundsStrings.notYet} />}
        {isFinal && left === 0 && refundedMeanwhile === 0 && <Notice title={refundsStrings.nothingLeft} />}
        {!isAdmin && <Notice title={refundsStrings.analystReason} />}
        <EarlierRefunds refunds={preview.earlierRefunds} />
        {refund.error && <ErrorNotice error={refund.error} />}
      </DialogBody>
      <DialogActions>
        <Button onClick={onClose} isDisabled={isPending}>
          {canRefund ? strings.common.cancel : strings.common.close}
        </Button>
        {canRefund && (
          <Button type="submit" variant="primary" isPending={isPending}>
            {isPending
              ? refundsStrings.pending
              : amount === null
                ? refundsStrings.confirmPlain
                : refundsStrings.confirm(amount)}
          </Button>
        )}
      </DialogActions>
    </form>
  );
}
