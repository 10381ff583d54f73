import { useNavigate } from '@tanstack/react-router';
import { usageStrings as t } from '../../strings/usage.ts';
import type { UsageSearch } from './usage-search.ts';

/** Whether each bucket stands beside the one of the period before. */
export function CompareSwitch({ search }: { search: UsageSearch }) {
  const navigate = useNavigate({ from: '/usage' });
  return (
    <label
      title={t.compareHint}
      className="mr-1 inline-flex h-8 cursor-pointer items-center gap-1.5 rounded-md px-2 text-sm select-none hover:bg-hover"
    >
      <input
        type="checkbox"
        className="size-4 cursor-pointer accent-accent"
        checked={search.compare === 'on'}
        onChange={({ target }) =>
          void navigate({
            search: (before) => ({ ...before, compare: target.checked ? 'on' : undefined }),
            resetScroll: false,
          })
        }
      />
      {t.compare}
    </label>
  );
}
