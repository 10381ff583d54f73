import { ArrowRight } from 'lucide-react';
import { formatShortMoment } from '../format.ts';
import { auditStrings } from '../strings/audit.ts';
import { strings } from '../strings.ts';
import { changesBetween } from './changes.ts';

const moment = /^\d{4}-\d\d-\d\dT/;

/** Before and after of an audited action, key by key. */
export function ChangeList({ before, after }: { before: unknown; after: unknown }) {
  const changes = changesBetween(before, after);
  if (changes.length === 0) {
    return <span className="text-muted">{auditStrings.changeEmpty}</span>;
  }
  return (
    <dl className="flex flex-col gap-0.5 text-xs">
      {changes.map((change) => (
        <div key={change.key} className="flex flex-wrap items-baseline gap-x-1.5 max-md:justify-end">
          <dt className="text-muted">{change.key}</dt>
          <dd className="flex flex-wrap items-baseline gap-x-1 tabular-nums">
            {change.before !== null && (
              <>
                <Value text={change.before} />
                <span className="sr-only">{auditStrings.became}</span>
                <ArrowRight aria-hidden className="size-3 self-center text-muted" />
              </>
            )}
            <span className="font-medium">
              <Value text={change.after} />
            </span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Value({ text }: { text: string | null }) {
  if (text === null) {
    return <span className="text-muted">{strings.common.none}</span>;
  }
  return <span className="break-all">{moment.test(text) ? formatShortMoment(text) : text}</span>;
}
