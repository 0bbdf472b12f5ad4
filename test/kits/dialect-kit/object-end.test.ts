import t from 'tap';
import { ObjectEnd } from '../../../kits/dialect-kit/object-end.ts';

t.test('an object is whole with its last brace, however it was cut', (t) => {
  for (const text of [
    '{}',
    '{"a":"}"}',
    '{"a":"\\"}{","b":[{"c":{}}]}',
    ' { "a" : "\\\\" } ',
    '{"ä":"\\u007d"}',
  ])
    for (const size of [1, 2, 3, 100]) {
      const end = new ObjectEnd();
      const last = text.lastIndexOf('}');
      for (let at = 0; at < text.length; at += size) {
        t.equal(end.isWhole, at > last, `${text} before ${at}`);
        end.read(text.slice(at, at + size));
      }
      t.equal(end.isWhole, true, text);
    }
  t.equal(new ObjectEnd().isWhole, false);
  t.end();
});
