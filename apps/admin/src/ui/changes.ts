export interface Change {
  key: string;
  before: string | null;
  after: string | null;
}

/** Keys of the database in words: `balance_after` is `balance after`. */
function inWords(key: string): string {
  return key.replaceAll('_', ' ');
}

function asText(value: unknown): string | null {
  if (value === undefined || value === null) {
    return null;
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** What differs between two states of a record, in the order of their keys; what is equal is left out. */
export function changesBetween(before: unknown, after: unknown): Change[] {
  const old = asRecord(before);
  const now = asRecord(after);
  const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  return keys
    .map((key) => ({ key: inWords(key), before: asText(old[key]), after: asText(now[key]) }))
    .filter((change) => change.before !== change.after);
}
