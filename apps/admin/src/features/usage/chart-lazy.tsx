import { lazy, Suspense, type ComponentProps } from 'react';
import { Skeleton } from '../../ui/states.tsx';

const height = 'h-[clamp(18rem,calc(100dvh-29rem),28rem)]';
const Loaded = lazy(async () => ({ default: (await import('../../charts/bucket-chart.tsx')).BucketChart }));

/** A chart whose script comes when it is needed; its place has the final size from the start. */
export function Chart({ isLoading = false, ...props }: ComponentProps<typeof Loaded> & { isLoading?: boolean }) {
  const placeholder = (
    <div>
      <Skeleton className="mb-2 h-5 w-64 max-w-full" />
      <Skeleton className={`${height} w-full rounded-lg`} />
    </div>
  );
  return <Suspense fallback={placeholder}>{isLoading ? placeholder : <Loaded height={height} {...props} />}</Suspense>;
}
