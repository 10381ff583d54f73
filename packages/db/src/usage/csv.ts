/** What a column holds: only text can be a formula, and a number must stay one. */
export type CsvColumnKind = 'text' | 'number';
export type CsvValue = string | number | boolean | null;

// What spreadsheets take for the beginning of a formula, a tab or line end before it included.
const formula = /^[=+\-@\t\r\n]/;

/** One line of CSV (RFC 4180), with its line end. Text that a spreadsheet would run as a formula gets an apostrophe before it. */
export function toCsvLine(values: readonly CsvValue[], kinds: readonly CsvColumnKind[]): string {
  return `${values.map((value, at) => toCsvField(value, kinds[at] ?? 'text')).join(',')}\r\n`;
}

function toCsvField(value: CsvValue, kind: CsvColumnKind): string {
  if (value === null) {
    return '';
  }
  const text = String(value);
  const safe = kind === 'text' && formula.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
