import t from 'tap';
import { matchesAny } from '../../wire/wildcard.ts';

t.test('* stands for any text, and everything else for itself', (t) => {
  for (const [pattern, name, matches] of [
    ['gpt-4o', 'gpt-4o', true],
    ['gpt-4o', 'gpt-4o-mini', false],
    ['gpt-4*', 'gpt-4', true],
    ['*', '', true],
    ['*/llama-*', 'meta/llama-3', true],
    ['*/llama-*', 'llama-3', false],
    ['a*b*c', 'a1b2b3c', true],
    ['a*b*c', 'a1c2b', false],
    ['gpt.4', 'gpt-4', false],
    ['**', 'x', true],
    ['', 'x', false],
  ] as const)
    t.equal(matchesAny([pattern], name), matches, `${pattern} ${name}`);
  t.equal(matchesAny(['a', 'b*'], 'bc'), true, 'one of several is enough');
  t.equal(matchesAny([], 'a'), false);
  t.end();
});

t.test('no pattern takes long', (t) => {
  t.equal(matchesAny([`${'*a'.repeat(100)}b`], 'a'.repeat(500)), false);
  t.end();
});
