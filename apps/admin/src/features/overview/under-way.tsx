import { Link } from '@tanstack/react-router';
import { formatCredits } from '../../format.ts';
import { overviewStrings } from '../../strings/overview.ts';
import { Skeleton } from '../../ui/states.tsx';
import { Section } from './section.tsx';
import { useGetAttention } from './use-get-attention.ts';

const t = overviewStrings;

/** The videos that are being made at this moment. */
export function UnderWay() {
  const { data } = useGetAttention();
  return (
    <Section title={t.underWay}>
      <div className="grid grid-cols-2 divide-x divide-line overflow-hidden rounded-lg border border-line">
        {(['pending', 'processing'] as const).map((status) => (
          <Link
            key={status}
            to="/videos"
            search={{ status }}
            className="px-4 py-2.5 transition-colors hover:bg-hover focus-visible:-outline-offset-2"
          >
            <span className="block text-xs text-muted">{t[status]}</span>
            <span className="block text-lg font-semibold tracking-tight tabular-nums">
              {data ? formatCredits(data[status]) : <Skeleton className="my-1 h-4 w-10" />}
            </span>
          </Link>
        ))}
      </div>
    </Section>
  );
}
