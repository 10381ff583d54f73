import type { ReactNode } from 'react';

interface SectionProps {
  title: string;
  aside?: ReactNode;
  children: ReactNode;
}

/** A headed part of the overview. */
export function Section({ title, aside, children }: SectionProps) {
  return (
    <section className="min-w-0" aria-label={title}>
      <div className="mb-2 flex min-h-7 items-center justify-between gap-3">
        <h2 className="font-semibold tracking-tight">{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
