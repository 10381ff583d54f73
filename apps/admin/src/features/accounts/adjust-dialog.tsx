import { zodResolver } from '@hookform/resolvers/zod';
import { adjustmentReasonCode } from '@reeldesk/api/contract/credits';
import { useState } from 'react';
import { useForm, useWatch } from 'react-hook-form';
import type { z } from 'zod';
import { adjustStrings } from '../../strings/accounts.ts';
import { strings } from '../../strings.ts';
import { nameOf } from '../../ui/account-link.tsx';
import { BalancePreview } from '../../ui/balance-preview.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions, DialogBody } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { Input, Select, TextArea } from '../../ui/input.tsx';
import { ErrorNotice, Notice } from '../../ui/notice.tsx';
import type { AccountDetails } from './account-figures.tsx';
import { adjustFormSchema, parseSignedAmount } from './adjust-form-schema.ts';
import { useAdjustCredits } from './use-adjust-credits.ts';
import { useSendOnce } from '../../ui/use-send-once.ts';

const t = adjustStrings;

/** Adds or takes credits by hand, with a code, a note, and the balance before and after. */
export function AdjustDialog({ account, onClose }: { account: AccountDetails; onClose: () => void }) {
  const owner = nameOf(account.id, account.email);
  const adjust = useAdjustCredits(owner);
  // One key per opened dialog: however often it is sent, the ledger takes it once.
  const [idempotencyKey] = useState(() => crypto.randomUUID());
  const sendOnce = useSendOnce();
  const {
    register,
    handleSubmit,
    control: formControl,
    formState,
  } = useForm({
    resolver: zodResolver(adjustFormSchema),
    defaultValues: { amount: '', reasonCode: '', note: '' },
  });
  const { errors } = formState;
  const typed = parseSignedAmount(useWatch({ control: formControl, name: 'amount' }));
  const amount = Number.isSafeInteger(typed) && typed !== 0 ? typed : null;
  const isPending = adjust.isPending;
  const send = (values: z.output<typeof adjustFormSchema>) => {
    sendOnce((onSettled) =>
      adjust.mutate({ userId: account.id, ...values, idempotencyKey }, { onSuccess: onClose, onSettled }),
    );
  };
  return (
    <Dialog isOpen onClose={onClose} isLocked={isPending} title={t.title} description={t.text(owner)}>
      <form onSubmit={(event) => void handleSubmit(send)(event)} noValidate className="flex flex-col">
        <DialogBody>
          <Field label={t.amount} hint={t.amountHint} error={errors.amount?.message}>
            {(control) => (
              <Input
                autoComplete="off"
                readOnly={isPending}
                {...control}
                {...register('amount')}
                className="max-w-32 tabular-nums"
              />
            )}
          </Field>
          <Field label={t.reason} error={errors.reasonCode?.message}>
            {(control) => (
              <Select {...control} {...register('reasonCode')} className="w-52">
                <option value="">{t.choose}</option>
                {adjustmentReasonCode.options.map((code) => (
                  <option key={code} value={code}>
                    {t.reasons[code]}
                  </option>
                ))}
              </Select>
            )}
          </Field>
          <Field label={t.note} hint={t.noteHint} error={errors.note?.message}>
            {(control) => (
              <TextArea rows={2} maxLength={1000} readOnly={isPending} {...control} {...register('note')} />
            )}
          </Field>
          <BalancePreview
            now={account.credits}
            change={amount}
            labels={{ now: t.balanceNow, change: t.thisAdjustment, after: t.balanceAfter }}
          />
          {amount !== null && account.credits + amount < 0 ? (
            <Notice tone="caution" title={t.belowZero} />
          ) : (
            <p className="text-xs text-muted">{t.final}</p>
          )}
          {adjust.error && <ErrorNotice error={adjust.error} />}
        </DialogBody>
        <DialogActions>
          <Button onClick={onClose} isDisabled={isPending}>
            {strings.common.cancel}
          </Button>
          <Button type="submit" variant="primary" isPending={isPending}>
            {isPending
              ? t.pending
              : amount === null
                ? t.confirmPlain
                : amount > 0
                  ? t.confirmAdd(amount)
                  : t.confirmTake(-amount)}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
