import t from 'tap';
import { Circuit } from '../../../core/upstreams/circuit.ts';
import type { Blocks } from '../../../core/contracts/index.ts';
import { NOW, target } from '../dispatch/a-route.ts';

const LATER = NOW + 1_000;

function aCircuit() {
  const blocks: Blocks = new Map();
  let unwell = 0;
  const circuit = new Circuit({ blocks, markUnwell: () => void unwell++ });
  circuit.watchedBy({ reason: 'breaker', began: () => {}, spoke: () => {} });
  return { circuit, blocks, unwell: () => unwell };
}

t.test('an open circuit blocks on a guess until its time, and is half-open then', (t) => {
  const { circuit, blocks, unwell } = aCircuit();
  t.equal(circuit.state(NOW), 'closed');
  circuit.open(LATER, 'it failed', true);
  t.equal(circuit.state(NOW), 'open');
  t.match(circuit, { isUnreachable: true, untilMs: LATER });
  t.strictSame(blocks.get('breaker'), { untilMs: LATER, detail: 'it failed', guess: true });
  t.equal(unwell(), 1, 'it has a slow start when it is back');
  t.equal(circuit.state(LATER), 'half-open');
  t.end();
});

t.test('a trial blocks the others, and closing lifts that', (t) => {
  const { circuit, blocks } = aCircuit();
  circuit.open(LATER, 'it failed');
  circuit.halfOpen();
  t.equal(circuit.state(NOW), 'half-open');
  t.equal(blocks.size, 0, 'the next request may try it');
  circuit.trial(LATER, 'being tried again');
  t.equal(circuit.state(NOW), 'half-open');
  t.match(blocks.get('breaker'), { detail: 'being tried again', guess: true });
  circuit.close();
  t.equal(circuit.state(NOW), 'closed');
  t.equal(blocks.size, 0);
  t.end();
});

t.test('that it cannot be reached is remembered until it was reached', (t) => {
  const { circuit } = aCircuit();
  circuit.open(LATER, 'nothing listens there', true);
  circuit.open(LATER, 'checked, and not reachable');
  circuit.halfOpen();
  t.equal(circuit.isUnreachable, true);
  circuit.halfOpen(true);
  t.equal(circuit.isUnreachable, false);
  circuit.open(LATER, 'nothing listens there', true);
  circuit.close();
  t.equal(circuit.isUnreachable, false);
  t.end();
});

t.test('a probe leaves the circuit closed and ends by itself', (t) => {
  const { circuit, blocks } = aCircuit();
  circuit.probe(LATER);
  t.strictSame(
    [circuit.isProbing(NOW), circuit.isProbing(LATER), circuit.state(NOW), blocks.size],
    [true, false, 'closed', 0],
  );
  circuit.probe(0);
  t.equal(circuit.isProbing(NOW), false);
  t.end();
});

t.test('a target tells its policy of attempts, and a reset forgets it', (t) => {
  const seen: unknown[] = [];
  const { stats } = target('one');
  stats.begin();
  stats.circuit.watchedBy({
    reason: 'breaker',
    began: () => seen.push('began'),
    spoke: (at) => seen.push(at),
  });
  stats.begin();
  stats.spoke(5);
  t.strictSame(seen, ['began', 5]);
  stats.circuit.open(LATER, 'it failed', true);
  t.equal(stats.circuit.hasFailed, true);
  stats.reset();
  t.match(stats.circuit, { hasFailed: false, isUnreachable: false, policy: undefined, untilMs: undefined });
  t.equal(stats.circuit.state(NOW), 'closed');
  t.end();
});
