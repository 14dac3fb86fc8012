// How events are divided into posts: none too large, nobody's apart without need, none lost.
import { expect, it } from 'vitest';
import { portionsOf, type Read } from '../../src/inbox/portions.ts';
import { event } from '../store/samples.ts';

let last = 0;
function read(owner: string | null, workspaceId = 'ws_1'): Read {
  last += 1;
  return {
    event: { ...event({ workspaceId }), id: last, attempts: 1, unfinished: 1 },
    facts: [
      {
        entity: 'payment',
        account: 'ga_1',
        id: `pi_${last}`,
        aspect: 'intent',
        owner,
        source: 'gateway',
        number: 0,
        body: {},
      },
    ],
    add: [],
  };
}

const ids = (posts: Read[][]): number[] => posts.flat().map((one) => one.event.id);

it('keeps what one payer did in one post, however it was mixed with others', () => {
  const all = Array.from({ length: 160 }, (_, nth) => read(`cus_${nth % 40}`));
  const [only, ...others] = portionsOf(all);
  expect(others).toEqual([]);
  const posts = only!.posts;
  const payers = posts.map((post) => new Set(post.map(({ facts }) => facts[0]!.owner)));
  expect(payers.flatMap((set) => [...set])).toHaveLength(40);
  expect(posts.length).toBe(2);
});

it('makes no post larger than a hundred events, also of one payer, and loses none', () => {
  const all = [
    ...Array.from({ length: 30 }, () => read(null)),
    ...Array.from({ length: 250 }, () => read('cus')),
  ];
  const [only] = portionsOf(all);
  expect(Math.max(...only!.posts.map(({ length }) => length))).toBeLessThanOrEqual(100);
  expect(ids(only!.posts).sort((a, b) => a - b)).toEqual(all.map(({ event: { id } }) => id));
});

it('never mixes workspaces', () => {
  const all = [read('cus_a', 'ws_a'), read('cus_b', 'ws_b'), read('cus_c', 'ws_a')];
  expect(portionsOf(all).map(({ workspaceId, posts }) => [workspaceId, ids(posts).length])).toEqual([
    ['ws_a', 2],
    ['ws_b', 1],
  ]);
});
