import { UserX } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { queryClient } from '../api.ts';
import { sessionOptions, signOut, useSession } from '../session.ts';
import { strings } from '../strings.ts';
import { Button } from '../ui/button.tsx';
import { CopyId } from '../ui/copy-id.tsx';
import { useDocumentTitle } from '../ui/page.tsx';
import { toastFailed } from '../ui/toasts.ts';

/** For somebody who is signed in and no member of staff: says so, and how to become one. */
export function NoRolePage() {
  const { email, userId } = useSession();
  const main = useRef<HTMLElement>(null);
  // It may take the place of a page: this is where reading goes on.
  useEffect(() => main.current?.focus(), []);
  useDocumentTitle(strings.signIn.noRoleTitle);
  return (
    <main
      ref={main}
      tabIndex={-1}
      className="flex min-h-dvh flex-col items-center justify-center gap-2 px-4 py-10 text-center"
    >
      <UserX aria-hidden strokeWidth={1.5} className="size-8 text-muted" />
      <h1 className="text-xl font-semibold tracking-tight">{strings.signIn.noRoleTitle}</h1>
      <p className="max-w-112 text-muted">{strings.signIn.noRole(email ?? userId ?? '')}</p>
      <p className="max-w-112 text-muted">{strings.signIn.noRoleHow}</p>
      {userId !== null && <CopyId id={userId} what={strings.common.accountId} isWhole />}
      <div className="mt-4 flex flex-wrap justify-center gap-2">
        <Button variant="primary" onClick={() => void queryClient.invalidateQueries(sessionOptions)}>
          {strings.signIn.tryAgain}
        </Button>
        <Button onClick={() => void signOut().catch((error: unknown) => toastFailed(strings.shell.signOut, error))}>
          {strings.shell.signOut}
        </Button>
      </div>
    </main>
  );
}
