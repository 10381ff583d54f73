import { useSyncExternalStore } from 'react';
import { formatMoment, formatRelative } from '../format.ts';
import { WithTooltip } from './tooltip.tsx';

// One clock for all: a page of fifty rows has a hundred of these.
const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function tick(): void {
  now = Date.now();
  listeners.forEach((listener) => listener());
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    timer = setInterval(tick, 30_000);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
    }
  };
}

/** How long ago, with the whole moment and its zone on hover and on focus. */
export function RelativeTime({ value }: { value: string }) {
  const current = useSyncExternalStore(subscribe, () => now);
  // A moment after the last tick is not in the future.
  const text = formatRelative(value, Math.max(current, Date.parse(value)));
  return (
    <WithTooltip text={formatMoment(value)}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- so that the whole moment can be read without a mouse. */}
      <time dateTime={value} tabIndex={0} className="rounded-sm whitespace-nowrap">
        {text}
      </time>
    </WithTooltip>
  );
}
