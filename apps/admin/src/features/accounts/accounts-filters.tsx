import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { formatCredits } from '../../format.ts';
import { accountsStrings as t } from '../../strings/accounts.ts';
import { FilterChips } from '../../table/filter-chips.tsx';
import { Button } from '../../ui/button.tsx';
import { Input, Select } from '../../ui/input.tsx';
import { Popup } from '../../ui/popup.tsx';
import type { AccountsSearch } from './accounts-search.ts';

const states = ['open', 'closed'] as const;

/** Which accounts: by their login, and by their balance. */
export function AccountsFilters({
  search,
  onChange,
}: {
  search: AccountsSearch;
  onChange: (next: AccountsSearch) => void;
}) {
  return (
    <>
      <Select
        aria-label={t.state}
        value={search.state ?? ''}
        onChange={({ target }) => onChange({ state: (target.value || undefined) as AccountsSearch['state'] })}
        className="w-40"
      >
        <option value="">{t.allStates}</option>
        {states.map((state) => (
          <option key={state} value={state}>
            {t.states[state]}
          </option>
        ))}
      </Select>
      <Popup label={t.filterBalance} title={t.filterBalance} className="right-auto! left-0">
        {(close) => (
          <BalanceForm
            search={search}
            onApply={(next) => {
              close();
              onChange(next);
            }}
          />
        )}
      </Popup>
    </>
  );
}

interface BalanceFormProps {
  search: AccountsSearch;
  onApply: (next: { min: number | undefined; max: number | undefined }) => void;
}

function BalanceForm({ search, onApply }: BalanceFormProps) {
  const [min, setMin] = useState(String(search.min ?? ''));
  const [max, setMax] = useState(String(search.max ?? ''));
  const [isInvalid, setIsInvalid] = useState(false);
  const submit = (event: { preventDefault: () => void }) => {
    event.preventDefault();
    const [from, to] = [min, max].map((typed) => (typed.trim() === '' ? undefined : Number(typed)));
    const isRight =
      [from, to].every((value) => value === undefined || (Number.isInteger(value) && Math.abs(value) < 2 ** 31)) &&
      (from === undefined || to === undefined || from <= to);
    setIsInvalid(!isRight);
    if (isRight) {
      onApply({ min: from, max: to });
    }
  };
  const shared = { inputMode: 'numeric', autoComplete: 'off', 'aria-invalid': isInvalid || undefined } as const;
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <div className="grid grid-cols-2 gap-2">
        <label className="text-sm font-medium">
          {t.minCredits}
          <Input
            {...shared}
            value={min}
            onChange={({ target }) => setMin(target.value)}
            className="mt-1 tabular-nums"
          />
        </label>
        <label className="text-sm font-medium">
          {t.maxCredits}
          <Input
            {...shared}
            value={max}
            onChange={({ target }) => setMax(target.value)}
            className="mt-1 tabular-nums"
          />
        </label>
      </div>
      {isInvalid && (
        <p role="alert" className="text-sm font-medium text-danger">
          {t.balanceInvalid}
        </p>
      )}
      <Button type="submit">{t.applyBalance}</Button>
    </form>
  );
}

/** The filters that are on. */
export function AccountsChips({
  search,
  onChange,
}: {
  search: AccountsSearch;
  onChange: (next: AccountsSearch) => void;
}) {
  const navigate = useNavigate({ from: '/accounts' });
  const { q, state, min, max } = search;
  return (
    <FilterChips
      chips={[
        q !== undefined && { name: t.searchSubmit, value: q, onRemove: () => onChange({ q: undefined }) },
        state !== undefined && {
          name: t.state,
          value: t.states[state],
          onRemove: () => onChange({ state: undefined }),
        },
        min !== undefined && {
          name: t.filterBalance,
          value: t.balanceFrom(formatCredits(min)),
          onRemove: () => onChange({ min: undefined }),
        },
        max !== undefined && {
          name: t.filterBalance,
          value: t.balanceTo(formatCredits(max)),
          onRemove: () => onChange({ max: undefined }),
        },
      ]}
      onClear={() => void navigate({ search: ({ sort }) => ({ sort }) })}
    />
  );
}
