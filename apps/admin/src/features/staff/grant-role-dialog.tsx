import type { StaffMember } from '@reeldesk/api/contract/staff';
import { skipToken, useQuery } from '@tanstack/react-query';
import { Search } from 'lucide-react';
import { useState } from 'react';
import { trpc } from '../../api.ts';
import { strings } from '../../strings.ts';
import { staffStrings as t } from '../../strings/desk.ts';
import { nameOf } from '../../ui/account-link.tsx';
import { announce } from '../../ui/announcer.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyId } from '../../ui/copy-id.tsx';
import { Dialog, DialogActions, DialogBody } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { Input } from '../../ui/input.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { RadioCards } from '../../ui/radio-cards.tsx';
import { useGrantStaffRole } from './use-staff.ts';
import { useSendOnce } from '../../ui/use-send-once.ts';

const roles = (['analyst', 'admin'] as const).map((value) => ({
  value,
  label: strings.shell.roles[value],
  text: t.roleText[value],
}));

interface Person {
  id: string;
  email: string | null;
}

/** Finds an account, and makes whose it is an analyst or an admin. */
export function GrantRoleDialog({ staff, onClose }: { staff: StaffMember[]; onClose: () => void }) {
  const [person, setPerson] = useState<Person | null>(null);
  const [role, setRole] = useState<StaffMember['role']>('analyst');
  const [isMissing, setIsMissing] = useState(false);
  const grant = useGrantStaffRole(person ? nameOf(person.id, person.email) : '');
  const sendOnce = useSendOnce();
  const send = () => {
    if (person === null) {
      setIsMissing(true);
      return;
    }
    sendOnce((onSettled) => grant.mutate({ userId: person.id, role }, { onSuccess: onClose, onSettled }));
  };
  return (
    <Dialog isOpen onClose={onClose} isLocked={grant.isPending} title={t.findTitle} description={t.findText}>
      <DialogBody>
        {person === null ? (
          <FindPerson
            staff={staff}
            isMissing={isMissing}
            onChoose={(chosen) => {
              setPerson(chosen);
              setIsMissing(false);
              announce(`${t.chosen}: ${nameOf(chosen.id, chosen.email)}`);
            }}
          />
        ) : (
          <div className="flex items-center justify-between gap-3 rounded-md border border-line bg-page px-3 py-2 text-sm">
            <span className="min-w-0">
              <span className="block truncate font-medium">{nameOf(person.id, person.email)}</span>
              <CopyId id={person.id} what={strings.common.accountId} isWhole />
            </span>
            <Button size="sm" isDisabled={grant.isPending} onClick={() => setPerson(null)}>
              {t.another}
            </Button>
          </div>
        )}
        <RadioCards label={t.role} value={role} options={roles} onChange={setRole} />
        {grant.error !== null && <ErrorNotice error={grant.error} />}
      </DialogBody>
      <DialogActions>
        <Button onClick={onClose} isDisabled={grant.isPending}>
          {strings.common.cancel}
        </Button>
        <Button variant="primary" onClick={send} isPending={grant.isPending}>
          {grant.isPending ? t.pending : t.confirmGrant(role)}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

interface FindPersonProps {
  staff: StaffMember[];
  isMissing: boolean;
  onChoose: (person: Person) => void;
}

function FindPerson({ staff, isMissing, onChoose }: FindPersonProps) {
  const [typed, setTyped] = useState('');
  const [search, setSearch] = useState('');
  const { data, error, isFetching } = useQuery(
    trpc.accounts.listAccounts.queryOptions(search === '' ? skipToken : { search, state: 'open', limit: 8 }),
  );
  const submit = (event: { preventDefault: () => void }) => {
    event.preventDefault();
    setSearch(typed.trim());
  };
  return (
    <div>
      <form onSubmit={submit}>
        <Field label={t.find} hint={t.findHint} error={isMissing ? t.personMissing : undefined}>
          {(control) => (
            <span className="flex gap-2">
              <Input
                {...control}
                type="search"
                autoComplete="off"
                maxLength={200}
                value={typed}
                onChange={({ target }) => setTyped(target.value)}
              />
              <Button type="submit" isPending={isFetching}>
                {!isFetching && <Search aria-hidden className="size-3.5" />}
                {t.findSubmit}
              </Button>
            </span>
          )}
        </Field>
      </form>
      {error !== null && <ErrorNotice error={error} />}
      <output className="block text-sm">
        {data?.items.length === 0 && <p className="mt-2 text-muted">{t.noneFound(search)}</p>}
        {data !== undefined && data.items.length > 0 && (
          <ul aria-label={t.found} className="mt-2 flex flex-col divide-y divide-line rounded-md border border-line">
            {data.items.map((account) => {
              const member = staff.find(({ userId }) => userId === account.id);
              const who = nameOf(account.id, account.email);
              return (
                <li key={account.id} className="flex items-center justify-between gap-3 px-3 py-1.5">
                  <span className="min-w-0 truncate">{who}</span>
                  {member ? (
                    <span className="text-xs whitespace-nowrap text-muted">
                      {t.alreadyStaff(strings.shell.roles[member.role].toLowerCase())}
                    </span>
                  ) : (
                    <Button size="sm" aria-label={t.choose(who)} onClick={() => onChoose(account)}>
                      {t.chooseShort}
                    </Button>
                  )}
                </li>
              );
            })}
          </ul>
        )}
      </output>
    </div>
  );
}
