import { LogOut } from 'lucide-react';
import { useState } from 'react';
import { signOut, useSession } from '../session.ts';
import { strings } from '../strings.ts';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { toastFailed } from '../ui/toasts.ts';

/** Who is signed in, with which role, and the way out. */
export function SignedInPerson() {
  const session = useSession();
  const [isPending, setIsPending] = useState(false);
  const leave = async () => {
    setIsPending(true);
    try {
      await signOut();
    } catch (error) {
      setIsPending(false);
      toastFailed(strings.shell.signOut, error);
    }
  };
  return (
    <div className="flex items-center gap-2">
      <div className="min-w-0 flex-1">
        <p className="truncate text-sm font-medium" title={session.email ?? undefined}>
          <span className="sr-only">{strings.shell.signedInAs} </span>
          {session.email ?? session.userId}
        </p>
        {session.role && (
          <Badge tone={session.role === 'admin' ? 'accent' : 'neutral'}>{strings.shell.roles[session.role]}</Badge>
        )}
      </div>
      <Button
        variant="ghost"
        size="icon"
        isPending={isPending}
        onClick={() => void leave()}
        aria-label={strings.shell.signOut}
        title={strings.shell.signOut}
      >
        {!isPending && <LogOut aria-hidden className="size-4" />}
      </Button>
    </div>
  );
}
