import type { LedgerEntry } from '@reeldesk/api/contract/credits';
import { Link } from '@tanstack/react-router';
import { shortId } from '../../format.ts';
import { useIsAdmin } from '../../session.ts';
import { strings } from '../../strings.ts';
import { accountStrings as t } from '../../strings/accounts.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { reasonInWords } from '../../ui/reason-in-words.ts';

const linkClass =
  'inline-flex h-6 items-center rounded-sm font-mono text-xs underline decoration-line underline-offset-2 hover:decoration-current';
const emailLinkClass =
  'inline-block h-6 max-w-44 truncate rounded-sm align-middle leading-6 underline decoration-line underline-offset-2 hover:decoration-current';
const tones: Record<LedgerEntry['type'], Tone> = {
  opening: 'neutral',
  charge: 'neutral',
  refund: 'back',
  adjustment: 'accent',
};

export function EntryType({ type }: { type: LedgerEntry['type'] }) {
  return <Badge tone={tones[type]}>{t.types[type]}</Badge>;
}

/** Why, and what was noted for colleagues. */
export function ReasonText({ reason, note = null }: { reason: string | null; note?: string | null }) {
  if (reason === null && note === null) {
    return <span className="text-muted">{strings.common.none}</span>;
  }
  return (
    <span className="break-words">
      {reasonInWords(reason)}
      {note !== null && <span className="block text-xs text-muted">{note}</span>}
    </span>
  );
}

/** The video that an entry is of, with its charge and its refunds. */
export function VideoLink({ videoId }: { videoId: string | null }) {
  if (videoId === null) {
    return <span className="text-muted">{strings.common.none}</span>;
  }
  return (
    <Link
      to="/videos"
      search={{ video: videoId }}
      aria-label={t.openCharge(shortId(videoId))}
      title={t.openCharge(videoId)}
      className={linkClass}
    >
      {shortId(videoId)}
    </Link>
  );
}

interface OperatorProps {
  actorId: string | null;
  /** Of a colleague, for admins. */
  email: string | null;
  /** Whose ledger it is. */
  userId: string;
}

/** Who did it; of a colleague, what he did to this account. */
export function Operator({ actorId, email, userId }: OperatorProps) {
  const isAdmin = useIsAdmin();
  if (actorId === null) {
    return <span className="whitespace-nowrap text-muted">{t.backend}</span>;
  }
  if (actorId === userId) {
    return <span className="whitespace-nowrap text-muted">{t.owner}</span>;
  }
  const name = email ?? shortId(actorId);
  return isAdmin ? (
    <Link
      to="/audit"
      search={{ account: userId, actor: actorId }}
      aria-label={t.operatorLink(name)}
      title={t.operatorLink(email ?? actorId)}
      className={email === null ? linkClass : emailLinkClass}
    >
      {name}
    </Link>
  ) : (
    <span className="font-mono text-xs" title={actorId}>
      {name}
    </span>
  );
}
