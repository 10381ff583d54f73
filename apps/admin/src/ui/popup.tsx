import { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import { Button } from './button.tsx';
import { cx } from './cx.ts';

interface PopupProps {
  label: string;
  icon?: ReactNode;
  title: string;
  children: ReactNode | ((close: () => void) => ReactNode);
  className?: string;
  size?: 'md' | 'sm';
}

/** A button that shows a small panel below itself; Escape, a press elsewhere, or leaving it closes it. */
export function Popup({ label, icon, title, children, className, size = 'md' }: PopupProps) {
  const [isOpen, setIsOpen] = useState(false);
  const id = useId();
  const buttonId = `${id}-button`;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!isOpen) {
      return undefined;
    }
    const leave = (event: Event) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) {
        setIsOpen(false);
      }
    };
    addEventListener('pointerdown', leave);
    addEventListener('focusin', leave);
    return () => {
      removeEventListener('pointerdown', leave);
      removeEventListener('focusin', leave);
    };
  }, [isOpen]);
  const close = () => {
    setIsOpen(false);
    document.getElementById(buttonId)?.focus();
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- hears Escape on behalf of all within.
    <div
      ref={box}
      className="relative"
      data-noprint
      onKeyDown={(event) => {
        if (isOpen && event.key === 'Escape') {
          event.preventDefault();
          event.stopPropagation();
          close();
        }
      }}
    >
      <Button
        id={buttonId}
        size={size}
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={() => setIsOpen(!isOpen)}
      >
        {icon}
        {label}
      </Button>
      {isOpen && (
        <section
          id={id}
          aria-label={title}
          className={cx(
            'absolute top-full right-0 z-10 mt-1.5 flex max-h-[min(28rem,60dvh)] w-64 max-w-[calc(100vw-2.5rem)] flex-col gap-3 overflow-y-auto rounded-lg bg-raised p-3 text-sm shadow-popup',
            'max-sm:right-auto max-sm:left-0',
            className,
          )}
        >
          {typeof children === 'function' ? children(close) : children}
        </section>
      )}
    </div>
  );
}
