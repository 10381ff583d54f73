import { DEFAULT_REFUND_REASON, MAX_REASON_LENGTH } from '@reeldesk/api/contract/refunds';
import { useRef, useState } from 'react';
import { formatCredits, formatSigned } from '../../format.ts';
import { batchesStrings } from '../../strings/batches.ts';
import { AccountLink } from '../../ui/account-link.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions, DialogBody } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { TextArea } from '../../ui/input.tsx';
import { Notice } from '../../ui/notice.tsx';
import type { Candidate } from './candidate.ts';
import { runBatch } from './batch-runner.ts';
import { forgetOldBatches, saveBatch } from './batch-store.ts';
import { BatchFigures } from './batch-figures.tsx';

const t = batchesStrings;
const NAMED_ACCOUNTS = 5;

interface BatchDraftDialogProps {
  userId: string;
  rows: readonly Candidate[];
  onBegun: (id: string) => void;
  onClose: () => void;
}

/** Says how many, how many credits, whose, and that it can't be taken back; asks for the reason. */
export function BatchDraftDialog({ userId, rows: selected, onBegun, onClose }: BatchDraftDialogProps) {
  const rows = selected.filter((row) => row.userId !== userId);
  const ownCount = selected.length - rows.length;
  const credits = rows.reduce((sum, { creditsRefundable }) => sum + creditsRefundable, 0);
  const accounts = accountsOf(rows);
  const hasCompleted = rows.some(({ status }) => status === 'completed');
  const [reason, setReason] = useState<string>(hasCompleted ? '' : DEFAULT_REFUND_REASON);
  const [problem, setProblem] = useState<string>();
  const [isNotKept, setIsNotKept] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const isBegun = useRef(false);

  const begin = () => {
    const given = reason.trim();
    const wrong =
      given === '' ? t.reasonMissing : hasCompleted && given === DEFAULT_REFUND_REASON ? t.reasonUntrue : undefined;
    setProblem(wrong);
    if (wrong !== undefined) {
      field.current?.focus();
      return;
    }
    if (isBegun.current) {
      return;
    }
    const id = crypto.randomUUID();
    try {
      saveBatch(userId, {
        id,
        startedAt: new Date().toISOString(),
        reason: given,
        rows: rows.map((row) => ({ videoId: row.id, userId: row.userId, amount: row.creditsRefundable })),
        results: {},
        sent: [],
      });
    } catch {
      setIsNotKept(true);
      return;
    }
    isBegun.current = true;
    forgetOldBatches(userId);
    void runBatch(userId, id);
    onBegun(id);
  };

  if (rows.length === 0) {
    return (
      <Dialog isOpen onClose={onClose} title={t.nothing}>
        <DialogBody>
          <p className="text-sm">{ownCount > 0 ? `${t.own(ownCount)}. ${t.ownHint}` : t.nothingHint}</p>
        </DialogBody>
        <DialogActions>
          <Button onClick={onClose}>{t.close}</Button>
        </DialogActions>
      </Dialog>
    );
  }
  return (
    <Dialog isOpen onClose={onClose} title={t.title(rows.length)} description={t.lead}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          begin();
        }}
      >
        <DialogBody>
          <BatchFigures
            figures={[
              { label: t.videos, value: formatCredits(rows.length) },
              { label: t.accounts, value: formatCredits(accounts.length) },
              { label: t.credits, value: formatSigned(credits), isBack: true },
            ]}
          />
          <section>
            <h3 className="mb-1 text-sm font-medium">{t.whose}</h3>
            <ul className="divide-y divide-line border-y border-line text-sm">
              {accounts.slice(0, NAMED_ACCOUNTS).map((account) => (
                <li key={account.userId} className="flex items-baseline gap-3 py-1.5">
                  <span className="min-w-0 flex-1">
                    <AccountLink userId={account.userId} email={account.email} />
                  </span>
                  <span className="text-muted tabular-nums">{t.ofAccount(account.videos)}</span>
                  <span className="w-20 text-right text-back tabular-nums">{formatSigned(account.credits)}</span>
                </li>
              ))}
            </ul>
            {accounts.length > NAMED_ACCOUNTS && (
              <p className="mt-1 text-xs text-muted">{t.moreAccounts(accounts.length - NAMED_ACCOUNTS)}</p>
            )}
          </section>
          {ownCount > 0 && (
            <Notice tone="caution" title={t.own(ownCount)}>
              {t.ownHint}
            </Notice>
          )}
          <Field label={t.reason} hint={t.reasonHint} error={problem}>
            {(control) => (
              <TextArea
                {...control}
                ref={field}
                data-autofocus
                rows={2}
                required
                maxLength={MAX_REASON_LENGTH}
                value={reason}
                onChange={(event) => setReason(event.target.value)}
              />
            )}
          </Field>
          <p className="text-xs text-muted">{t.final}</p>
          {isNotKept && (
            <Notice tone="danger" title={t.notKept} isAlert>
              {t.notKeptHint}
            </Notice>
          )}
        </DialogBody>
        <DialogActions>
          <Button onClick={onClose}>{t.cancel}</Button>
          <Button type="submit" variant="primary">
            {t.confirm(rows.length, credits)}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

function accountsOf(rows: readonly Candidate[]) {
  const accounts = new Map<string, { userId: string; email: string | null; videos: number; credits: number }>();
  for (const { userId, ownerEmail, creditsRefundable } of rows) {
    const account = accounts.get(userId) ?? { userId, email: ownerEmail, videos: 0, credits: 0 };
    accounts.set(userId, {
      ...account,
      videos: account.videos + 1,
      credits: account.credits + creditsRefundable,
    });
  }
  return [...accounts.values()].toSorted((one, other) => other.credits - one.credits);
}
