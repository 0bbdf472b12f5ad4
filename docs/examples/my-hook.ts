import { addHook, refusal, type FeaturePlugin, type OptionsOf } from 'switchyard-gateway/feature-kit';

const options = {
  type: 'object',
  properties: {
    word: { type: 'string', default: 'Voldemort', description: 'Not said here.' },
    instead: { type: 'string', default: 'You-Know-Who', description: 'What is said instead.' },
  },
} as const;

/** Refuses requests with a word in them, and has another one in the answers. */
export default {
  name: 'my-hook',
  options,
  create({ word, instead }, host) {
    addHook(host, {
      name: 'my-hook',
      onFailure: 'refuse',
      request({ body }) {
        if (body.includes(word)) throw refusal(`'${word}' is not said here`);
        return {
          rewrite(text, { isEnd }) {
            // The last characters may be the beginning of the word.
            const held = isEnd ? 0 : beginningOf(word, text);
            return { text: text.slice(0, text.length - held).replaceAll(word, instead), held };
          },
        };
      },
    });
  },
} satisfies FeaturePlugin<OptionsOf<typeof options>>;

/** How many characters at the end of a text are the beginning of a word. */
function beginningOf(word: string, text: string): number {
  for (let length = word.length - 1; length > 0; length--)
    if (text.endsWith(word.slice(0, length))) return length;
  return 0;
}
