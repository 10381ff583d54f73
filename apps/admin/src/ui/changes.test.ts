import { expect, test } from 'vitest';
import { changesBetween } from './changes.ts';

test('only what differs is listed, with what was and what is', () => {
  expect(changesBetween({ credits: 85, status: 'failed' }, { credits: 100, status: 'failed' })).toEqual([
    { key: 'credits', before: '85', after: '100' },
  ]);
});

test('what appears or goes has nothing on the other side', () => {
  expect(changesBetween(null, { role: 'admin' })).toEqual([{ key: 'role', before: null, after: 'admin' }]);
  expect(changesBetween({ deleted_at: '2026-11-24' }, { deleted_at: null })).toEqual([
    { key: 'deleted at', before: '2026-11-24', after: null },
  ]);
});
