import { setCreditPriceInput } from '@reeldesk/api/contract/prices';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { queryClient, trpc } from '../../api.ts';
import { formatCredits } from '../../format.ts';
import { strings } from '../../strings.ts';
import { pricesStrings as t } from '../../strings/desk.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions, DialogBody } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { Input } from '../../ui/input.tsx';
import { ErrorNotice, Notice } from '../../ui/notice.tsx';
import { toastDone } from '../../ui/toasts.ts';
import type { Price } from './price-table.ts';
import { useSendOnce } from '../../ui/use-send-once.ts';

const EXAMPLE_SECONDS = 5;
const shape = setCreditPriceInput.shape;

interface PriceDialogProps {
  prices: readonly Price[];
  /** Whose price is changed; without them a new one is set. */
  resolution: string | undefined;
  quality: string | undefined;
  onClose: () => void;
}

/** Sets what a second costs, with what it costs now beside it. */
export function PriceDialog({ prices, resolution: asked, quality: askedQuality, onClose }: PriceDialogProps) {
  const isOfOne = asked !== undefined && askedQuality !== undefined;
  const [resolution, setResolution] = useState(asked ?? '');
  const [quality, setQuality] = useState(askedQuality ?? '');
  const now = prices.find((price) => price.resolution === resolution && price.quality === quality)?.creditsPerSecond;
  const [typed, setTyped] = useState(isOfOne && now !== undefined ? String(now) : '');
  const [isChecked, setIsChecked] = useState(false);
  const sendOnce = useSendOnce();
  const setPrice = useMutation(
    trpc.prices.setCreditPrice.mutationOptions({
      onSuccess: ({ message }) => toastDone({ title: t.done, text: message }),
      onSettled: () =>
        Promise.all([
          queryClient.invalidateQueries(trpc.prices.pathFilter()),
          queryClient.invalidateQueries(trpc.audit.pathFilter()),
        ]),
    }),
  );
  const price = Number(typed.trim() || Number.NaN);
  const isPrice = shape.creditsPerSecond.safeParse(price).success;
  const isResolution = shape.resolution.safeParse(resolution).success;
  const isQuality = shape.quality.safeParse(quality).success;
  const isSame = isPrice && price === now;
  const send = (event: { preventDefault: () => void }) => {
    event.preventDefault();
    setIsChecked(true);
    if (isPrice && isResolution && isQuality && !isSame) {
      sendOnce((onSettled) =>
        setPrice.mutate({ resolution, quality, creditsPerSecond: price }, { onSuccess: onClose, onSettled }),
      );
    }
  };
  const isPending = setPrice.isPending;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      isLocked={isPending}
      title={isOfOne ? t.editTitle : t.addTitle}
      description={isOfOne ? t.editText(resolution.replace('x', ' × '), quality) : undefined}
    >
      <form onSubmit={send} noValidate className="flex flex-col">
        <DialogBody>
          {!isOfOne && (
            <div className="grid gap-4 sm:grid-cols-2">
              <Field
                label={t.resolution}
                hint={t.resolutionHint}
                error={isChecked && !isResolution ? t.resolutionInvalid : undefined}
              >
                {(control) => (
                  <Input
                    {...control}
                    autoComplete="off"
                    value={resolution}
                    readOnly={isPending}
                    onChange={({ target }) => setResolution(target.value.trim())}
                  />
                )}
              </Field>
              <Field
                label={t.quality}
                hint={t.qualityHint}
                error={isChecked && !isQuality ? t.qualityInvalid : undefined}
              >
                {(control) => (
                  <Input
                    {...control}
                    autoComplete="off"
                    value={quality}
                    readOnly={isPending}
                    onChange={({ target }) => setQuality(target.value.trim())}
                  />
                )}
              </Field>
            </div>
          )}
          <Field
            label={t.price}
            error={isChecked && !isPrice ? t.priceInvalid : isChecked && isSame ? t.same : undefined}
          >
            {(control) => (
              <Input
                {...control}
                inputMode="numeric"
                autoComplete="off"
                value={typed}
                readOnly={isPending}
                onChange={({ target }) => setTyped(target.value)}
                className="max-w-32 tabular-nums"
              />
            )}
          </Field>
          <BeforeAndAfter now={now} then={isPrice ? price : undefined} />
          {!isOfOne && now !== undefined && <Notice tone="caution" title={t.exists} />}
          <p className="text-xs text-muted">{t.lead}</p>
          {setPrice.error !== null && <ErrorNotice error={setPrice.error} />}
        </DialogBody>
        <DialogActions>
          <Button onClick={onClose} isDisabled={isPending}>
            {strings.common.cancel}
          </Button>
          <Button type="submit" variant="primary" isPending={isPending}>
            {isPending ? t.pending : isPrice ? t.confirm(price) : t.confirmPlain}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

function BeforeAndAfter({ now, then }: { now: number | undefined; then: number | undefined }) {
  const columns = [
    [t.now, now],
    [t.later, then],
  ] as const;
  return (
    <dl className="grid grid-cols-2 divide-x divide-line rounded-md border border-line bg-page">
      {columns.map(([name, price]) => (
        <div key={name} className="min-w-0 px-3 py-2">
          <dt className="text-xs text-muted">{name}</dt>
          <dd className="mt-0.5 text-lg font-semibold tracking-tight tabular-nums">
            {price === undefined ? strings.common.none : formatCredits(price)}
          </dd>
          <dd className="text-xs text-muted tabular-nums">
            {t.example}: {price === undefined ? strings.common.none : t.credits(formatCredits(price * EXAMPLE_SECONDS))}
          </dd>
        </div>
      ))}
    </dl>
  );
}
