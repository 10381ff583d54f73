type Cell = string | number | null;

/** Text as a CSV cell. A spreadsheet would run text that begins like a formula, so it gets an apostrophe first. */
function cell(value: Cell): string {
  if (value === null) {
    return '';
  }
  if (typeof value === 'number') {
    return String(value);
  }
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A table as CSV: the names of its columns, then its rows; figures stay figures. */
export function toCsv(names: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [names, ...rows].map((line) => `${line.map(cell).join(',')}\n`).join('');
}
