import type { ReactNode } from 'react';
import { browserZone, formatDay } from '../../format.ts';
import { overviewStrings } from '../../strings/overview.ts';
import { Page } from '../../ui/page.tsx';
import { AttentionList } from './attention-list.tsx';
import { LedgerState } from './ledger-state.tsx';
import { NewestActions } from './newest-actions.tsx';
import { PeriodFigures } from './period-figures.tsx';
import { today } from './today.ts';
import { UnderWay } from './under-way.tsx';

const t = overviewStrings;

/** How the day goes, what needs somebody, and whether the books balance. */
export function OverviewPage(): ReactNode {
  return (
    <Page title={t.title} lead={t.lead(formatDay(today()), browserZone)}>
      <div className="grid max-w-300 gap-x-6 gap-y-7 px-5 pb-8 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <AttentionList />
        <div className="flex min-w-0 flex-col gap-5">
          <LedgerState />
          <UnderWay />
        </div>
        <div className="min-w-0 xl:col-span-2">
          <PeriodFigures />
        </div>
        <div className="min-w-0 xl:col-span-2">
          <NewestActions />
        </div>
      </div>
    </Page>
  );
}
