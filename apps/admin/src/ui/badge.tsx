import type { ReactNode } from 'react';
import { cx } from './cx.ts';

const tones = {
  neutral: 'bg-hover text-muted',
  back: 'bg-back-soft text-back',
  danger: 'bg-danger-soft text-danger',
  caution: 'bg-caution-soft text-caution',
  accent: 'bg-accent-soft text-accent-strong',
};
export type Tone = keyof typeof tones;

export function Badge({ tone = 'neutral', children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span
      className={cx(
        'inline-flex h-5 items-center rounded-sm px-1.5 text-xs font-medium whitespace-nowrap',
        tones[tone],
      )}
    >
      {children}
    </span>
  );
}
