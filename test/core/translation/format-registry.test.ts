import t from 'tap';
import type { Dialect, Translation } from '../../../core/contracts/index.ts';
import { FormatRegistry } from '../../../core/translation/format-registry.ts';

const dialect = (surface: string) => ({ surface }) as Dialect;
const translation = (from: string, to: string) => ({ name: `${from}-to-${to}`, from, to }) as Translation;

t.test('a translation inside one surface comes before those between two, whichever is added first', (t) => {
  const formats = new FormatRegistry();
  formats.add([dialect('messages')], [translation('messages', 'chat'), translation('chat', 'messages')], 'a');
  formats.add([dialect('chat'), dialect('completions')], [translation('chat', 'completions')], 'b');
  t.strictSame(
    formats.translations.map(({ name }) => name),
    ['chat-to-completions', 'messages-to-chat', 'chat-to-messages', 'messages-to-chat-to-completions'],
  );
  t.end();
});
