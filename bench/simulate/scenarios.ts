import type { ServerFacts, Circuit } from './server.ts';

export interface Scenario {
  readonly name: string;
  readonly what: string;
  /** requests a second */
  readonly rate: number;
  /** by the server's name */
  readonly circuits: Readonly<Record<string, Circuit>>;
}

/** Five of different capacity, about 27 requests a second together. */
export const servers: readonly ServerFacts[] = [
  { name: 'a', slots: 12, prefill: 250, token: 8, weight: 6, priority: 0, price: 3, models: 2 },
  { name: 'b', slots: 12, prefill: 300, token: 10, weight: 5, priority: 0, price: 3, models: 2 },
  { name: 'c', slots: 8, prefill: 400, token: 12, weight: 3, priority: 1, price: 2, models: 9 },
  { name: 'd', slots: 8, prefill: 600, token: 15, weight: 2, priority: 1, price: 1, models: 9 },
  { name: 'e', slots: 6, prefill: 900, token: 20, weight: 1, priority: 1, price: 1, models: 1 },
];

const middle = (part: number): boolean => part > 1 / 3 && part < 2 / 3;

export const scenarios: readonly Scenario[] = [
  { name: 'calm', what: 'nothing is wrong, 8 requests a second', rate: 8, circuits: {} },
  {
    name: 'busy',
    what: 'nothing is wrong, 16 a second, six tenths of what they can do',
    rate: 16,
    circuits: {},
  },
  {
    name: 'slow',
    what: 'a is eight times slower in the middle third',
    rate: 10,
    circuits: { a: { slow: (part) => (middle(part) ? 8 : 1) } },
  },
  {
    name: 'fails fast',
    what: 'b answers 503 after 2 ms in the middle third',
    rate: 10,
    circuits: { b: { fails: (part) => (middle(part) ? 1 : 0) } },
  },
  {
    name: 'flaky',
    what: 'b answers 503 after 2 ms to three of ten',
    rate: 10,
    circuits: { b: { fails: () => 0.3 } },
  },
  {
    name: 'full',
    what: 'b answers 429 after 2 ms when it has four under way',
    rate: 10,
    circuits: { b: { full: 4 } },
  },
  {
    name: 'recovers',
    what: 'b is out until the middle, and is three times slower for a tenth of the run after that',
    rate: 10,
    circuits: { b: { fails: (part) => (part < 0.5 ? 1 : 0), slow: (part) => (part < 0.6 ? 3 : 1) } },
  },
  {
    name: 'new',
    what: 'a joins in the middle, and is five times slower for a twentieth of the run',
    rate: 10,
    circuits: { a: { joins: 0.5, slow: (part) => (part < 0.55 ? 5 : 1) } },
  },
];
