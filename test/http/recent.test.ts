// What was used lately is kept, up to a size.
import { expect, it } from 'vitest';
import { createRecent } from '../../src/http/recent.ts';

it('keeps what fits, and forgets first what nobody asked for longest', () => {
  const recent = createRecent<string>(10);
  recent.put('a', 'A', 4);
  recent.put('b', 'B', 4);
  expect(recent.get('a')).toBe('A');
  recent.put('c', 'C', 4);
  expect(['a', 'b', 'c'].map((key) => recent.get(key))).toEqual(['A', undefined, 'C']);
});

it('counts what is replaced once, and keeps nothing that is larger than all it may hold', () => {
  const recent = createRecent<string>(10);
  for (let time = 0; time < 5; time += 1) recent.put('a', 'A', 6);
  recent.put('b', 'B', 4);
  recent.put('c', 'C', 11);
  expect(['a', 'b', 'c'].map((key) => recent.get(key))).toEqual(['A', 'B', undefined]);
  recent.put('a', 'larger', 11);
  expect(recent.get('a')).toBeUndefined();
});
