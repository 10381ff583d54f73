/** Filters and order of a page under a name. */
export interface View {
  name: string;
  /** The query of the address, with its question mark, or nothing. */
  search: string;
}

const MOST = 50;
const places = ['cursor', 'dialog', 'bucket', 'key', 'kind', 'refund', 'restore', 'video', 'act', 'batch'];

/** What was stored, as far as it makes sense. */
export function parseViews(stored: string | null): View[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(stored ?? '[]');
  } catch {
    return [];
  }
  return Array.isArray(parsed) ? parsed.filter(isView) : [];
}

function isView(value: unknown): value is View {
  const { name, search } = (value ?? {}) as Partial<View>;
  return typeof name === 'string' && typeof search === 'string' && (search === '' || search.startsWith('?'));
}

/** A name is there once: the newest of its kind, first in the list. */
export function addView(views: readonly View[], view: View): View[] {
  return [view, ...views.filter(({ name }) => name !== view.name)].slice(0, MOST);
}

/** An address's query without what is a place in the list and not a filter of it: the page, an open dialog. */
export function withoutPlace(search: string): string {
  const params = new URLSearchParams(search);
  places.forEach((name) => params.delete(name));
  return params.size === 0 ? '' : `?${params.toString()}`;
}
