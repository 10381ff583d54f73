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
import { BatchDraftRows } from './batch-draft-rows.tsx';
import { BatchFigures } from './batch-figures.tsx';
import { amountOf, partOf, type BatchPart } from './batch-part.ts';
import { BatchPartField } from './batch-part-field.tsx';

const t = batchesStrings;
const NAMED_ACCOUNTS = 3;

interface BatchDraftDialogProps {
  userId: string;
  rows: readonly Candidate[];
  onBegun: (id: string) => void;
  onClose: () => void;
}

/** A charge, and how much of it is to go back. */
export type DraftRow = Candidate & { amount: number };

/** Says how many, how many credits, whose, and that it can't be taken back; asks for how much of each, and for the reason. */
export function BatchDraftDialog({ userId, rows: selected, onBegun, onClose }: BatchDraftDialogProps) {
  const [kind, setKind] = useState<BatchPart['kind']>('all');
  const [typed, setTyped] = useState('');
  const part = partOf(kind, typed);
  const ofOthers = selected.filter((row) => row.userId !== userId);
  const ownCount = selected.length - ofOthers.length;
  // Nothing typed yet is nothing refunded yet.
  const counted = ofOthers.map((row): DraftRow => ({ ...row, amount: part === null ? 0 : amountOf(part, row) }));
  const rows = counted.filter(({ amount }) => amount > 0);
  const tooSmall = part === null ? 0 : counted.length - rows.length;
  const credits = rows.reduce((sum, { amount }) => sum + amount, 0);
  const accounts = accountsOf(rows);
  const hasCompleted = ofOthers.some(({ status }) => status === 'completed');
  const [reason, setReason] = useState<string>(hasCompleted ? '' : DEFAULT_REFUND_REASON);
  const [problem, setProblem] = useState<string>();
  const [isPartWrong, setIsPartWrong] = useState(false);
  const [isNotKept, setIsNotKept] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const partField = useRef<HTMLInputElement>(null);
  const isBegun = useRef(false);

  const begin = () => {
    const given = reason.trim();
    const wrong =
      given === '' ? t.reasonMissing : hasCompleted && given === DEFAULT_REFUND_REASON ? t.reasonUntrue : undefined;
    setProblem(wrong);
    setIsPartWrong(part === null);
    if (part === null) {
      partField.current?.focus();
    } else if (wrong !== undefined) {
      field.current?.focus();
    }
    if (part === null || wrong !== undefined || rows.length === 0 || isBegun.current) {
      return;
    }
    const id = crypto.randomUUID();
    try {
      saveBatch(userId, {
        id,
        startedAt: new Date().toISOString(),
        reason: given,
        rows: rows.map(({ id: videoId, userId: owner, amount, creditsRefunded }) => ({
          videoId,
          userId: owner,
          amount,
          refundedBefore: creditsRefunded,
        })),
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

  if (ofOthers.length === 0) {
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
    <Dialog isOpen onClose={onClose} title={t.title(ofOthers.length)} description={t.leads[kind]}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          begin();
        }}
      >
        <DialogBody>
          <BatchPartField
            kind={kind}
            typed={typed}
            isWrong={isPartWrong && part === null}
            inputRef={partField}
            onKind={setKind}
            onTyped={setTyped}
          />
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
                  <span className="flex min-w-0 flex-1">
                    <AccountLink userId={account.userId} email={account.email} />
                  </span>
                  <span className="whitespace-nowrap text-muted tabular-nums">{t.ofAccount(account.videos)}</span>
                  <span className="w-20 text-right text-back tabular-nums">{formatSigned(account.credits)}</span>
                </li>
              ))}
            </ul>
            {accounts.length > NAMED_ACCOUNTS && (
              <p className="mt-1 text-xs text-muted">{t.moreAccounts(accounts.length - NAMED_ACCOUNTS)}</p>
            )}
          </section>
          <BatchDraftRows rows={counted} />
          {tooSmall > 0 && (
            <Notice tone="caution" title={t.tooSmall(tooSmall)}>
              {t.tooSmallHint}
            </Notice>
          )}
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
          <Button
            type="submit"
            variant="primary"
            disabledReason={part !== null && rows.length === 0 ? t.nothingToRefund : null}
          >
            {part === null ? t.confirmPlain(ofOthers.length) : t.confirm(rows.length, credits)}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

function accountsOf(rows: readonly DraftRow[]) {
  const accounts = new Map<string, { userId: string; email: string | null; videos: number; credits: number }>();
  for (const { userId, ownerEmail, amount } of rows) {
    const account = accounts.get(userId) ?? { userId, email: ownerEmail, videos: 0, credits: 0 };
    accounts.set(userId, {
      ...account,
      videos: account.videos + 1,
      credits: account.credits + amount,
    });
  }
  return [...accounts.values()].toSorted((one, other) => other.credits - one.credits);
}
