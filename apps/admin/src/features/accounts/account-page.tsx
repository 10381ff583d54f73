import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { ChevronLeft, UserX } from 'lucide-react';
import type { ReactNode } from 'react';
import { uuid } from '@reeldesk/api/contract/common';
import { useQuery } from '@tanstack/react-query';
import { trpc } from '../../api.ts';
import { formatDate } from '../../format.ts';
import { useIsAdmin } from '../../session.ts';
import { accountStrings } from '../../strings/accounts.ts';
import { NewRows } from '../../live/new-rows.tsx';
import { strings } from '../../strings.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { CopyId } from '../../ui/copy-id.tsx';
import { Page } from '../../ui/page.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { TabLinks } from '../../ui/tab-links.tsx';
import { AccountAudit } from './account-audit.tsx';
import { AccountFigures } from './account-figures.tsx';
import { AccountLedger } from './account-ledger.tsx';
import { AdjustDialog } from './adjust-dialog.tsx';
import { AccountStatement } from './account-statement.tsx';
import { AccountVideos } from './account-videos.tsx';
import { BalanceAt } from './balance-at.tsx';
import { momentOf } from './moment.ts';

const t = accountStrings;
const lists = {
  ledger: 'credits.listAccountEntries',
  videos: 'videos.listVideos',
  audit: 'audit.listAuditLog',
} as const;

export function AccountPage(): ReactNode {
  const { userId } = useParams({ from: '/app/accounts/$userId' });
  const { tab = 'ledger', cursor, at, dialog } = useSearch({ from: '/app/accounts/$userId' });
  const navigate = useNavigate({ from: '/accounts/$userId' });
  const isAdmin = useIsAdmin();
  const isId = uuid.safeParse(userId).success;
  const account = useQuery(trpc.accounts.getAccount.queryOptions({ userId }, { enabled: isId }));
  const found = account.data;
  const moment = momentOf(at);

  const back = (
    <Link
      to="/accounts"
      className="mb-1 -ml-1 inline-flex h-6 items-center gap-0.5 rounded-sm pr-1 text-sm text-muted hover:text-ink"
    >
      <ChevronLeft aria-hidden className="size-4" />
      {t.back}
    </Link>
  );
  if (!isId) {
    return (
      <Page title={t.title} above={back}>
        <EmptyState icon={UserX} title={t.notAnId} hint={t.notAnIdHint} />
      </Page>
    );
  }
  if (account.error !== null && found === undefined) {
    return (
      <Page title={t.title} above={back}>
        <ErrorState error={account.error} onRetry={() => void account.refetch()} />
      </Page>
    );
  }
  const adjustReason = !isAdmin ? t.adjustAnalystReason : found?.closedAt ? t.adjustClosedReason : null;
  return (
    <Page
      title={found?.email ?? (found?.closedAt ? strings.common.closedAccount : t.title)}
      above={back}
      beside={<NewRows of={lists[tab]} />}
      lead={
        <span className="flex flex-wrap items-center gap-x-3">
          <CopyId id={userId} what={strings.common.accountId} isWhole />
          {found && t.since(formatDate(found.createdAt))}
          {found?.closedAt && <span>{t.closedNote(formatDate(found.closedAt))}</span>}
        </span>
      }
      actions={
        <div className="flex flex-wrap gap-2">
          <Link to="/refunds" search={{ account: userId, status: 'all', state: 'all' }} className={buttonClass()}>
            {t.refundsLink}
          </Link>
          <Link to="/deleted-videos" search={{ account: userId }} className={buttonClass()}>
            {t.deletedLink}
          </Link>
          <Button
            variant="primary"
            disabledReason={adjustReason}
            isDisabled={!found}
            onClick={() =>
              void navigate({
                search: (before) => ({ ...before, dialog: 'adjust' }),
                state: (before) => before,
                resetScroll: false,
              })
            }
          >
            {t.adjust}
          </Button>
        </div>
      }
    >
      <AccountFigures account={found} />
      <BalanceAt key={at} userId={userId} at={at} />
      <div className="sticky-head flex flex-1 flex-col">
        <TabLinks
          label={t.title}
          current={tab}
          tabs={[
            { value: 'ledger', label: t.tabs.ledger },
            { value: 'videos', label: t.tabs.videos },
            { value: 'audit', label: t.tabs.audit },
          ]}
          onChange={(next) =>
            void navigate({
              search: (before) => ({ ...before, tab: next === 'ledger' ? undefined : next, cursor: undefined }),
              resetScroll: false,
            })
          }
        >
          {tab === 'audit' ? (
            <AccountAudit userId={userId} cursor={cursor} />
          ) : tab === 'videos' ? (
            <AccountVideos userId={userId} cursor={cursor} />
          ) : moment !== null ? (
            <AccountStatement userId={userId} at={moment} />
          ) : (
            <AccountLedger userId={userId} cursor={cursor} entries={found?.ledgerEntries} />
          )}
        </TabLinks>
      </div>
      {dialog === 'adjust' && found && adjustReason === null && (
        <AdjustDialog
          account={found}
          onClose={() =>
            void navigate({
              search: (before) => ({ ...before, dialog: undefined }),
              state: (before) => before,
              replace: true,
              resetScroll: false,
            })
          }
        />
      )}
    </Page>
  );
}
