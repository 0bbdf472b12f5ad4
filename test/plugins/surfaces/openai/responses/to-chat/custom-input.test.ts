import t from 'tap';
import { CustomInput } from '../../../../../../plugins/surfaces/openai/responses/to-chat/custom-input.ts';

const TEXT = 'a "b" \\ c\n\t😀é世\u0000 {"input":"x"}';

t.test('a text is read out of its argument, in whatever pieces it comes', (t) => {
  const plain = JSON.stringify({ input: TEXT });
  const ascii = plain.replace(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const spaced = ` {\n  "input" : ${JSON.stringify(TEXT)} }\n`;
  for (const written of [plain, ascii, spaced]) {
    for (const size of [1, 2, 3, 5, 7, 1000]) {
      const input = new CustomInput();
      const pieces: string[] = [];
      for (let at = 0; at < written.length; at += size) pieces.push(input.add(written.slice(at, at + size)));
      pieces.push(input.rest());
      t.equal(pieces.join(''), TEXT, `${size}: ${written}`);
      t.equal(input.said, TEXT);
      const isWhole = (piece: string): boolean => piece.isWellFormed();
      if (written === ascii) t.ok(pieces.every(isWhole), 'no half of a character is said alone');
    }
  }
  t.end();
});

t.test('a model that does not keep to the form means the same', (t) => {
  for (const [written, said] of [
    ['*** Begin Patch', '*** Begin Patch'],
    ['{"patch":"abc"}', 'abc'],
    ['"abc"', 'abc'],
    ['{"a":"1","b":"2"}', '{"a":"1","b":"2"}'],
    ['{"why":"so","input":"abc"}', 'abc'],
    ['', ''],
  ] as const) {
    const input = new CustomInput();
    t.equal(input.add(written) + input.rest(), said, written);
    t.equal(input.said, said);
  }
  t.end();
});
