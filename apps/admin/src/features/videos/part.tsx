import type { ReactNode } from 'react';
import { strings } from '../../strings.ts';
import { Skeleton } from '../../ui/states.tsx';

interface PartProps {
  title: string;
  isLoading: boolean;
  isEmpty: boolean | undefined;
  empty: string;
  children: ReactNode;
}

/** A headed part of a drawer, with what stands there while it loads and when there is nothing. */
export function Part({ title, isLoading, isEmpty, empty, children }: PartProps) {
  return (
    <section>
      <h3 className="mb-1.5 text-sm font-semibold">{title}</h3>
      {isLoading ? (
        <output aria-label={strings.common.loading} className="flex flex-col gap-2 py-2">
          <Skeleton className="h-4 w-3/4" />
          <Skeleton className="h-4 w-1/2" />
        </output>
      ) : isEmpty ? (
        <p className="text-sm text-muted">{empty}</p>
      ) : (
        children
      )}
    </section>
  );
}
