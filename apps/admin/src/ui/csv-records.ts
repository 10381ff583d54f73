const QUOTE = 0x22;
const NEW_LINE = 0x0a;

/** Counts the records of a CSV that comes in pieces, which may hold line ends within quotes. */
export function countCsvRecords(): (piece: Uint8Array) => number {
  let records = 0;
  let isQuoted = false;
  return (piece) => {
    for (const byte of piece) {
      if (byte === QUOTE) {
        isQuoted = !isQuoted;
      } else if (byte === NEW_LINE && !isQuoted) {
        records += 1;
      }
    }
    return records;
  };
}
