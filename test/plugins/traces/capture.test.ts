import t from 'tap';
import type { Context } from '../../../core/contracts.ts';
import type { Sink } from '../../../core/sink.ts';
import { Capture } from '../../../plugins/traces/capture.ts';

/** Begins a request; what it gives back is written as its answer. */
function begin(capture: Capture, id: string, request = 'asked'): (piece: string) => void {
  const sink: Pick<Sink, 'observe'> = {};
  capture.begin({ id, call: { raw: Buffer.from(request) } } as Context, sink as Sink);
  return (piece) => sink.observe?.(Buffer.from(piece));
}

t.test('an answer that comes in many pieces is kept whole, up to its limit', (t) => {
  const capture = new Capture(3_000);
  const write = begin(capture, 'one');
  for (let at = 0; at < 1_000; at++) write(`${at % 10}`);
  t.match(capture.of('one'), { request: 'asked', answer: '0123456789'.repeat(100), answerBytes: 1_000 });
  for (let at = 0; at < 4_000; at++) write('x');
  const { answer, answerBytes } = capture.of('one')!;
  t.equal(answer.length, 3_000);
  t.equal(answerBytes, 5_000);
  t.end();
});

t.test('the oldest are dropped, and what still comes for them takes no room of the others', (t) => {
  const capture = new Capture(10_000, 20_000);
  const old = begin(capture, 'old');
  old('a'.repeat(8_000));
  begin(capture, 'next')('b'.repeat(8_000));
  begin(capture, 'new')('c'.repeat(8_000));
  t.equal(capture.of('old'), undefined);
  for (let at = 0; at < 100; at++) old('a'.repeat(1_000));
  t.equal(capture.of('next')?.answer.length, 8_000, 'they are kept');
  t.equal(capture.of('new')?.answer.length, 8_000);
  t.end();
});
