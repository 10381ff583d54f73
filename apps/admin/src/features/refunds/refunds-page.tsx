import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useState, type ReactNode } from 'react';
import { trpc } from '../../api.ts';
import { formatCredits } from '../../format.ts';
import { useSession } from '../../session.ts';
import { NewRows } from '../../live/new-rows.tsx';
import { refundsStrings } from '../../strings/refunds.ts';
import { Page } from '../../ui/page.tsx';
import { TabLinks } from '../../ui/tab-links.tsx';
import { startOfToday } from '../../start-of-today.ts';
import { UnfinishedBatch } from './unfinished-batch.tsx';
import { CandidateQueue } from './candidate-queue.tsx';
import type { Candidate } from './candidate.ts';
import { RefundDialog } from '../../dialogs/refund/refund-dialog.tsx';
import { StuckQueue } from './stuck-queue.tsx';
import { queueOf } from './use-list-refund-candidates.ts';
import { BatchDialogs } from './batch-dialogs.tsx';

const t = refundsStrings;
const queues = ['failed', 'stuck', 'unusual', 'all'] as const;

export function RefundsPage(): ReactNode {
  const search = useSearch({ from: '/app/refunds' });
  const { account, refund, batch, minutes = 30 } = search;
  const queue = queueOf(search);
  const navigate = useNavigate({ from: '/refunds' });
  const { userId } = useSession();
  const [draft, setDraft] = useState<Candidate[]>([]);
  const [begun, setBegun] = useState(0);
  const { data: attention } = useQuery(
    trpc.desk.getAttention.queryOptions(
      { adjustedSince: startOfToday(), stuckAfterMinutes: minutes, ...(account && { userId: account }) },
      { placeholderData: keepPreviousData },
    ),
  );
  // A dialog over the page is a step of its own for Back, and closing it is not.
  const open = useCallback(
    (next: { refund?: string; batch?: string }) =>
      void navigate({ search: (before) => ({ ...before, ...next }), state: (before) => before, resetScroll: false }),
    [navigate],
  );
  const refundOne = useCallback((id: string) => open({ refund: id }), [open]);
  const close = (next: { batch?: string } = {}) =>
    void navigate({
      search: (before) => ({ ...before, refund: undefined, batch: undefined, ...next }),
      state: (before) => before,
      replace: true,
      resetScroll: false,
    });
  return (
    <Page
      title={t.title}
      lead={t.lead}
      beside={<NewRows of={queue === 'stuck' ? 'videos.listVideos' : 'refunds.listRefundCandidates'} />}
      isFilling
    >
      {userId !== null && <UnfinishedBatch userId={userId} onOpen={(id) => open({ batch: id })} />}
      <TabLinks
        label={t.queueLabel}
        current={queue}
        tabs={queues.map((value) => {
          const found = value === 'all' ? undefined : attention?.[value].videos;
          return {
            value,
            label: t.queues[value],
            count: value === 'all' ? undefined : found === undefined ? '…' : formatCredits(found),
            countLabel: found === undefined ? undefined : t.queueCount(found),
          };
        })}
        onChange={(next) =>
          void navigate({
            search: { account, queue: next === 'failed' ? undefined : next },
            resetScroll: false,
          })
        }
      >
        {queue === 'stuck' ? (
          <StuckQueue minutes={minutes} />
        ) : (
          <CandidateQueue
            key={`${queue} ${begun}`}
            onRefundOne={refundOne}
            onRefundMany={(rows) => {
              setDraft([...rows]);
              open({ batch: 'new' });
            }}
            onShowBatches={() => open({ batch: 'list' })}
          />
        )}
      </TabLinks>
      {refund !== undefined && <RefundDialog key={refund} videoId={refund} onClose={close} />}
      {batch !== undefined && userId !== null && (
        <BatchDialogs
          userId={userId}
          batch={batch}
          draft={draft}
          onBegun={(id) => {
            // What was selected is on its way: a queue drawn afresh has nothing selected.
            setBegun((count) => count + 1);
            close({ batch: id });
          }}
          onOpen={(id) => close({ batch: id })}
          onClose={close}
        />
      )}
    </Page>
  );
}
