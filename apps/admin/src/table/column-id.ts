/** The id that a column is known by: its own, or the key that it reads. */
export function columnId(column: object): string {
  const { id, accessorKey } = column as { id?: string; accessorKey?: string };
  return id ?? accessorKey ?? '';
}
