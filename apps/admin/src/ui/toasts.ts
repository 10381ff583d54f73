import { describe } from '../api.ts';

export interface Toast {
  type: 'done' | 'failed' | 'caution';
  title: string;
  text?: string;
  action?: { label: string; run: () => void };
}

// What is said before the list is there waits for it.
const waiting: Toast[] = [];
let deliver: ((toast: Toast) => void) | null = null;

function say(toast: Toast): void {
  if (deliver) {
    deliver(toast);
  } else {
    waiting.push(toast);
  }
}

/** Says that something is done; with an action, long enough to take it. */
export function toastDone(toast: Omit<Toast, 'type'>): void {
  say({ type: 'done', ...toast });
}

/** Says that a row's action failed; it stays until it is dismissed. */
export function toastFailed(title: string, error: unknown): void {
  const { message, hint } = describe(error);
  say({ type: 'failed', title, text: [message, hint].filter(Boolean).join(' ') });
}

/** Says what is about to happen, with what can be done about it; it stays until that is done or it is dismissed. */
export function toastCaution(toast: Omit<Toast, 'type'>): void {
  say({ type: 'caution', ...toast });
}

/** Says that something went wrong here in the page; it stays until it is dismissed. */
export function toastProblem(title: string): void {
  say({ type: 'failed', title });
}

/** Hands every toast to the list that shows them, those that waited first. */
export function onToast(listener: (toast: Toast) => void): () => void {
  deliver = listener;
  waiting.splice(0).forEach(listener);
  return () => {
    deliver = null;
  };
}
