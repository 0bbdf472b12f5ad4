import t from 'tap';
import type { Attempt, Target, Trace } from '../../../core/contracts/index.ts';
import { EndedTraces } from '../../../plugins/traces/ended-traces.ts';

const target = { id: 'one/m' } as Target;
const candidates = [target];

const attempt: Attempt = {
  target,
  outcome: 'answered',
  status: 200,
  startedUs: 90,
  connectedUs: 0,
  headUs: 700,
  firstContentUs: 710,
  endedUs: 720,
  bytes: 1_000,
};

const traceOf = (id: string, part: Partial<Trace> = {}): Trace => ({
  id,
  startedEpochMs: 1_764_500_000_123,
  surface: 'chat',
  model: 'm',
  stream: false,
  key: undefined,
  route: '*',
  strategy: 'p2c',
  candidates,
  notes: [],
  attempts: [attempt],
  translated: undefined,
  dropped: [],
  committedUs: 715,
  ending: 'complete',
  status: 200,
  error: undefined,
  reason: undefined,
  endedUs: 730,
  bytes: 990,
  usage: undefined,
  ...part,
});

const usage = { prompt: 3, completion: 0, total: 3 };
const TRACES: Readonly<Record<string, Trace>> = {
  'the usual': traceOf('a'),
  'with usage': traceOf('b', { usage }),
  'with estimated usage': traceOf('c', { usage: { ...usage, estimated: true }, stream: true }),
  "with the upstream's id, a key and a gap": traceOf('d', {
    attempts: [{ ...attempt, upstreamId: 'chatcmpl-é', key: 2, gapMs: 40 }],
  }),
  translated: traceOf('e', { translated: 'chat-to-messages', key: 'key 1', model: 'other' }),
  'with a note': traceOf('f', { notes: [{ atUs: 3, remark: 'it waited' }] }),
  'with members that were left out': traceOf('g', { dropped: ['seed'] }),
  'without an attempt': traceOf('h', { attempts: [], ending: 'refused', error: 'no', reason: 'no_target' }),
  'at its second attempt': traceOf('i', {
    attempts: [{ ...attempt, outcome: 'failed', reason: 'stream_cut', message: 'cut' }, attempt],
  }),
  'answered by one of two': traceOf('j', { attempts: [{ ...attempt, hedged: 'won' }] }),
  'a refusal that was passed on': traceOf('k', { attempts: [{ ...attempt, scope: 'key', retryAfterMs: 5 }] }),
  'left by its client': traceOf('l', { ending: 'left', attempts: [{ ...attempt, outcome: 'left' }] }),
};

t.test('what is read is what was kept, in numbers or not', (t) => {
  const kept = new EndedTraces(20);
  for (const trace of Object.values(TRACES)) kept.add(trace);
  const read = [...kept.newestFirst()].toReversed();
  for (const [at, [what, trace]] of Object.entries(TRACES).entries()) t.strictSame(read[at], trace, what);
  t.end();
});

t.test('the latest are kept, and a place is used again by any other kind', (t) => {
  const kept = new EndedTraces(2);
  const order = ['the usual', 'with a note', 'with usage', 'the usual', 'at its second attempt'];
  for (const what of order) kept.add(TRACES[what] as Trace);
  t.strictSame([...kept.newestFirst()], [TRACES['at its second attempt'], TRACES['the usual']]);
  t.strictSame([...new EndedTraces(0).newestFirst()], []);
  t.end();
});

t.test('one that was answered as usual is no object any more', (t) => {
  const kept = new EndedTraces(2);
  const trace = traceOf('a', { usage });
  kept.add(trace);
  const [read] = kept.newestFirst();
  t.not(read, trace);
  t.not(read?.attempts, trace.attempts);
  t.end();
});
