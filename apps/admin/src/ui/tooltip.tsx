import { cloneElement, useEffect, useRef, type ReactElement } from 'react';

/** Shows a line of text on hover and on focus of the element it wraps, which must take focus. */
export function WithTooltip({ text, children }: { text: string; children: ReactElement<{ 'data-tooltip'?: string }> }) {
  return cloneElement(children, { 'data-tooltip': text });
}

const GAP = 6;

/**
 * The one tooltip of the page, for every element with `data-tooltip`: a page of fifty rows has a hundred of them.
 * It stays while the pointer is on it, and Escape takes it away.
 */
export function TooltipPopup() {
  const popup = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const box = popup.current;
    if (!box) {
      return undefined;
    }
    let anchor: HTMLElement | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const hide = () => {
      clearTimeout(timer);
      anchor = null;
      box.hidden = true;
    };
    const show = (next: HTMLElement) => {
      anchor = next;
      box.textContent = next.dataset['tooltip'] ?? '';
      box.hidden = false;
      const at = next.getBoundingClientRect();
      const { width, height } = box.getBoundingClientRect();
      const left = Math.min(Math.max(at.left + at.width / 2 - width / 2, GAP), innerWidth - width - GAP);
      const above = at.top - height - GAP;
      box.style.left = `${left}px`;
      box.style.top = `${above < GAP ? at.bottom + GAP : above}px`;
    };
    const target = (event: Event) =>
      event.target instanceof Element ? event.target.closest<HTMLElement>('[data-tooltip]') : null;
    const over = (event: Event) => {
      const next = target(event);
      if (next === anchor || (event.target instanceof Node && box.contains(event.target))) {
        clearTimeout(timer);
      } else if (next) {
        clearTimeout(timer);
        timer = setTimeout(() => show(next), 200);
      } else {
        clearTimeout(timer);
        timer = setTimeout(hide, 100);
      }
    };
    const focus = (event: Event) => {
      const next = target(event);
      if (next?.matches(':focus-visible')) {
        show(next);
      } else {
        hide();
      }
    };
    const press = (event: KeyboardEvent) => event.key === 'Escape' && hide();
    const listeners: [string, (event: never) => void][] = [
      ['pointerover', over],
      ['focusin', focus],
      ['focusout', hide],
      ['pointerdown', hide],
      ['keydown', press],
      ['scroll', hide],
    ];
    listeners.forEach(([type, listener]) => document.addEventListener(type, listener as EventListener, true));
    return () => {
      clearTimeout(timer);
      listeners.forEach(([type, listener]) => document.removeEventListener(type, listener as EventListener, true));
    };
  }, []);
  return (
    <div
      ref={popup}
      role="tooltip"
      hidden
      className="fixed z-50 max-w-72 rounded-md bg-ink px-2 py-1 text-xs text-page"
    />
  );
}
