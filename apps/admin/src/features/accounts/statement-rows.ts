import type { UsageEntry } from '@reeldesk/api/contract/usage';

export type StatementRow = UsageEntry & { balanceAfter: number };

/** Entries, the latest first, each with the balance after it: the last one's is `balance`, and so on backwards. */
export function toStatementRows(entries: readonly UsageEntry[], balance: number): StatementRow[] {
  let balanceAfter = balance;
  return entries
    .toSorted((a, b) => b.entryNo - a.entryNo)
    .map((entry) => {
      const row = { ...entry, balanceAfter };
      balanceAfter -= entry.amount;
      return row;
    });
}
