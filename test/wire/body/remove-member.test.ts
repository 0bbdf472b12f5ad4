import t from 'tap';
import { removeMember } from '../../../wire/body/remove-member.ts';

t.test('a member is removed with one comma, and every other byte stays', (t) => {
  for (const [json, name, left] of [
    ['{"a":1,"b":2,"c":3}', 'a', '{"b":2,"c":3}'],
    ['{"a":1,"b":2,"c":3}', 'b', '{"a":1,"c":3}'],
    ['{"a":1,"b":2,"c":3}', 'c', '{"a":1,"b":2}'],
    ['{"a":1}', 'a', '{}'],
    ['{ "a" : {"a":[1,"}"]} , "b" : 1.10 }', 'a', '{  "b" : 1.10 }'],
    ['{ "b" : 1.10 , "a" : "\\"," }', 'a', '{ "b" : 1.10  }'],
    ['{"x\\"y":1,"b":{"a":1}}', 'x"y', '{"b":{"a":1}}'],
    ['{"b":1,"x\\\\":"\\\\"}', 'x\\', '{"b":1}'],
    ['{"a":1,"b":2,"a":3}', 'a', '{"b":2}'],
    ['{"a":1}', 'b', '{"a":1}'],
  ] as const)
    t.equal(removeMember(Buffer.from(json), name).toString(), left, `${json} without ${name}`);
  t.end();
});
