import { useSyncExternalStore } from 'react';
import { formatMoment, formatRelative } from '../format.ts';
import { WithTooltip } from './tooltip.tsx';

const TICK_MS = 30_000;

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
    timer = setInterval(tick, TICK_MS);
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
  // What happened since the last tick is not in the future; what ends tomorrow is.
  const at = Date.parse(value);
  const text = formatRelative(value, at - current < 2 * TICK_MS ? Math.max(current, at) : current);
  return (
    <WithTooltip text={formatMoment(value)}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- so that the whole moment can be read without a mouse. */}
      <time dateTime={value} tabIndex={0} className="rounded-sm whitespace-nowrap">
        {text}
      </time>
    </WithTooltip>
  );
}
