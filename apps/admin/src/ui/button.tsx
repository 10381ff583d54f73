import { LoaderCircle } from 'lucide-react';
import { useId, type ComponentProps, type MouseEvent } from 'react';
import { cx } from './cx.ts';
import { WithTooltip } from './tooltip.tsx';

const variants = {
  primary: 'bg-accent text-on-accent border-transparent hover:bg-accent-strong',
  secondary: 'bg-raised text-ink border-control/60 hover:bg-hover hover:border-control',
  ghost: 'bg-transparent text-muted border-transparent hover:bg-hover hover:text-ink',
};
const sizes = { md: 'h-8 px-3', sm: 'h-7 px-2.5', icon: 'size-8 px-0' };

/** The looks of a button, for links that are one. */
export function buttonClass(variant: keyof typeof variants = 'secondary', size: keyof typeof sizes = 'md'): string {
  return cx(
    'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md border text-sm font-medium whitespace-nowrap',
    'transition-colors select-none aria-disabled:border-line aria-disabled:bg-hover aria-disabled:text-muted',
    variants[variant],
    sizes[size],
  );
}

interface ButtonProps extends Omit<ComponentProps<'button'>, 'disabled'> {
  /** Takes the focus when its dialog opens. */
  'data-autofocus'?: boolean;
  variant?: keyof typeof variants;
  size?: keyof typeof sizes;
  /** In flight: locked, and said so. */
  isPending?: boolean;
  /** Why it can't be used now; it stays in the tab order so that the reason can be read. */
  disabledReason?: string | null | undefined;
  isDisabled?: boolean;
}

export function Button({
  variant,
  size,
  isPending = false,
  disabledReason,
  isDisabled = false,
  className,
  onClick,
  children,
  ...props
}: ButtonProps) {
  const reasonId = useId();
  const isLocked = isPending || isDisabled || Boolean(disabledReason);
  const click = (event: MouseEvent<HTMLButtonElement>) => {
    if (isLocked) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    onClick?.(event);
  };
  const button = (
    <button
      type="button"
      {...props}
      className={cx(buttonClass(variant, size), className)}
      onClick={click}
      aria-disabled={isLocked || undefined}
      aria-busy={isPending || undefined}
      aria-describedby={disabledReason ? reasonId : props['aria-describedby']}
    >
      {isPending && <LoaderCircle aria-hidden className="size-3.5 animate-spin" />}
      {children}
    </button>
  );
  if (!disabledReason) {
    return button;
  }
  return (
    <>
      <WithTooltip text={disabledReason}>{button}</WithTooltip>
      <span id={reasonId} className="sr-only">
        {disabledReason}
      </span>
    </>
  );
}
