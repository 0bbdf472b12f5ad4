import t from 'tap';
import { beginningsOf } from '../../../plugins/redact/beginnings.ts';
import { findersOf } from '../../../plugins/redact/finder.ts';
import { rewriteOf } from '../../../plugins/redact/rewrite.ts';
import { chance } from '../../chance.ts';

const find = ['secret', 'email', 'phone', 'card', 'iban', 'ip'] as const;
const finders = findersOf({ find: [...find], patterns: { order: 'order no\\. \\d+', either: 'red|blue' } });
const KEY = `-----BEGIN RSA PRIVATE KEY-----\n${'MIIEabc/+1234567890\n'.repeat(30)}-----END RSA PRIVATE KEY-----`;
const back = new Map([['[EMAIL_1]', 'ann@example.org']]);

const TEXTS: readonly (readonly [text: string, clean: string])[] = [
  ['Nothing of that kind is in here, at 10.30 or so.', 'Nothing of that kind is in here, at 10.30 or so.'],
  ['Ask ann.b+c@mail.example.org, or bob@x.', 'Ask [EMAIL], or bob@x.'],
  ['sk-abcdefghijklmnopqr and desk-abcdefghijklmnopqr', '[SECRET] and desk-abcdefghijklmnopqr'],
  [`The key:\n${KEY}\nKeep it.`, 'The key:\n[SECRET]\nKeep it.'],
  ['Call +49 (30) 1234-5678 now, not 49 30 12345678.', 'Call [PHONE] now, not 49 30 12345678.'],
  ['4111 1111 1111 1111, but 4111 1111 1111 1112', '[CARD], but 4111 1111 1111 1112'],
  [
    'DE89 3704 0044 0532 0130 00 is mine; DE88 3704 0044 0532 0130 00 is none.',
    '[IBAN] is mine; DE88 3704 0044 0532 0130 00 is none.',
  ],
  ['at 192.168.0.1, version 1.2.3.4.5', 'at [IP], version 1.2.3.4.5'],
  ['order no. 123 is blue, order no. is not', '[ORDER] is [EITHER], order no. is not'],
  ['to [EMAIL_1] and [EMAIL_2] [', 'to ann@example.org and [EMAIL_2] ['],
];

t.test('a text is rewritten alike, however it is cut into pieces', (t) => {
  const { below } = chance(7);
  for (const [text, clean] of TEXTS) {
    for (let time = 0; time < 40; time++) {
      const rewrite = rewriteOf(finders, back);
      let [raw, out] = ['', ''];
      for (let at = 0; at < text.length;) {
        const size = time === 0 ? text.length : 1 + below(time % 2 === 0 ? 3 : 30);
        raw += text.slice(at, at + size);
        at += size;
        const { text: sent, held = 0 } = rewrite(raw, { isEnd: at >= text.length, isJson: false });
        out += sent;
        raw = raw.slice(raw.length - held);
      }
      t.equal(out, clean);
    }
  }
  t.end();
});

t.test('plain words are hardly held', (t) => {
  const rewrite = rewriteOf(finders, back);
  t.equal(rewrite('The weather is fine ', { isEnd: false, isJson: false }).held, 0);
  t.equal(rewrite('The weather is', { isEnd: false, isJson: false }).held, 2);
  t.end();
});

t.test('what may begin a match is read off a pattern', (t) => {
  const first = (source: string, text: string, flags = '') =>
    beginningsOf(new RegExp(source, flags)).first(text, 0);
  t.equal(first('abc\\d+', 'xxab'), 2);
  t.equal(first('abc\\d+', 'xxabc12'), 2);
  t.equal(first('abc\\d+', 'xxabd'), 5);
  t.equal(first('ABC', 'xxab', 'i'), 2);
  t.equal(first('(?:abc|x{2})y', 'zzxx'), 2);
  t.equal(first('(?<year>\\d{4})-\\k<year>', 'in 2026-20'), 3);
  t.equal(first('a.c', 'no a'), 3);
  t.equal(first('[^\\s]+@', 'to ann'), 3);
  t.equal(first('\\u0041b?', 'xA'), 1);
  t.end();
});

t.test('texts that are made to be slow take no longer', (t) => {
  const bad = [
    'a.'.repeat(50_000),
    '1 '.repeat(50_000),
    'DE12 '.repeat(20_000),
    'eyJaaaaaaaaaa.'.repeat(5_000),
    '-----BEGIN A PRIVATE KEY-----'.repeat(500),
  ];
  const rewrite = rewriteOf(finders, back);
  for (const text of bad) rewrite(text, { isEnd: true, isJson: false });
  t.pass('they come to an end');
  t.end();
});
