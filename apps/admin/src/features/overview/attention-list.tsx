import { Link } from '@tanstack/react-router';
import { ChevronRight, CircleCheck, Clock, HandCoins, Scale, Search, type LucideIcon } from 'lucide-react';
import { cloneElement, type ReactElement, type ReactNode } from 'react';
import { formatSigned } from '../../format.ts';
import { useIsAdmin } from '../../session.ts';
import { overviewStrings } from '../../strings/overview.ts';
import { ErrorState, Skeleton } from '../../ui/states.tsx';
import { cx } from '../../ui/cx.ts';
import { Section } from './section.tsx';
import { useGetAttention } from './use-get-attention.ts';

const t = overviewStrings;
const tones = { danger: 'text-danger', caution: 'text-caution', neutral: 'text-muted' };

/** What waits for somebody, each a way to the rows behind it. */
export function AttentionList() {
  const isAdmin = useIsAdmin();
  const { data, error, refetch } = useGetAttention();
  if (error !== null && data === undefined) {
    return (
      <Section title={t.attention}>
        <Box>
          <ErrorState error={error} onRetry={() => void refetch()} />
        </Box>
      </Section>
    );
  }
  if (data === undefined) {
    return (
      <Section title={t.attention}>
        <Box>
          {Array.from({ length: 4 }, (_, index) => (
            <div key={index} className="flex h-15 flex-col justify-center gap-2 px-4">
              <Skeleton className="h-3.5 w-56 max-w-full" />
              <Skeleton className="h-3 w-36 max-w-full" />
            </div>
          ))}
        </Box>
      </Section>
    );
  }
  const { failed, stuck, unusual, adjustments } = data;
  const isCalm = failed.videos + stuck.videos + unusual.videos === 0;
  return (
    <Section title={t.attention}>
      <Box>
        {isCalm && (
          <div className="flex items-center gap-3 px-4 py-3">
            <CircleCheck aria-hidden className="size-5 shrink-0 text-back" />
            <div>
              <p className="text-sm font-medium">{t.calm}</p>
              <p className="text-xs text-muted">{t.calmHint}</p>
            </div>
          </div>
        )}
        {failed.videos > 0 && (
          <Item
            icon={HandCoins}
            tone="danger"
            title={t.failed(failed.videos)}
            hint={t.failedHint(failed.credits)}
            link={<Link to="/refunds" />}
          />
        )}
        {stuck.videos > 0 && (
          <Item
            icon={Clock}
            tone="caution"
            title={t.stuck(stuck.videos)}
            hint={t.stuckHint(stuck.credits)}
            link={<Link to="/refunds" search={{ queue: 'stuck' }} />}
          />
        )}
        {unusual.videos > 0 && (
          <Item
            icon={Search}
            tone="neutral"
            title={t.unusual(unusual.videos)}
            hint={t.unusualHint}
            link={<Link to="/refunds" search={{ queue: 'unusual' }} />}
          />
        )}
        {adjustments.entries > 0 && (
          <Item
            icon={Scale}
            tone="neutral"
            title={t.adjusted(adjustments.entries)}
            hint={
              adjustments.entries > 0 && !isAdmin
                ? t.adjustedForAdmins
                : t.adjustedHint(formatSigned(adjustments.creditsAdded), formatSigned(0 - adjustments.creditsTaken))
            }
            link={isAdmin ? <Link to="/audit" search={{ action: 'adjust_credits' }} /> : null}
          />
        )}
      </Box>
    </Section>
  );
}

function Box({ children }: { children: ReactNode }) {
  return <div className="divide-y divide-line overflow-hidden rounded-lg border border-line">{children}</div>;
}

interface ItemProps {
  icon: LucideIcon;
  tone: keyof typeof tones;
  title: string;
  hint: string;
  /** Where the rows are; a link without content, which the item gives it. */
  link: ReactElement<{ className?: string }> | null;
}

function Item({ icon: Icon, tone, title, hint, link }: ItemProps) {
  const content = (
    <>
      <Icon aria-hidden className={cx('size-5 shrink-0', tones[tone])} />
      <span className="min-w-0 flex-1">
        <span className="block text-sm font-medium">{title}</span>
        <span className="block text-xs text-muted">{hint}</span>
      </span>
    </>
  );
  const className = 'flex min-h-15 items-center gap-3 px-4 py-2.5';
  if (link === null) {
    return <div className={className}>{content}</div>;
  }
  return cloneElement(
    link,
    { className: cx(className, 'transition-colors hover:bg-hover focus-visible:-outline-offset-2') },
    content,
    <ChevronRight aria-hidden className="size-4 shrink-0 text-muted" />,
  );
}
