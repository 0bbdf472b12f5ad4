import t from 'tap';
import { Gathered } from '../../../wire/body/gathered.ts';

const bytes = Buffer.from(Array.from({ length: 1_000 }, (_, at) => at % 251));

t.test('the joined body equals the bytes received, whatever the announced length and the pieces', (t) => {
  for (const announced of [undefined, '0', '1', '400', '999', '1000', '1001', '99999', 'x', '-5', '1e12'])
    for (const size of [1, 7, 300, 999, 1_000]) {
      const gathered = new Gathered(announced);
      for (let at = 0; at < bytes.length; at += size) gathered.add(bytes.subarray(at, at + size));
      t.equal(gathered.length, bytes.length);
      t.ok(gathered.bytes().equals(bytes), `${announced} announced, in pieces of ${size}`);
      t.equal(gathered.bytes().length, 0, 'and is held no longer');
    }
  t.end();
});

t.test('a body in one piece is not copied', (t) => {
  const gathered = new Gathered('1000');
  gathered.add(bytes);
  t.equal(gathered.bytes(), bytes);
  t.end();
});

t.test('memory for an announced length is bounded', (t) => {
  const before = process.memoryUsage().arrayBuffers;
  const gathered = new Gathered(String(2 ** 32));
  gathered.add(bytes);
  t.ok(process.memoryUsage().arrayBuffers - before < 2 ** 20);
  t.ok(gathered.bytes().equals(bytes));
  t.end();
});

t.test('a long body of which a part has arrived has its place, and is not moved again', (t) => {
  const announced = 20 * 2 ** 20;
  const gathered = new Gathered(String(announced));
  gathered.add(Buffer.alloc(announced / 128, 1));
  gathered.add(Buffer.alloc(1, 2));
  const place = gathered.soFar().buffer;
  while (gathered.length < announced)
    gathered.add(Buffer.alloc(Math.min(2 ** 20, announced - gathered.length), 3));
  const whole = gathered.bytes();
  t.equal(whole.buffer, place);
  t.equal(whole.length, announced);
  t.equal(whole[0], 1);
  t.equal(whole[announced / 128], 2);
  t.equal(whole.at(-1), 3);
  t.end();
});
