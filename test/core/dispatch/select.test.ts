import t from 'tap';
import { NOT_WAITED, select, type Request, type Waited } from '../../../core/dispatch/select.ts';
import { GatewayError } from '../../../core/errors.ts';
import type { Target } from '../../../core/upstreams/target.ts';
import type { Call, ManagedProcess } from '../../../core/contracts/index.ts';
import { aRoute, NOW, program, target, TIMEOUTS } from './a-route.ts';

const LATER = NOW + 60_000;

/** How a target with one slot comes to be so. */
const states: Readonly<Record<string, (one: Target) => void>> = {
  available: () => {},
  full: (one) => one.concurrency!.acquire(),
  probing: (one) => one.stats.circuit.probe(LATER),
  ejected: (one) => one.block('breaker', LATER, 'it failed', true),
  'ejected and full': (one) => (one.block('breaker', LATER, 'it failed', true), one.concurrency!.acquire()),
  paused: (one) => one.block('quota', LATER, 'used up', true),
  'asked for a pause': (one) => one.block('quota', LATER, 'it asked for a minute'),
  asleep: (one) => one.block('stopped', Infinity, 'stopped: it is not needed'),
  'asleep, and was ejected': (one) => (one.block('stopped'), one.block('breaker', LATER, 'it died', true)),
  unhealthy: (one) => one.block('unhealthy', Infinity, 'unhealthy: no answer'),
};

interface Case {
  /** by name: the state of each target of the route */
  readonly route: Readonly<Record<string, keyof typeof states>>;
  readonly tried?: readonly string[];
  readonly pinned?: string;
  /** whose process was waited for, and could not be had */
  readonly refused?: readonly string[];
  readonly waited?: Partial<Waited>;
  readonly processes?: Readonly<Record<string, Partial<ManagedProcess>>>;
  /** the targets that may be picked, what is waited for, or the code of the error; none of these: all were tried */
  readonly picks?: readonly string[];
  readonly slotOf?: readonly string[];
  readonly starts?: string;
  readonly error?: string;
  readonly remark?: RegExp;
}

const noSlot = new GatewayError('queue_timeout', 'no slot came free');
const starting = new GatewayError('provider_starting', 'it is not ready yet');
const crashed = new GatewayError('process_failed', 'it crashed');

const cases: Readonly<Record<string, Case>> = {
  'all that are available': { route: { a: 'available', b: 'available' }, picks: ['a', 'b'] },
  'not one that was tried': { route: { a: 'available', b: 'available' }, tried: ['a'], picks: ['b'] },
  'none where all were tried': { route: { a: 'available' }, tried: ['a'] },
  'not one that is full': { route: { a: 'full', b: 'available' }, picks: ['b'] },
  'a slot of any where all are full': { route: { a: 'full', b: 'full' }, slotOf: ['a', 'b'] },
  'a slot before one that is blocked': { route: { a: 'full', b: 'unhealthy' }, slotOf: ['a'] },
  'not one that is probed': {
    route: { a: 'probing', b: 'available' },
    picks: ['b'],
    remark: /one trial request at a time: a\/m/,
  },
  'one that is probed where no other has a slot': { route: { a: 'probing', b: 'full' }, picks: ['a'] },
  'not one that is blocked': { route: { a: 'asked for a pause', b: 'available' }, picks: ['b'] },
  'what is ejected where no other is left': {
    route: { a: 'ejected', b: 'asked for a pause' },
    picks: ['a'],
    remark: /health is ignored/,
  },
  'a slot of what is ejected': { route: { a: 'ejected and full' }, slotOf: ['a'] },
  'what is paused by name': {
    route: { a: 'paused' },
    pinned: 'a',
    picks: ['a'],
    remark: /its pause is a guess/,
  },
  'not what is ejected by name': { route: { a: 'ejected' }, pinned: 'a', error: 'provider_unavailable' },
  'not what asked for a pause by name': {
    route: { a: 'asked for a pause' },
    pinned: 'a',
    error: 'upstream_busy',
  },
  'an error where all asked for a pause': { route: { a: 'asked for a pause' }, error: 'upstream_busy' },
  'an error where all are blocked': { route: { a: 'asked for a pause', b: 'unhealthy' }, error: 'no_target' },
  'the rest where half are ejected': { route: { a: 'ejected', b: 'available' }, picks: ['b'] },
  'the rest where more are ejected, and it has slots': {
    route: { a: 'ejected', b: 'ejected', c: 'available' },
    picks: ['c'],
    remark: /more than half .* the others have enough capacity/,
  },
  'the ejected where more are and the rest is full': {
    route: { a: 'ejected', b: 'ejected', c: 'full' },
    picks: ['a', 'b'],
    remark: /more than half .* ignored/,
  },
  'no ejected one after an attempt': {
    route: { a: 'ejected', b: 'ejected', c: 'full', d: 'available' },
    tried: ['d'],
    slotOf: ['c'],
  },
  'a process where no other can be asked': {
    route: { a: 'asleep', b: 'unhealthy' },
    processes: { a: {} },
    starts: 'a',
  },
  'a process whatever its last run did': {
    route: { a: 'asleep, and was ejected' },
    processes: { a: {} },
    starts: 'a',
  },
  'no process where another is available': {
    route: { a: 'asleep', b: 'available' },
    processes: { a: {} },
    picks: ['b'],
  },
  'the process that requests may start': {
    route: { a: 'asleep', b: 'asleep' },
    processes: { a: { startsOnDemand: false }, b: {} },
    starts: 'b',
  },
  'rather a process that is not being stopped': {
    route: { a: 'asleep', b: 'asleep' },
    processes: { a: { isStopping: true }, b: {} },
    starts: 'b',
  },
  'why a process refuses': {
    route: { a: 'asleep' },
    processes: { a: { refusal: crashed } },
    error: 'process_failed',
  },
  'the next process where one was refused': {
    route: { a: 'asleep', b: 'asleep' },
    processes: { a: {}, b: {} },
    refused: ['a'],
    starts: 'b',
  },
  'a process that is back soon enough': {
    route: { a: 'asleep' },
    processes: { a: { restartsAtMs: NOW + TIMEOUTS.queue } },
    starts: 'a',
  },
  'an error where it is back too late': {
    route: { a: 'asleep' },
    processes: { a: { restartsAtMs: NOW + TIMEOUTS.queue + 1 } },
    error: 'provider_unavailable',
  },
  'a process where no slot came free': {
    route: { a: 'full', b: 'asleep' },
    processes: { b: {} },
    waited: { noSlot },
    starts: 'b',
  },
  'an error where no slot came free': { route: { a: 'full' }, waited: { noSlot }, error: 'queue_timeout' },
  'an error where a process takes too long': {
    route: { a: 'asleep', b: 'unhealthy' },
    processes: { a: {} },
    waited: { gaveUp: starting },
    error: 'provider_starting',
  },
};

for (const [what, one] of Object.entries(cases))
  t.test(`selects ${what}`, (t) => {
    const { notes, ...seen } = outcome(one);
    const { picks, slotOf, starts, error } = one;
    t.strictSame(seen, { picks, slotOf, starts, error });
    const remarks = notes.flatMap(({ remark = [] }) => remark).join('; ');
    t.match(remarks, one.remark ?? /^$/);
    t.end();
  });

t.test('the common case allocates nothing: all targets may be picked, and it is one object', (t) => {
  const [a, b] = ['a', 'b'].map((name) => requestFor([target(name)]));
  const one = select(a!, [], NOT_WAITED, gatewayWith({}), NOW, Infinity);
  t.equal(select(b!, [], NOT_WAITED, gatewayWith({}), NOW, Infinity), one);
  t.end();
});

t.test('selecting changes nothing: what has lapsed is still there, and does not count', (t) => {
  const [a, b] = ['a', 'b'].map((name) => target(name)) as [Target, Target];
  a.block('quota', NOW, 'it asked for a minute');
  b.block('breaker', NOW, 'it failed', true);
  b.block('quota', NOW + 1, 'it asked for a minute');
  const selected = select(requestFor([a, b]), [], NOT_WAITED, gatewayWith({}), NOW, Infinity);
  t.match(selected, {
    kind: 'pick',
    among: [a],
    notes: [{ out: { 'b/m': ['quota: it asked for a minute'] } }],
  });
  t.strictSame(
    [a, b].map(({ stats }) => [...stats.blocks.keys()]),
    [['quota'], ['breaker', 'quota']],
  );
  t.end();
});

t.test('each look that finds a target blocked says why', (t) => {
  const { notes } = outcome({ route: { a: 'asked for a pause', b: 'unhealthy', c: 'available' } });
  t.strictSame(notes, [
    { out: { 'a/m': ['quota: it asked for a minute'], 'b/m': ['unhealthy: unhealthy: no answer'] } },
  ]);
  t.end();
});

t.test('after a failed attempt a target that is well goes before one that has failed lately', (t) => {
  const [a, b, c] = ['a', 'b', 'c'].map((name) => target(name)) as [Target, Target, Target];
  b.stats.circuit.watchedBy({ reason: 'breaker', began: () => {}, spoke: () => {} });
  const selected = select(requestFor([a, b, c]), [a], NOT_WAITED, gatewayWith({}), NOW, Infinity);
  t.match(selected, { kind: 'pick', among: [c] });
  t.end();
});

function outcome({ route, tried = [], pinned, waited, refused = [], processes = {} }: Case) {
  const all = new Map(
    Object.entries(route).map(([name, state]) => {
      const made = target(name, { slots: 1 });
      (states[state] as (one: Target) => void)(made);
      return [name, made] as const;
    }),
  );
  const of = (name: string): Target => all.get(name) as Target;
  const selected = select(
    requestFor([...all.values()], pinned),
    tried.map(of),
    { refused: new Map(refused.map((name) => [of(name), crashed])), ...waited },
    gatewayWith(processes),
    NOW,
    Infinity,
  );
  return {
    picks: selected.kind === 'pick' ? names(selected.among ?? [...all.values()]) : undefined,
    slotOf: selected.kind === 'wait for a slot' ? names(selected.targets) : undefined,
    starts: selected.kind === 'wait for a process' ? selected.target.provider.name : undefined,
    error: selected.kind === 'none' ? selected.error?.code : undefined,
    notes: selected.notes,
  };
}

function requestFor(targets: readonly Target[], pinned?: string): Request {
  return {
    route: aRoute(targets, pinned === undefined ? {} : { pinned }),
    call: { model: 'm', stream: false } as Call,
    startedMs: 0,
    callerTimeoutMs: Infinity,
  };
}

function gatewayWith(processes: Readonly<Record<string, Partial<ManagedProcess>>>) {
  return {
    process: ({ provider: { name } }: Pick<Target, 'provider'>) =>
      processes[name] && program(processes[name]),
    timeouts: () => TIMEOUTS,
  };
}

function names(targets: readonly Pick<Target, 'provider'>[]): string[] {
  return targets.map(({ provider }) => provider.name);
}
