import { expect, test } from 'vitest';
import { addView, parseViews, withoutPlace } from './views.ts';

test('a view holds filters and order, but neither the page nor what was open', () => {
  expect(withoutPlace('?sort=most_credits&cursor=abc&dialog=adjust')).toBe('?sort=most_credits');
  expect(withoutPlace('?cursor=abc')).toBe('');
});

test('saving under the same name replaces', () => {
  const views = addView([{ name: 'Rich', search: '?a=1' }], { name: 'Rich', search: '?a=2' });
  expect(views).toEqual([{ name: 'Rich', search: '?a=2' }]);
});

test.each([null, '', 'nonsense', '{}', '[1, null, {"name": 1}, {"name": "x", "search": "//elsewhere"}]'])(
  'what was stored as %j brings no view that leads astray',
  (stored) => {
    expect(parseViews(stored)).toEqual([]);
  },
);
