import { useNavigate, useSearch } from '@tanstack/react-router';
import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { usageStrings as t } from '../../strings/usage.ts';
import { Page } from '../../ui/page.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { TabLinks } from '../../ui/tab-links.tsx';
import { ActivitySection } from './activity-section.tsx';
import { CreditsSection } from './credits-section.tsx';
import { FailuresSection } from './failures-section.tsx';
import { UsageFilters } from './usage-filters.tsx';
import { problemOf, usageRange } from './usage-range.ts';

const sections = (['credits', 'failures', 'accounts'] as const).map((value) => ({ value, label: t.sections[value] }));

export function UsagePage(): ReactNode {
  const search = useSearch({ from: '/app/usage' });
  const navigate = useNavigate({ from: '/usage' });
  const range = usageRange(search);
  const problem = problemOf(range);
  const section = search.section ?? 'credits';
  return (
    <Page title={t.title} lead={t.lead}>
      <UsageFilters search={search} range={range} isInvalid={problem !== null} />
      <TabLinks
        label={t.title}
        current={section}
        tabs={sections}
        onChange={(next) =>
          void navigate({
            search: (before) => ({
              ...before,
              section: next === 'credits' ? undefined : next,
              bucket: undefined,
              key: undefined,
              kind: undefined,
            }),
            resetScroll: false,
          })
        }
      >
        <div className="pt-4">
          {problem !== null ? (
            <EmptyState
              icon={CircleAlert}
              tone="danger"
              title={t.rangeInvalid}
              hint={problem === 'swapped' ? t.daysSwapped : t.tooMany(t.unitNouns[range.unit])}
            />
          ) : section === 'failures' ? (
            <FailuresSection range={range} search={search} />
          ) : section === 'accounts' ? (
            <ActivitySection range={range} search={search} />
          ) : (
            <CreditsSection range={range} search={search} />
          )}
        </div>
      </TabLinks>
    </Page>
  );
}
