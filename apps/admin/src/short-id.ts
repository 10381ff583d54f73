/** The first characters of an id, enough to tell two apart by eye. Beside the formats, which come later than it. */
export function shortId(id: string): string {
  return id.slice(0, 8);
}
