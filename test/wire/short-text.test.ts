import t from 'tap';
import { shortText } from '../../wire/short-text.ts';

t.test('a short body is text of one character a byte, whatever was asked for before', async (t) => {
  const all = Buffer.from(Array.from({ length: 256 }, (_, code) => code));
  const other = Buffer.from(all.toReversed());
  for (const body of [all, all, other, all, Buffer.from(all), Buffer.alloc(0)])
    t.equal(shortText(body), body.toString('latin1'));
});

t.test('a long body is none', async (t) => {
  t.equal(shortText(Buffer.alloc(16 * 1024, 0x61))?.length, 16 * 1024);
  t.equal(shortText(Buffer.alloc(16 * 1024 + 1, 0x61)), undefined);
});
