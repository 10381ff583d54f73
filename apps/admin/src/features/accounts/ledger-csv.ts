/** The address of an account's ledger as CSV: all of it, or as it stood at a moment. */
export function ledgerCsv(userId: string, at?: string): string {
  const params = {
    from: at === undefined ? '1970-01-01' : '1970-01-01T00:00:00Z',
    // Entries of that very moment count, and a range does not include its end.
    to: at === undefined ? '9999-12-30' : at.replace(/(\.\d{3})?Z$/, '.000001Z'),
    userId,
    types: 'opening,charge,refund,adjustment',
  };
  return `/export/usage-entries.csv?${new URLSearchParams(params).toString()}`;
}
