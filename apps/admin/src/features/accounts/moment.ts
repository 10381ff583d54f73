/** The moment that the form's text means in the browser's zone, with its zone said; `null` where it means none. */
export function momentOf(at: string | undefined): string | null {
  const moment = at === undefined ? null : new Date(at);
  return moment === null || Number.isNaN(moment.getTime()) ? null : moment.toISOString();
}
