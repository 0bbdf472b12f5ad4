import t from 'tap';
import { costOf, growsWithNumber } from '../../cost.ts';
import { redacting } from '../../../plugins/redact/body.ts';
import { findInTurns } from '../../../plugins/redact/find-in-turns.ts';
import { findersOf, foundIn } from '../../../plugins/redact/finder.ts';
import { Placeholders } from '../../../plugins/redact/placeholders.ts';
import { openLab } from '../../lab.ts';

const find = ['secret', 'email'] as const;
const finders = findersOf({ find: [...find], patterns: {} });
const parts = (count: number) =>
  Array.from({ length: count }, (_, nth) => ({ type: 'text', text: `write to ann${nth}@example.org` }));

/** The redacted body, and how often others had a turn meanwhile. */
function redacted(body: string): { readonly text: string; readonly turns: number } {
  const work = redacting(body, finders, new Placeholders(body));
  for (let turns = 0; ; turns++) {
    const { done, value } = work.next();
    if (done) return { text: value, turns };
  }
}

function timeOf(count: number): number {
  const body = JSON.stringify(parts(count));
  return costOf(() => void redacted(body));
}

t.test('one long text is searched in turns, and in it is found what is found in a short one', (t) => {
  const pieces = [
    'jane@example.org',
    'sk-0123456789abcdef01',
    'a\\nsk-0123456789abcdef02',
    '\\\\',
    '+49 30 1234567',
  ];
  const kinds = findersOf({ find: ['secret', 'email', 'phone'], patterns: { odd: 'jane@|\\d{5}|' } });
  let seed = 1;
  const chance = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  const text = Array.from({ length: 20_000 }, () => pieces[Math.floor(chance() * pieces.length)]).join(' ');
  for (const isJson of [false, true]) {
    const each = [...findInTurns(text, kinds, isJson)];
    const found = each.filter((one) => one !== undefined);
    t.same(found, foundIn(text, kinds, isJson));
    t.ok(found.length > 10_000);
    t.ok(
      each.filter((one) => one === undefined).length > found.length,
      'others may have a turn between any two',
    );
  }
  const emails = 'to jane@example.org, '.repeat(200_000);
  const { text: clean, turns } = redacted(JSON.stringify({ messages: [{ content: emails }] }));
  t.same(JSON.parse(clean), { messages: [{ content: 'to [EMAIL_1], '.repeat(200_000) }] });
  t.ok(turns > 2, `${turns} turns`);
  t.end();
});

t.test('a long text with nothing in it is searched in turns, and no place of it is missed', (t) => {
  const kinds = findersOf({ find: ['secret', 'email', 'phone', 'card', 'iban', 'ip'], patterns: {} });
  const each = [...findInTurns('word '.repeat(800_000), kinds)];
  t.ok(each.length > 10 * kinds.length, `${each.length} turns`);
  const secrets = [
    'jane@example.org',
    'sk-0123456789abcdef01',
    '+49 30 1234567',
    '4111 1111 1111 1111',
    '10.0.0.1',
  ];
  // What is searched at a time ends at another of their characters each time.
  for (let shift = 0; shift < 100; shift += 13) {
    const text = `${'-'.repeat(shift)} ${`${secrets.join(' ')} ${'word '.repeat(3)}`.repeat(3_500)}`;
    const found = [...findInTurns(text, kinds)].filter((one) => one !== undefined);
    t.same(found, foundIn(text, kinds), `shift ${shift}`);
  }
  t.end();
});

t.test('a long body is searched in turns; a short one in none', (t) => {
  t.equal(redacted(JSON.stringify(parts(3))).turns, 0);
  const { text, turns } = redacted(JSON.stringify(parts(100_000)));
  t.ok(turns > 3, `${turns} turns`);
  t.match(JSON.parse(text).at(-1), { text: 'write to [EMAIL_100000]' });
  t.end();
});

t.test(
  'a body in which much is found takes a time that grows with its length, and not with its square',
  (t) => {
    growsWithNumber(t, timeOf, 60_000);
    t.end();
  },
);

t.test('a name that the caller has written stays that text, however many there are', async (t) => {
  const { switchyard, upstream } = await openLab(t, { config: { redact: { find } } });
  const own = Array.from({ length: 200 }, (_, nth) => `[EMAIL_${nth + 1}]`).join(' ');
  const messages = [{ role: 'user', content: `${own} or ann@example.org` }];
  t.equal((await switchyard.chat({ messages })).status, 200);
  t.match(upstream.posts.at(-1)!.fields(), { messages: [{ content: `${own} or [EMAIL_201]` }] });
});

t.test('a long body is redacted whole before it is sent', async (t) => {
  const { switchyard, upstream } = await openLab(t, { config: { redact: { find } } });
  const messages = [{ role: 'user', content: parts(100_000) }];
  t.equal((await switchyard.chat({ messages })).status, 200);
  const [{ content }] = upstream.posts.at(-1)!.fields()['messages'] as [{ content: { text: string }[] }];
  t.equal(content.length, 100_000);
  t.notOk(content.some(({ text }) => text.includes('@')));
});
