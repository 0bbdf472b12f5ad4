import t from 'tap';
import { Output } from '../../../kits/process-kit/output.ts';

t.test('output keeps whole lines whatever the chunks', (t) => {
  const told: string[] = [];
  const output = new Output((line) => told.push(line));
  const [out, err] = [output.source(), output.source()];
  const euro = Buffer.from('€');
  out(Buffer.from('one\r\ntw'));
  err(Buffer.from('other\n'));
  out(Buffer.from('o\n\n50 %\r100 % '));
  out(euro.subarray(0, 1));
  out(euro.subarray(1));
  output.flush();
  t.strictSame(output.lines, ['one', 'other', 'two', '50 %', '100 % €']);
  t.strictSame(told, output.lines);
  t.end();
});

t.test('output is bounded, in lines, in width and as a whole', (t) => {
  const output = new Output();
  const out = output.source();
  for (let i = 0; i < 1_000; i++) out(Buffer.from(`${i}\n`));
  t.equal(output.lines.length, 200);
  t.equal(output.lines.at(-1), '999');
  for (let i = 0; i < 100; i++) out(Buffer.from('x'.repeat(10_000)));
  out(Buffer.from('\n'));
  t.equal(output.lines.at(-1)!.length, 1_000);
  for (let i = 0; i < 200; i++) out(Buffer.from(`${'y'.repeat(5_000)}\n`));
  t.ok(output.lines.join('').length <= 65_536);
  t.end();
});
