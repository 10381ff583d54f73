import { Link, type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { CircleAlert, Compass } from 'lucide-react';
import { useEffect } from 'react';
import { dataOf } from '../api.ts';
import { isMissingScript, isServerThere } from '../missing-scripts.ts';
import { strings } from '../strings.ts';
import { announce } from '../ui/announcer.tsx';
import { Button, buttonClass } from '../ui/button.tsx';
import { useDocumentTitle } from '../ui/page.tsx';
import { EmptyState, ErrorState, Skeleton } from '../ui/states.tsx';

/** While a page's own script is on its way: the head it will have. */
export function PagePending() {
  return (
    <output className="flex flex-col gap-3 px-5 pt-6" aria-label={strings.common.loading}>
      <Skeleton className="h-6 w-40" />
      <Skeleton className="h-4 w-72 max-w-full" />
    </output>
  );
}

export function NotFound() {
  useDocumentTitle(strings.errors.notFoundTitle);
  return (
    <div className="pt-16">
      <h1 className="sr-only">{strings.errors.notFoundTitle}</h1>
      <EmptyState icon={Compass} title={strings.errors.notFoundTitle} hint={strings.errors.notFound}>
        <Link to="/usage" className={buttonClass('primary')}>
          {strings.errors.toUsage}
        </Link>
      </EmptyState>
    </div>
  );
}

/** What a page shows instead of itself when it fails: the API's words and request id, or its own fault. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  useDocumentTitle(strings.errors.title);
  useEffect(() => console.error(error), [error]);
  const isScript = isMissingScript(error);
  const retry = async () => {
    if (!isScript) {
      reset();
      await router.invalidate();
    } else if (await isServerThere()) {
      location.reload();
    } else {
      announce(strings.errors.offline);
    }
  };
  // A lost connection, too, comes without data, and is a TypeError or tRPC's own error.
  const isOfTheApi = dataOf(error) !== null || (error instanceof Error && error.name === 'TRPCClientError');
  return (
    <div className="pt-16">
      <h1 className="sr-only">{strings.errors.title}</h1>
      {isOfTheApi || isScript ? (
        <ErrorState error={error} onRetry={() => void retry()} />
      ) : (
        <EmptyState icon={CircleAlert} tone="danger" title={strings.errors.broken} hint={strings.errors.brokenHint}>
          <Button onClick={() => location.reload()}>{strings.errors.reload}</Button>
        </EmptyState>
      )}
    </div>
  );
}
