import { expect, test } from 'vitest';
import { countCsvRecords } from './csv-records.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

test('a line end within quotes ends no record, wherever the pieces are cut', () => {
  const csv = 'id,note\n1,"two\nlines"\n2,"said ""no""\n"\n3,plain\n';
  for (let cut = 0; cut <= csv.length; cut++) {
    const count = countCsvRecords();
    count(bytes(csv.slice(0, cut)));
    expect(count(bytes(csv.slice(cut)))).toBe(4);
  }
});
