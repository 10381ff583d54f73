/** Midnight of today in the browser's zone; the same moment all day, so that what is asked with it is kept. */
export function startOfToday(): string {
  const now = new Date();
  return new Date(now.getFullYear(), now.getMonth(), now.getDate()).toISOString();
}
