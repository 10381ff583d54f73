// oxlint-disable-next-line import/no-unassigned-import -- run for what it sets
import './zod-without-eval.ts';
import { CSPProvider } from '@base-ui/react/csp-provider';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { lazy, StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from './api.ts';
import { reloadForMissingScripts } from './missing-scripts.ts';
import { router } from './routes.tsx';
import './styles.css';
import { Announcer } from './ui/announcer.tsx';
import { TooltipPopup } from './ui/tooltip.tsx';

const ToastList = lazy(async () => ({ default: (await import('./ui/toast-list.tsx')).ToastList }));

reloadForMissingScripts();

const root = document.getElementById('root');
if (!root) {
  throw new Error('index.html has no #root.');
}

createRoot(root).render(
  <StrictMode>
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
        <TooltipPopup />
        <Announcer />
        <Suspense>
          <ToastList />
        </Suspense>
      </QueryClientProvider>
    </CSPProvider>
  </StrictMode>,
);
