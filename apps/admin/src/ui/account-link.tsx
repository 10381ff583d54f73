import { Link } from '@tanstack/react-router';
import { shortId } from '../format.ts';
import { strings } from '../strings.ts';

/** An account by its e-mail, or by its id where that is hidden or gone; leads to its page. */
export function AccountLink({ userId, email }: { userId: string; email: string | null }) {
  return (
    <Link
      to="/accounts/$userId"
      params={{ userId }}
      title={email ?? userId}
      className="inline-block max-w-56 truncate rounded-sm align-bottom font-medium underline decoration-transparent underline-offset-2 hover:decoration-current max-md:max-w-64"
    >
      {email ?? (
        <>
          <span className="sr-only">{strings.common.account} </span>
          <span className="font-mono text-xs">{shortId(userId)}</span>
        </>
      )}
    </Link>
  );
}

/** How an account is called in a sentence. */
export function nameOf(userId: string, email: string | null): string {
  return email ?? `${strings.common.account.toLowerCase()} ${shortId(userId)}`;
}
