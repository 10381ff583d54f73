import { useNavigate, useRouter, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { liveStrings } from '../strings/live.ts';
import { strings } from '../strings.ts';
import { Notice } from '../ui/notice.tsx';
import { useDocumentTitle } from '../ui/page.tsx';
import { Logo } from './logo.tsx';
import { SignInForm } from './sign-in-form.tsx';

/** Leads back to the page that was asked for. */
export function SignInPage(): ReactNode {
  const search = useSearch({ from: '/sign-in' });
  const navigate = useNavigate();
  const router = useRouter();
  useDocumentTitle(strings.signIn.title);
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-6 px-4 py-10">
      <div className="w-full max-w-88 rounded-lg bg-surface p-6 shadow-[0_0_0_1px_var(--line)] sm:p-8">
        <Logo />
        <h1 className="mt-6 text-xl font-semibold tracking-tight">{strings.signIn.title}</h1>
        <p className="mt-0.5 mb-6 text-sm text-muted">{strings.signIn.lead}</p>
        {search.out === 'elsewhere' && (
          <div className="mb-4">
            <Notice title={liveStrings.signedOutElsewhere} />
          </div>
        )}
        <SignInForm
          onSignedIn={() => {
            if (search.redirect === undefined) {
              void navigate({ to: '/' });
            } else {
              router.history.replace(search.redirect);
            }
          }}
        />
      </div>
    </main>
  );
}
