import { useQuery } from '@tanstack/react-query';
import { trpc } from '../../api.ts';
import { shortId } from '../../format.ts';
import { useIsAdmin } from '../../session.ts';
import { videosStrings } from '../../strings/videos.ts';
import { auditStrings } from '../../strings/audit.ts';
import { ChangeList } from '../../ui/change-list.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { reasonInWords } from '../../ui/reason-in-words.ts';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Part } from './part.tsx';

const t = videosStrings;

/** Who did what to this video, newest first; for admins. */
export function VideoTrail({ videoId }: { videoId: string }) {
  const isAdmin = useIsAdmin();
  const { data, error } = useQuery(
    trpc.audit.listAuditLog.queryOptions({ targetId: videoId, limit: 20 }, { enabled: isAdmin }),
  );
  return (
    <Part
      title={t.trail}
      isLoading={isAdmin && data === undefined && error === null}
      isEmpty={!isAdmin || data?.items.length === 0}
      empty={isAdmin ? t.trailEmpty : t.trailForAdmins}
    >
      {error !== null && data === undefined && <ErrorNotice error={error} />}
      {data !== undefined && (
        <ul className="divide-y divide-line border-y border-line text-sm">
          {data.items.map((entry) => (
            <li key={entry.id} className="py-2">
              <div className="flex items-baseline justify-between gap-3">
                <span className="min-w-0 break-words">
                  <span className="font-medium">{auditStrings.actions[entry.action] ?? entry.action}</span>{' '}
                  <span className="text-muted">
                    {t.by(
                      entry.actorEmail ??
                        (entry.actorId === null
                          ? (auditStrings.actorRoles[entry.actorRole] ?? entry.actorRole)
                          : shortId(entry.actorId)),
                    )}
                    {entry.reason !== null && ` · ${reasonInWords(entry.reason)}`}
                  </span>
                </span>
                <span className="shrink-0 text-xs text-muted">
                  <RelativeTime value={entry.createdAt} />
                </span>
              </div>
              <div className="mt-1 [&_dl]:justify-start">
                <ChangeList before={entry.before} after={entry.after} />
              </div>
            </li>
          ))}
        </ul>
      )}
    </Part>
  );
}
