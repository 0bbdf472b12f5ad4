import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import t from 'tap';
import type { Context, Sink } from '../../../core/contracts/index.ts';
import { Capture } from '../../../plugins/traces/capture.ts';

/** Begins a request; what it gives back is written as its answer. */
function begin(capture: Capture, id: string, request = 'asked'): (piece: string) => void {
  let observer: (bytes: Buffer) => void = () => {};
  const sink: Pick<Sink, 'observe'> = { observe: (given) => void (observer = given) };
  capture.begin({ id, call: { raw: Buffer.from(request) } } as Context, sink as Sink);
  return (piece) => observer(Buffer.from(piece));
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

t.test('pieces of a byte take no more memory than one long piece', (t) => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const used = (): number => {
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const pieces = 400_000;
  const capture = new Capture(pieces);
  const write = begin(capture, 'one');
  const before = used();
  for (let at = 0; at < pieces; at++) write('x');
  const grown = used() - before;
  t.equal(capture.of('one')?.answer.length, pieces);
  t.ok(grown < 10 * pieces, `${grown} bytes for ${pieces}`);
  t.end();
});

t.test('the oldest are dropped, and later chunks of them take no memory', (t) => {
  const capture = new Capture(1_000_000, 20_000);
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
