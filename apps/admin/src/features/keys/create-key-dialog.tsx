import type { ApiKeyRole } from '@reeldesk/api/contract/keys';
import { Check, Copy } from 'lucide-react';
import { useRef, useState } from 'react';
import { strings } from '../../strings.ts';
import { keysStrings as t } from '../../strings/desk.ts';
import { announce } from '../../ui/announcer.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions, DialogBody } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { Input, Select } from '../../ui/input.tsx';
import { ErrorNotice, Notice } from '../../ui/notice.tsx';
import { RadioCards } from '../../ui/radio-cards.tsx';
import { useCreateApiKey } from './use-keys.ts';
import { useSendOnce } from '../../ui/use-send-once.ts';

const DAY_MS = 86_400_000;
const roles = (['staff', 'backend'] as const).map((value) => ({
  value,
  label: t.roles[value],
  text: t.roleText[value],
}));
const endings = ['90', '30', '365', 'never'] as const;

/** Makes a key, and shows it once: closing the dialog is the end of it. */
export function CreateKeyDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [role, setRole] = useState<ApiKeyRole>('staff');
  const [ending, setEnding] = useState<(typeof endings)[number]>('90');
  const [isMissing, setIsMissing] = useState(false);
  const create = useCreateApiKey();
  const sendOnce = useSendOnce();
  if (create.data) {
    return <MadeKey secret={create.data.key} name={create.data.name} onClose={onClose} />;
  }
  const send = (event: { preventDefault: () => void }) => {
    event.preventDefault();
    setIsMissing(name.trim() === '');
    if (name.trim() !== '') {
      const expiresAt = ending === 'never' ? null : new Date(Date.now() + Number(ending) * DAY_MS).toISOString();
      sendOnce((onSettled) => create.mutate({ name: name.trim(), role, expiresAt }, { onSettled }));
    }
  };
  return (
    <Dialog isOpen onClose={onClose} isLocked={create.isPending} title={t.createTitle} description={t.createText}>
      <form onSubmit={send} noValidate className="flex flex-col">
        <DialogBody>
          <Field label={t.name} hint={t.nameHint} error={isMissing ? t.nameMissing : undefined}>
            {(control) => (
              <Input
                {...control}
                autoComplete="off"
                maxLength={100}
                value={name}
                readOnly={create.isPending}
                onChange={({ target }) => setName(target.value)}
              />
            )}
          </Field>
          <RadioCards label={t.role} value={role} options={roles} onChange={setRole} />
          <Field label={t.ends}>
            {(control) => (
              <Select
                {...control}
                value={ending}
                onChange={({ target }) => setEnding(target.value as typeof ending)}
                className="w-52"
              >
                {endings.map((value) => (
                  <option key={value} value={value}>
                    {t.endings[value]}
                  </option>
                ))}
              </Select>
            )}
          </Field>
          {create.error !== null && <ErrorNotice error={create.error} />}
        </DialogBody>
        <DialogActions>
          <Button onClick={onClose} isDisabled={create.isPending}>
            {strings.common.cancel}
          </Button>
          <Button type="submit" variant="primary" isPending={create.isPending}>
            {create.isPending ? t.pending : t.confirmCreate}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

function MadeKey({ secret, name, onClose }: { secret: string; name: string; onClose: () => void }) {
  const [isCopied, setIsCopied] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const copy = async () => {
    field.current?.select();
    try {
      await navigator.clipboard.writeText(secret);
      setIsCopied(true);
      announce(strings.common.copied(t.keyWhat));
    } catch {
      announce(strings.common.copyFailed);
    }
  };
  return (
    <Dialog isOpen isForced onClose={onClose} title={t.madeTitle} description={name}>
      <DialogBody>
        <Notice tone="caution" title={t.madeText} isAlert />
        <Field label={t.key} hint={t.howTo}>
          {(control) => (
            <span className="flex gap-2">
              <Input {...control} ref={field} readOnly value={secret} className="font-mono" />
              <Button variant="primary" onClick={() => void copy()}>
                {isCopied ? <Check aria-hidden className="size-3.5" /> : <Copy aria-hidden className="size-3.5" />}
                {isCopied ? t.copied : t.copy}
              </Button>
            </span>
          )}
        </Field>
      </DialogBody>
      <DialogActions>
        <Button onClick={onClose}>{t.done}</Button>
      </DialogActions>
    </Dialog>
  );
}
