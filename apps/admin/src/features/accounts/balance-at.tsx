import { keepPreviousData, skipToken, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { trpc } from '../../api.ts';
import { browserZone, formatMoment } from '../../format.ts';
import { accountStrings } from '../../strings/accounts.ts';
import { Button } from '../../ui/button.tsx';
import { Credits } from '../../ui/figure.tsx';
import { Input } from '../../ui/input.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { momentOf } from './moment.ts';

const t = accountStrings;

/** What the balance was at a moment, read from the ledger. */
export function BalanceAt({ userId, at }: { userId: string; at: string | undefined }) {
  const navigate = useNavigate({ from: '/accounts/$userId' });
  const [typed, setTyped] = useState(at ?? '');
  const moment = momentOf(at);
  const { data, error } = useQuery(
    trpc.credits.balanceAt.queryOptions(moment === null ? skipToken : { userId, at: moment }, {
      placeholderData: keepPreviousData,
    }),
  );
  const submit = (event: { preventDefault: () => void }) => {
    event.preventDefault();
    void navigate({
      search: (before) => ({ ...before, at: typed || undefined, tab: undefined, cursor: undefined }),
      state: (before) => before,
      resetScroll: false,
    });
  };
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-5 py-4">
      <form onSubmit={submit} className="flex flex-wrap items-center gap-2" title={t.balanceAtHint(browserZone)}>
        <label htmlFor="balance-at" className="text-sm text-muted">
          {t.balanceAt}
        </label>
        <Input
          id="balance-at"
          type="datetime-local"
          value={typed}
          max="9999-12-31T23:59"
          aria-describedby="balance-at-zone"
          onChange={(event) => setTyped(event.target.value)}
          className="w-50!"
        />
        <Button type="submit" isDisabled={typed === ''}>
          {t.balanceAtSubmit}
        </Button>
        <span id="balance-at-zone" className="sr-only">
          {t.balanceAtHint(browserZone)}
        </span>
      </form>
      {error !== null && moment !== null && <ErrorNotice error={error} />}
      <output className="text-sm">
        {error === null && moment !== null && data !== undefined && (
          <>
            <span className="text-muted">{t.balanceAtWas(formatMoment(moment))}:</span>{' '}
            <Credits value={data.balance} className="text-base font-semibold" />
          </>
        )}
      </output>
    </div>
  );
}
