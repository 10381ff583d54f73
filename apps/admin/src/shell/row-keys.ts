const rowsSelector = '.table-scroll tbody tr:not([aria-hidden])';

/** Moves the focus to the next row of the table on the page, or the one before: `step` 1 or -1. */
export function moveRow(step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>(rowsSelector)];
  const current = document.activeElement?.closest<HTMLElement>(rowsSelector) ?? null;
  const at = current ? rows.indexOf(current) + step : step === 1 ? 0 : rows.length - 1;
  rows[Math.min(Math.max(at, 0), rows.length - 1)]?.focus();
}

/** Shows the rows that the list on the page has new. */
export function showNewRows(): void {
  document.querySelector<HTMLElement>('[data-new-rows]')?.click();
}

/** Opens what the row with the focus is about: what it can have done to it, or where its first link leads. */
export function openRow(): boolean {
  const row = document.activeElement;
  if (!(row instanceof HTMLElement) || !row.matches(rowsSelector)) {
    return false;
  }
  const target = row.querySelector<HTMLElement>('[data-opens], a[href], td.is-title button, td.is-action button');
  target?.click();
  return target !== null;
}
