import { X } from 'lucide-react';
import { strings } from '../strings.ts';

/** A filter that is on, and the way to take it off. */
export function Chip({ name, value, onRemove }: { name: string; value: string; onRemove: () => void }) {
  return (
    <span className="inline-flex h-7 items-center rounded-full border border-line bg-raised pl-3 text-sm">
      <span className="text-muted">{name}:</span>
      <span className="ml-1 max-w-56 truncate font-medium">{value}</span>
      <button
        type="button"
        onClick={onRemove}
        aria-label={strings.common.remove(`${name} ${value}`)}
        className="ml-1 inline-flex size-6 items-center justify-center rounded-full text-muted hover:bg-hover hover:text-ink"
      >
        <X aria-hidden className="size-3.5" />
      </button>
    </span>
  );
}
